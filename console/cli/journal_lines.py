# SPDX-License-Identifier: Apache-2.0
"""What is read in the journal, as lines for people: entries, verdicts, proofs, exports, a new log."""

from collections.abc import Iterator, Sequence
from typing import cast

from console import wording
from console.cli import text
from console.cli.text import Row
from console.domain.canonical import Json, Object
from console.language import say
from console.sentences import entry_words, terms


def entries(value: Object) -> Iterator[str]:
    """List entries."""
    yield from _entry_table(value)
    yield say("{count} of {size} entries", count=len(cast(Sequence[Row], value["entries"])), size=value["size"])


def found(value: Object) -> Iterator[str]:
    """List what a search found, and how far it looked."""
    count = len(cast(Sequence[Row], value["entries"]))
    yield from _entry_table(value)
    yield say("{count} found among {size} entries", count=count, size=value["size"]) + (
        say("; there may be more: go on with --before {looked_to}", looked_to=value["looked_to"])
        if value["looked_to"]
        else ""
    )


def _entry_table(value: Object) -> Iterator[str]:
    cells = [
        [
            row["seq"],
            text.when(str(row["time"])),
            brief(row),
            wording.entry_type(str(row["type"])),
            entry_words.who(str(row["who"])),
            row["act"],
        ]
        for row in cast(Sequence[Row], value["entries"])
    ]
    yield from text.table(text.titles("number", "time", "proven time (UTC)", "what", "who", "activation"), cells)


def entry(value: Object) -> Iterator[str]:
    """Say one entry."""
    yield from text.facts(
        [
            (say("number"), value["seq"]),
            (say("time"), text.when(str(value["time"]))),
            (say("proven time"), surely(cast(Row, value["surely"]))),
            (say("what"), wording.entry_type(str(value["type"]))),
            (say("type"), value["type"]),
            (say("who"), entry_words.who(str(value["who"]))),
            (say("proof"), wording.PROOFS[str(value["proof"])]),
            (say("activation"), value["act"]),
            (say("id"), value["id"]),
            (say("root before"), value["prev"]),
        ]
    )
    yield ""
    yield say("What it says")
    rows = entry_words.what_it_says(value, text.when)
    yield from text.facts((f"  {name}", item.replace("\n", "; ")) for name, item in rows)
    yield ""
    yield proven(value)


def proven(value: Row) -> str:
    """Say which signed state of the journal proves an entry."""
    signed = cast(Row | None, value["proven"])
    if signed is None:
        return say("No signed state of the journal reaches this entry yet.")
    size, steps, root = (signed[name] for name in ("size", "steps", "root"))
    return say(
        "Checked: it stands in the signed state of {size} entries, {steps} steps from its root {root}.",
        size=size,
        steps=steps,
        root=root,
    )


def brief(row: Row) -> Json:
    """Say it in few words; entries that stand far apart are looked up one by one."""
    known = cast(Row | None, row["surely"])
    return wording.surely(str(known["brief"])) if known else say("see entry")


def surely(known: Row) -> str:
    """Say between which times an entry was written, whatever this station's clock says."""
    before, after = (known[name] and text.when(str(known[name])) for name in ("not_before", "not_after"))
    ends = [
        *([say("not before {time}", time=before)] if before else []),
        *([say("not after {time}", time=after)] if after else []),
    ]
    return say(" and ").join(ends) or say("no clock but this station's has been read")


