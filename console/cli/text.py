# SPDX-License-Identifier: Apache-2.0
"""Results as lines for people: one fact a line, tables aligned, times local and UTC. Nothing here is secret."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.domain.activation.state import OVER
from console.domain.canonical import Json, Object
from console.domain.moment import here, local_and_utc
from console.language import say
from console.sentences import change, paper, terms
from console.sentences import witness as said

Row = Mapping[str, Json]
TIMES = ("deadline_at_risk", "first_seen")
"""Fields of a request that are times."""
CHOICES = {"category": terms.CATEGORIES, "privilege": terms.PRIVILEGES}
"""Fields of a request that are one of a few -> what each is called."""


def facts(pairs: Iterable[tuple[str, Json]]) -> Iterator[str]:
    """Yield one fact a line; what is None is left out. What goes on in another line stands below its beginning."""
    known = [(label, words(value)) for label, value in pairs if value is not None]
    width = max((len(label) for label, _ in known), default=0)
    # At the left only the program speaks: a text of several lines must not look like facts.
    begin = "\n" + " " * (width + 2)
    for label, value in known:
        yield f"{label:{width}}  {value}".replace("\n", begin).rstrip()


def table(head: Sequence[str], rows: Sequence[Sequence[Json]]) -> Iterator[str]:
    """Yield a table with aligned columns; nothing but ``none`` when it is empty."""
    if not rows:
        yield say("none")
        return
    cells = [tuple(head), *(tuple(words(value).replace("\n", "; ") for value in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def label(name: str) -> str:
    """Return what a field of a request, a use card or the rules is called."""
    return say(name.replace("_", " "))


def called(name: str) -> str:
    """Return what a group or a part of a field is called."""
    return str(terms.word(name)) if name in terms.CODES else label(name)


def titles(*texts: str) -> tuple[str, ...]:
    """Return the titles of a table's columns, in the language of this process."""
    return tuple(say(text) for text in texts)


def words(value: Json) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{called(name)} {words(item)}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(words(item) for item in value)
    return str(value)


def when(time: str) -> str:
    """Return an RFC 3339 time as local time and UTC."""
    return local_and_utc(here(time))


def left(seconds: Json) -> str:
    """Return a duration in minutes and seconds."""
    minutes, rest = divmod(cast(int, seconds), 60)
    return say("{minutes} min {rest} s", minutes=minutes, rest=rest)


def budget(value: Json) -> str:
    """Return the showings used and left."""
    counted = cast(Mapping[str, int], value)
    return say("{left} of {releases} showings left", left=counted["left"], releases=counted["releases"])


# --- station, policy, people ------------------------------------------------------------------------------


def unlocked(value: Object) -> Iterator[str]:
    """Say whether the station is unlocked."""
    yield (
        say("The station is unlocked by {member}.", member=value["member"])
        if value["unlocked"]
        else say("The station is locked.")
    )
    if alarm := cast(Sequence[str], value.get("alarm", ())):
        yield say("ALARM: the journal cannot be trusted: {alarm}.", alarm=wording.alarm(alarm))
        yield say("Nothing opens until a new log is begun: breakglass journal new-log.")


def genesis(value: Object) -> Iterator[str]:
    """Say the founding document in words."""
    yield from twelve_words(value)
    yield ""
    unsigned = value["unsigned"] or say("none")
    yield from facts(
        [
            (say("mode"), terms.word(value["mode"])),
            (say("vault"), value["vault"]),
            (say("signatures missing"), unsigned),
        ]
    )
    yield from minded(value)
    yield ""
    yield from rules(value)


def minded(value: Object) -> Iterator[str]:
    """Say what to mind about people and rules before they are signed."""
    for row in cast(Sequence[Row], value["warnings"]):
        yield say("Mind: {warning}", warning=change.warning(row))


def rules(value: Object) -> Iterator[str]:
    """Say who must agree to what, and the limits."""
    members = cast(Sequence[Row], value["members"])
    yield from table(
        titles("id", "name", "role", "assurance"),
        [[m["id"], m["name"], terms.word(m["role"]), terms.word(m["assurance"])] for m in members],
    )
    yield ""
    classes = cast(Mapping[str, Json], value["classes"])
    yield from table(titles("class", "needs"), [[terms.word(name), terms.missing(m)] for name, m in classes.items()])
    yield ""
    limits = cast(Row, value["rules"])
    hidden = ("v", "vault", "epoch", "previous")
    yield from (change.rule(name, item) for name, item in limits.items() if name not in hidden)


def begun_anew(journal: Json) -> Iterator[str]:
    """Warn somebody elsewhere unless this is the station's first journal."""
    if cast(int, journal) > 1:
        yield say("THE STATION BEGAN ITS JOURNAL ANEW AFTER AN ALARM: this is number {journal}.", journal=journal)
        yield say("Ask one of Legal and one of IT whether they signed that.")


def twelve_words(value: Object) -> Iterator[str]:
    """Number the twelve words, four in a line."""
    numbered = [f"{number:2} {word:10}" for number, word in enumerate(cast(Sequence[str], value["words"]), 1)]
    for at in range(0, len(numbered), 4):
        yield "".join(numbered[at : at + 4]).rstrip()


# --- credentials ------------------------------------------------------------------------------------------


