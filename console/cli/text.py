# SPDX-License-Identifier: Apache-2.0
"""Results as lines for people: one fact a line, tables aligned, times local and UTC. Nothing here is secret."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from console import wording
from console.domain.activation import OVER
from console.domain.canonical import Json, Object
from console.domain.moment import local_and_utc
from console.sentences import recording
from console.sentences import witness as said

Row = Mapping[str, Json]
TIMES = ("deadline_at_risk", "first_seen")
"""Fields of a request that are times."""


def facts(pairs: Iterable[tuple[str, Json]]) -> Iterator[str]:
    """Yield one fact a line; what is None is left out."""
    known = [(label, words(value)) for label, value in pairs if value is not None]
    width = max((len(label) for label, _ in known), default=0)
    for label, value in known:
        yield f"{label:{width}}  {value}".rstrip()


def table(head: Sequence[str], rows: Sequence[Sequence[Json]]) -> Iterator[str]:
    """Yield a table with aligned columns; nothing but ``none`` when it is empty."""
    if not rows:
        yield "none"
        return
    cells = [tuple(head), *(tuple(words(value) for value in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def words(value: Json) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name.replace('_', ' ')} {words(item)}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(words(item) for item in value)
    return str(value)


def when(time: str) -> str:
    """Return an RFC 3339 time as local time and UTC."""
    return local_and_utc(datetime.fromisoformat(time).astimezone())


def left(seconds: Json) -> str:
    """Return a duration in minutes and seconds."""
    minutes, rest = divmod(cast(int, seconds), 60)
    return f"{minutes} min {rest} s"


def missing(counts: Json) -> str:
    """Return who is still missing."""
    wanted = [f"{count} × {group}" for group, count in cast(Mapping[str, int], counts).items() if count]
    return ", ".join(wanted) or "nobody"


def budget(value: Json) -> str:
    """Return the showings used and left."""
    counted = cast(Mapping[str, int], value)
    return f"{counted['left']} of {counted['releases']} showings left"


# --- station, policy, people ------------------------------------------------------------------------------


def unlocked(value: Object) -> Iterator[str]:
    """Say whether the station is unlocked."""
    yield f"The station is unlocked by {value['member']}." if value["unlocked"] else "The station is locked."
    if alarm := cast(Sequence[str], value.get("alarm", ())):
        yield f"ALARM: the journal cannot be trusted: {'; '.join(map(wording.finding, alarm))}."
        yield "Nothing opens until a new log is begun: breakglass journal new-log."


def genesis(value: Object) -> Iterator[str]:
    """Say the founding document in words."""
    yield from twelve_words(value)
    yield ""
    unsigned = value["unsigned"] or "none"
    yield from facts([("mode", value["mode"]), ("vault", value["vault"]), ("signatures missing", unsigned)])
    yield ""
    yield from rules(value)


def rules(value: Object) -> Iterator[str]:
    """Say who must agree to what, and the limits."""
    members = cast(Sequence[Row], value["members"])
    columns = ("id", "name", "role", "assurance")
    yield from table(columns, [[member[column] for column in columns] for member in members])
    yield ""
    classes = cast(Mapping[str, Json], value["classes"])
    yield from table(("class", "needs"), [[name, missing(m)] for name, m in classes.items()])
    yield ""
    limits = cast(Row, value["rules"])
    hidden = ("v", "vault", "epoch", "previous")
    yield from facts((name.replace("_", " "), item) for name, item in limits.items() if name not in hidden)


def twelve_words(value: Object) -> Iterator[str]:
    """Number the twelve words, four in a line."""
    numbered = [f"{number:2} {word:10}" for number, word in enumerate(cast(Sequence[str], value["words"]), 1)]
    for at in range(0, len(numbered), 4):
        yield "".join(numbered[at : at + 4]).rstrip()


# --- credentials ------------------------------------------------------------------------------------------


def credential(value: Object) -> Iterator[str]:
    """Say one credential with its use card."""
    yield from facts([
        ("name", value["name"]), ("kind", value["kind"]), ("class", value["class"]), ("version", value["version"]),
        ("state", _credential_state(value)), ("codes left", value["codes_left"]),
        ("new version", value["candidate"]), ("still openable by", value["openable_by"] if value["stale"] else None),
    ])  # fmt: skip
    yield ""
    card = cast(Row, value["card"])
    steps = [("step", step) for step in cast(Sequence[Json], card.get("steps") or ())]
    yield from facts(
        [*((name.replace("_", " "), item) for name, item in card.items() if name != "steps"), *steps]
    )


def credentials(value: Object) -> Iterator[str]:
    """List the credentials."""
    rows = cast(Sequence[Row], value["credentials"])
    cells = [
        [row["name"], row["kind"], row["class"], row["version"], row["codes_left"], _credential_state(row)]
        for row in rows
    ]
    return table(("name", "kind", "class", "version", "codes", "state"), cells)


def _credential_state(row: Row) -> str:
    state = wording.CREDENTIAL_STATES[str(row["state"])]
    return f"{state}; stale, to be sealed again" if row["stale"] else state


# --- activations ------------------------------------------------------------------------------------------


def decided(value: Object) -> Iterator[str]:
    """Say where an activation stands after somebody decided something."""
    return facts([
        ("activation", value["activation"]), ("state", wording.STATES[str(value["state"])]),
        ("still missing", missing(value["missing"]) if "missing" in value else None),
        ("budget", budget(value["budget"]) if "budget" in value else None),
        *_taken_along(cast(Row | None, value.get("head"))),
    ])  # fmt: skip


def _taken_along(head: Row | None) -> Sequence[tuple[str, Json]]:
    """Return what an approver takes along: on the token, else to be noted."""
    if head is None:
        return ()
    return ("proof to keep", said.taken_along(head)), (
        "its words",
        " ".join(cast(Sequence[str], head["words"])),
    )


def activation(value: Object) -> Iterator[str]:
    """Say everything about one activation."""
    said = cast(Row, value["justification"])
    state, frozen = wording.STATES[str(value["state"])], value["frozen_why"]
    is_over = value["state"] in OVER
    yield from facts([
        ("activation", value["activation"]),
        ("state", f"{state}: {wording.FROZEN[str(frozen)]}" if frozen else state),
        ("time left", None if is_over else left(value["seconds_left"])), ("budget", budget(value["budget"])),
        ("still missing", None if is_over else missing(value["missing"])),
        ("requester", f"{value['requester']}, {wording.PROOFS[str(value['proof'])]}"),
        ("approved by", [f"{a['member']} ({a['group']})" for a in cast(Sequence[Row], value["approvals"])] or "nobody"),
        *told_fields(said),
    ])  # fmt: skip
    for outage in cast(Sequence[Row], said["outage"]):
        yield ""
        yield from facts((f"outage: {name}", item) for name, item in told_fields(outage))
    yield from _items(cast(Sequence[Row], value["items"]))
    yield from _owed(cast(Sequence[Row], value["owed"]))


def told_fields(said: Row) -> Iterator[tuple[str, Json]]:
    """Yield (name, value) of what a request says, but for its outages; times local and UTC."""
    for name, item in said.items():
        if name != "outage":
            yield name.replace("_", " "), when(str(item)) if item and name in TIMES else item


def activations(value: Object) -> Iterator[str]:
    """List the activations."""
    cells = [
        [row["activation"], row["incident"], wording.STATES[str(row["state"])],
         None if row["state"] in OVER else left(row["seconds_left"]), budget(row["budget"]),
         missing(row["missing"]), row["category"], len(cast(Sequence[Json], row["owed"]))]
        for row in cast(Sequence[Row], value["activations"])
    ]  # fmt: skip
    head = ("activation", "incident", "state", "time left", "budget", "missing", "category", "owed")
    return table(head, cells)


def released(value: Object) -> Iterator[str]:
    """Say what was released, never the secret itself, and what is to be written by hand if nothing took the entry."""
    yield from facts([
        ("shown", value["released"]), ("outcome", wording.OUTCOMES[str(value["outcome"])]),
        ("budget", budget(value["budget"])),
    ])  # fmt: skip
    if value["on_paper"] is not None:
        yield from recording.paper(cast(Object, value["on_paper"]), when)


def _items(rows: Sequence[Row]) -> Iterator[str]:
    yield ""
    cells = [[r["credential"], r["kind"], r["version"], r["item"], r["class"], r["exposed"]] for r in rows]
    yield from table(("credential", "kind", "version", "item", "class", "shown before"), cells)


def _owed(rows: Sequence[Row]) -> Iterator[str]:
    yield ""
    yield from facts([("still to be changed", [r["credential"] for r in rows] or "nothing")])


# --- journal, hand-over -----------------------------------------------------------------------------------


def entries(value: Object) -> Iterator[str]:
    """List entries."""
    yield from _entry_table(value)
    yield f"{len(cast(Sequence[Row], value['entries']))} of {value['size']} entries"


def found(value: Object) -> Iterator[str]:
    """List what a search found, and how far it looked."""
    count = len(cast(Sequence[Row], value["entries"]))
    yield from _entry_table(value)
    yield f"{count} found among {value['size']} entries" + (
        f"; there may be more: go on with --before {value['looked_to']}" if value["looked_to"] else ""
    )


def _entry_table(value: Object) -> Iterator[str]:
    cells = [
        [row["seq"], when(str(row["time"])), brief(row), wording.entry_type(str(row["type"])),
         row["who"], row["act"]]
        for row in cast(Sequence[Row], value["entries"])
    ]  # fmt: skip
    yield from table(("number", "time", "proven time (UTC)", "what", "who", "activation"), cells)


def entry(value: Object) -> Iterator[str]:
    """Say one entry."""
    yield from facts([
        ("number", value["seq"]), ("time", when(str(value["time"]))),
        ("proven time", surely(cast(Row, value["surely"]))),
        ("what", wording.entry_type(str(value["type"]))),
        ("type", value["type"]), ("who", value["who"]), ("proof", wording.PROOFS[str(value["proof"])]),
        ("activation", value["act"]), ("id", value["id"]), ("root before", value["prev"]),
    ])  # fmt: skip
    people = cast(Row, value["people"])
    for title in ("body", "fields"):
        yield ""
        yield title
        said = cast(Row, value[title]).items()
        yield from facts((f"  {name}", people.get(str(item), item)) for name, item in said)
    yield ""
    yield proven(value)


def proven(value: Row) -> str:
    """Say which signed state of the journal proves an entry."""
    signed = cast(Row | None, value["proven"])
    if signed is None:
        return "No signed state of the journal reaches this entry yet."
    size, steps, root = (signed[name] for name in ("size", "steps", "root"))
    return f"Checked: it stands in the signed state of {size} entries, {steps} steps from its root {root}."


def brief(row: Row) -> Json:
    """Say it in few words; entries that stand far apart are looked up one by one."""
    known = cast(Row | None, row["surely"])
    return wording.surely(str(known["brief"])) if known else "see entry"


def surely(known: Row) -> str:
    """Say between which times an entry was written, whatever this station's clock says."""
    ends = {name: when(str(known[name])) for name in ("not_before", "not_after") if known[name]}
    told = " and ".join(f"{name.replace('_', ' ')} {time}" for name, time in ends.items())
    return told or "no clock but this station's has been read"