def verdict(value: Object) -> Iterator[str]:
    """Say whether the journal verifies, and up to when that is vouched for."""
    until = value["vouched_until"]
    unsigned = say("nothing is signed yet") if value["ok"] else None
    yield from text.facts(
        [
            (say("verified"), value["ok"]),
            (say("entries"), value["size"]),
            (say("root"), value["root"]),
            (say("vouched until"), text.when(str(until)) if until else unsigned),
        ]
    )
    if compared := cast(Row | None, value.get("compared")):
        same = say("the same") if compared["same"] else say("ANOTHER")
        yield say("from outside: {size} entries: {same} journal", size=compared["size"], same=same)
    for found in cast(Sequence[Row], value["findings"]):
        place = "" if found["seq"] is None else say(" (entry {seq})", seq=found["seq"])
        what = say("finding: {what}", what=wording.finding(str(found["code"])))
        yield f"{what}{place} [{found['code']}] {found['detail']}".rstrip()
    if "clock" in value:
        yield from wording.times_known(cast(Row, value["clock"]))


def renewal(value: Object) -> Iterator[str]:
    """Say what a new log rests on, what it says again and what it ends, before or after it was signed."""
    found = cast(Row | None, value["found"])
    source = found and say("{size} entries, {source}", size=found["size"], source=wording.SOURCES[str(found["source"])])
    anchored = [row["size"] for row in cast(Sequence[Row], value["anchored"])]
    yield from text.facts(
        [
            (say("proposal"), value["renewal"]),
            (say("old log"), value["from"]),
            (say("new log"), value["to"]),
            (say("alarm"), wording.alarm(cast(Sequence[str], value["alarm"]))),
            (say("reason"), value["text"]),
            (say("security module knew"), [say("{size} entries", size=size) for size in anchored] or say("nothing")),
            (say("found"), source or say("nothing")),
            (say("proven"), bool(found and found["proven"])),
            (say("people and rules"), say("number {policy}", policy=text.words(value["policy"]))),
            (say("ends"), value["ended"] or say("no activation")),
        ]
    )
    yield ""
    yield say("What the new log says again; compare it with what you know:")
    yield from text.table(
        text.titles("credential", "version", "kind", "items left", "candidate", "must be changed", "taken from"),
        [
            (
                row["name"],
                row["version"],
                terms.kind(row["kind"]),
                row["left"],
                row["candidate"],
                row["owes"],
                wording.SOURCES[str(row["restated_from"])],
            )
            for row in cast(Sequence[Row], value["credentials"])
        ],
    )
    yield say("suspended, and stay so: {suspended}", suspended=text.words(value["suspended"] or say("nobody")))
    if value["suspensions_lost"]:
        yield wording.suspensions_lost(cast(Sequence[Row], value["suspensions_lost"]))
    yield from wording.after_new_log(value)
    if value["in_force"]:
        yield say("The new log is written from now on. Its key, for paper: {key}", key=value["key"])
        return
    yield say("still to sign, each on their own token: {missing}", missing=terms.missing(value["missing"]))


def exported(value: Object) -> Iterator[str]:
    """Say what an export holds."""
    yield from text.facts(
        [
            (say("entries"), value["size"]),
            (say("root"), value["root"]),
            (say("fields opened"), value["openings"]),
            (say("fields withheld"), value["withheld"]),
            (say("fields erased"), value["erased"] or None),
            (say("key"), value["key"]),
        ]
    )
    if value["key"]:
        yield say("Whoever judges it needs this key from you, and not from the folder.")


def proved(value: Object) -> Iterator[str]:
    """Say what a proof proves, and to whom it says how much."""
    return text.facts(
        [
            (say("entry"), value["seq"]),
            (say("what"), wording.entry_type(str(value["type"]))),
            (say("time"), text.when(str(value["time"]))),
            (say("log"), value["log"]),
            (say("proven up to"), say("{size} entries", size=value["size"])),
            (say("root"), value["root"]),
            (say("fields opened"), value["opened"] or say("none")),
            (say("fields withheld"), value["withheld"] or say("none")),
        ]
    )


def checkpoint(value: Object) -> Iterator[str]:
    """Say the newest signed state of the journal."""
    yield from text.facts(
        [
            (say("log"), value["origin"]),
            (say("entries"), value["size"]),
            (say("root"), value["root"]),
            (say("key"), value["key"]),
        ]
    )
    yield ""
    yield from text.twelve_words(value)