def credential(value: Object) -> Iterator[str]:
    """Say one credential with its use card."""
    yield from facts(
        [
            (say("name"), value["name"]),
            (say("kind"), terms.kind(value["kind"])),
            (say("class"), terms.word(value["class"])),
            (say("version"), value["version"]),
            (say("state"), _credential_state(value)),
            (say("codes left"), value["codes_left"]),
            (say("new version"), value["candidate"]),
            (say("still openable by"), value["openable_by"] if value["stale"] else None),
        ]
    )
    yield ""
    card = cast(Row, value["card"])
    steps = [(say("step"), step) for step in cast(Sequence[Json], card.get("steps") or ())]
    yield from facts([*((label(name), item) for name, item in card.items() if name != "steps"), *steps])


def credentials(value: Object) -> Iterator[str]:
    """List the credentials."""
    rows = cast(Sequence[Row], value["credentials"])
    cells = [
        [
            row["name"],
            terms.kind(row["kind"]),
            terms.word(row["class"]),
            row["version"],
            row["codes_left"],
            _credential_state(row),
        ]
        for row in rows
    ]
    return table(titles("name", "kind", "class", "version", "codes", "state"), cells)


def _credential_state(row: Row) -> str:
    state = wording.CREDENTIAL_STATES[str(row["state"])]
    return say("{state}; stale, to be sealed again", state=state) if row["stale"] else state


# --- activations ------------------------------------------------------------------------------------------


def decided(value: Object) -> Iterator[str]:
    """Say where an activation stands after somebody decided something."""
    return facts(
        [
            (say("activation"), value["activation"]),
            (say("state"), wording.STATES[str(value["state"])]),
            (say("still missing"), terms.missing(value["missing"]) if "missing" in value else None),
            (say("budget"), budget(value["budget"]) if "budget" in value else None),
            *_taken_along(cast(Row | None, value.get("head"))),
        ]
    )


def _taken_along(head: Row | None) -> Sequence[tuple[str, Json]]:
    """Return what an approver takes along: on the token, else to be noted."""
    if head is None:
        return ()
    return (say("proof to keep"), said.taken_along(head)), (
        say("its words"),
        " ".join(cast(Sequence[str], head["words"])),
    )


def activation(value: Object) -> Iterator[str]:
    """Say everything about one activation."""
    said = cast(Row, value["justification"])
    state, frozen = wording.STATES[str(value["state"])], value["frozen_why"]
    is_over = value["state"] in OVER
    agreed = [f"{a['member']} ({terms.word(a['group'])})" for a in cast(Sequence[Row], value["approvals"])]
    yield from facts(
        [
            (say("activation"), value["activation"]),
            (say("state"), f"{state}: {wording.FROZEN[str(frozen)]}" if frozen else state),
            (say("time left"), None if is_over else left(value["seconds_left"])),
            (say("budget"), budget(value["budget"])),
            (say("still missing"), None if is_over else terms.missing(value["missing"])),
            (say("requester"), f"{value['requester']}, {wording.PROOFS[str(value['proof'])]}"),
            (say("approved by"), agreed or say("nobody")),
            *told_fields(said),
        ]
    )
    for outage in cast(Sequence[Row], said["outage"]):
        yield ""
        yield from facts((say("outage: {name}", name=name), item) for name, item in told_fields(outage))
    yield ""
    yield from items(cast(Sequence[Row], value["items"]))
    yield from _owed(cast(Sequence[Row], value["owed"]))


def told_fields(said: Row) -> Iterator[tuple[str, Json]]:
    """Yield (name, value) of what a request says, but for its outages; times local and UTC."""
    for name, item in said.items():
        if name != "outage":
            yield (
                label(name),
                when(str(item)) if item and name in TIMES else CHOICES.get(name, {}).get(str(item), item),
            )


def activations(value: Object) -> Iterator[str]:
    """List the activations."""
    cells = [
        [
            row["activation"],
            row["incident"],
            wording.STATES[str(row["state"])],
            None if row["state"] in OVER else left(row["seconds_left"]),
            budget(row["budget"]),
            terms.missing(row["missing"]),
            terms.CATEGORIES[str(row["category"])],
            len(cast(Sequence[Json], row["owed"])),
        ]
        for row in cast(Sequence[Row], value["activations"])
    ]
    head = titles("activation", "incident", "state", "time left", "budget", "missing", "category", "owed")
    return table(head, cells)


def released(value: Object) -> Iterator[str]:
    """Say what was released, never the secret itself, and what is to be written by hand if nothing took the entry."""
    yield from facts(
        [
            (say("shown"), value["released"]),
            (say("outcome"), wording.OUTCOMES[str(value["outcome"])]),
            (say("budget"), budget(value["budget"])),
        ]
    )
    if value["on_paper"] is not None:
        yield from paper.paper(cast(Object, value["on_paper"]), when)


def items(rows: Sequence[Row]) -> Iterator[str]:
    """List what a request asks for."""
    cells = [
        [r["credential"], terms.kind(r["kind"]), r["version"], r["item"], terms.word(r["class"]), r["exposed"]]
        for r in rows
    ]
    return table(titles("credential", "kind", "version", "item", "class", "shown before"), cells)


def _owed(rows: Sequence[Row]) -> Iterator[str]:
    yield ""
    yield from facts([(say("still to be changed"), [r["credential"] for r in rows] or say("nothing"))])


# --- hand-over -------------------------------------------------------------------------------------------


def written(value: Object) -> Iterator[str]:
    """Name the files that were written."""
    return facts((say("written"), name) for name in cast(Sequence[Json], value["files"]))


def scanned(value: Object) -> Iterator[str]:
    """Say what a hand-over is, from whom and for whom."""
    described = cast(Row, value["describes"])
    named = [(label(name), item) for name, item in described.items()]
    return facts(
        [(say("kind"), value["kind"]), (say("pictures"), value["frames"]), (say("bytes"), value["bytes"]), *named]
    )