def verdict(value: Object) -> Iterator[str]:
    """Say whether the journal verifies, and up to when that is vouched for."""
    until = value["vouched_until"]
    yield from facts([
        ("verified", value["ok"]), ("entries", value["size"]), ("root", value["root"]),
        ("vouched until", when(str(until)) if until else "nothing is signed yet"),
    ])  # fmt: skip
    if compared := cast(Row | None, value.get("compared")):
        same = "the same" if compared["same"] else "ANOTHER"
        yield f"from outside: {compared['size']} entries: {same} journal"
    for found in cast(Sequence[Row], value["findings"]):
        place = "" if found["seq"] is None else f" (entry {found['seq']})"
        yield f"finding: {wording.finding(str(found['code']))}{place} [{found['code']}] {found['detail']}".rstrip()
    if "clock" in value:
        yield from wording.times_known(cast(Row, value["clock"]))


def renewal(value: Object) -> Iterator[str]:
    """Say what a new log rests on, what it says again and what it ends, before or after it was signed."""
    found = cast(Row | None, value["found"])
    anchored = [row["size"] for row in cast(Sequence[Row], value["anchored"])]
    yield from facts([
        ("proposal", value["renewal"]), ("old log", value["from"]), ("new log", value["to"]),
        ("alarm", "; ".join(wording.finding(str(code)) for code in cast(Sequence[str], value["alarm"]))),
        ("reason", value["text"]), ("security module knew", [f"{size} entries" for size in anchored] or "nothing"),
        ("found", f"{found['size']} entries, {wording.SOURCES[str(found['source'])]}" if found else "nothing"),
        ("proven", bool(found and found["proven"])), ("people and rules", f"number {words(value['policy'])}"),
        ("ends", value["ended"] or "no activation"),
    ])  # fmt: skip
    yield ""
    yield "What the new log says again; compare it with what you know:"
    yield from table(
        ("credential", "version", "kind", "items left", "candidate", "must be changed", "taken from"),
        [
            (row["name"], row["version"], row["kind"], row["left"], row["candidate"], row["owes"],
             wording.SOURCES[str(row["restated_from"])]) for row in cast(Sequence[Row], value["credentials"])
        ],
    )  # fmt: skip
    yield f"suspended, and stay so: {words(value['suspended'] or 'nobody')}"
    if value["suspensions_lost"]:
        yield wording.suspensions_lost(cast(Sequence[Row], value["suspensions_lost"]))
    if value["in_force"]:
        yield f"The new log is written from now on. Its key, for paper: {value['key']}"
        return
    yield f"still to sign, each on their own token: {missing(value['missing'])}"


def exported(value: Object) -> Iterator[str]:
    """Say what an export holds."""
    return facts([
        ("entries", value["size"]), ("root", value["root"]), ("fields opened", value["openings"]),
        ("fields withheld", value["withheld"]),
    ])  # fmt: skip


def proved(value: Object) -> Iterator[str]:
    """Say what a proof proves, and to whom it says how much."""
    return facts([
        ("entry", value["seq"]), ("what", wording.entry_type(str(value["type"]))), ("time", when(str(value["time"]))),
        ("log", value["log"]), ("proven up to", f"{value['size']} entries"), ("root", value["root"]),
        ("fields opened", value["opened"] or "none"), ("fields withheld", value["withheld"] or "none"),
    ])  # fmt: skip


def checkpoint(value: Object) -> Iterator[str]:
    """Say the newest signed state of the journal."""
    named = {"log": "origin", "entries": "size", "root": "root", "key": "key"}
    yield from facts((label, value[member]) for label, member in named.items())
    yield ""
    yield from twelve_words(value)


def written(value: Object) -> Iterator[str]:
    """Name the files that were written."""
    return facts(("written", name) for name in cast(Sequence[Json], value["files"]))


def scanned(value: Object) -> Iterator[str]:
    """Say what a hand-over is, from whom and for whom."""
    described = cast(Row, value["describes"])
    named = [(name.replace("_", " "), item) for name, item in described.items()]
    return facts([("kind", value["kind"]), ("pictures", value["frames"]), ("bytes", value["bytes"]), *named])
