# SPDX-License-Identifier: Apache-2.0
"""Readiness, lock-out, prepared requests and what opening will cost, as lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console.cli.text import Row, facts, label, table, titles, words
from console.domain.activation.justification import FIELDS
from console.domain.canonical import Json, Object
from console.language import say, say_count
from console.sentences import age as aged
from console.sentences import change, terms
from console.sentences import readiness as said
from console.sentences.checks import LEVELS, details, title, without_phone

MOST_SHOWN = 12
"""So many losses of several things are said of a credential: more nobody reads."""
KEPT = {"yes": say("yes"), "no": say("NO: an old copy brings it back"), "unproven": say("unproven")}


def checks(value: Object) -> Iterator[str]:
    """Say what is ready and what is not, what to do now, and whom to call."""
    rows = cast(Sequence[Row], value["checks"])
    yield from table(
        titles("check", "state", "detail"), [[title(row), LEVELS[str(row["level"])], details(row)] for row in rows]
    )
    for row in rows:
        if not row["ok"]:
            by = say(" By: {by}.", by=row["by"]) if row["by"] else ""
            yield f"{title(row)}: {row['now']}{by}{_call(cast(Sequence[Row], row['call']))}"
    if names := without_phone(value):
        yield say(
            "No telephone number is on record of {names}: breakglass keyholder contact NAME --phone NUMBER.",
            names=", ".join(names),
        )
    yield ""
    yield from facts(aged.lines(value))
    yield ""
    yield from facts([(say("ready"), value["ready"])])


def _call(people: Sequence[Row]) -> str:
    if not people:
        return ""
    first = people[0]
    # A number that lacks is said once, below.
    return say(" Call {name}, {phone}.", name=first["name"], phone=first["phone"]) if first["phone"] else ""


def rollback(value: Object) -> Iterator[str]:
    """Say what a rollback drill has measured."""
    return facts(
        [
            (say("module"), value["module"]),
            (say("what it destroys stays destroyed"), KEPT[str(value["destroys"])]),
            (say("what it remembers stays as it is"), KEPT[str(value["anchors"])]),
        ]
    )


def proven(value: Object) -> Iterator[str]:
    """Say that a token works."""
    days = value["days_since_the_last"]
    return facts(
        [
            (say("token of"), f"{value['name']} ({value['member']})"),
            (say("works"), True),
            (say("last proven before"), say("never") if days is None else say("{days} days ago", days=days)),
        ]
    )


# --- lock-out -------------------------------------------------------------------------------------------------


def what_if(value: Object) -> Iterator[str]:
    """Say what still opens after these losses; without any, the smallest that lock out."""
    if value["lost"]:
        yield from _after(value)
        return
    people, alone = cast(Row, value["people"]), cast(Sequence[Row], value["alone"])
    if not alone:
        yield say("You survive the loss of any one thing.")
    for row in alone:
        yield say(
            "Losing {loss} locks out: {credentials}",
            loss=said.loss(str(row["loss"]), people),
            credentials=words(row["credentials"]),
        )
    for name in cast(Sequence[str], value["nobody_asks"]):
        yield change.warning({"what": "nobody_asks", "subject": name})
    rows = _alike(cast(Sequence[Row], value["credentials"]))
    if not rows:
        yield ""
        yield say("none")
    for row in rows:
        yield ""
        yield from _several(row, people)


def _alike(rows: Sequence[Row]) -> list[Row]:
    """Return what the same losses lock out as one row, its names together: most are sealed in a few ways."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(f"{row['class']} {row['locked_out_by']}", []).append(row)
    return [{**same[0], "name": [row["name"] for row in same]} for same in found.values()]


def _several(row: Row, people: Row) -> Iterator[str]:
    """Say the losses that lock out together, a line each; those of one alone stand above."""
    sets_ = [one for one in _sets(row) if len(one) > 1]
    if not sets_:
        yield say(
            "{credentials} ({class_}): no loss of several was found beyond these.",
            credentials=words(row["name"]),
            class_=terms.word(row["class"]),
        )
        return
    yield say(
        "{credentials} ({class_}), locked out by losing together:",
        credentials=words(row["name"]),
        class_=terms.word(row["class"]),
    )
    yield from (f"  {said.losses(one, people)}" for one in sets_[:MOST_SHOWN])
    if (more := len(sets_) - MOST_SHOWN) > 0:
        left = say_count(more, "and 1 other: --json names it", "and {count} others: --json names them")
        yield f"  {left}"


def _after(value: Object) -> Iterator[str]:
    people = cast(Row, value["people"])
    yield say("After losing {losses}:", losses=said.losses(cast(Sequence[str], value["lost"]), people))
    cells = [
        [row["name"], say("still opens") if row["openable"] else say("LOCKED OUT"), _how(row, people)]
        for row in cast(Sequence[Row], value["credentials"])
    ]
    yield from table((say("credential"), "", say("by")), cells)


def _sets(row: Row) -> Sequence[Sequence[str]]:
    return cast(Sequence[Sequence[str]], row["locked_out_by"])


def _how(row: Row, people: Row) -> str:
    if not row["openable"]:
        return ""
    groups = cast(Mapping[str, Row], cast(Row, row["how"])["groups"])
    return "; ".join(_group(name, found, people) for name, found in groups.items())


def _group(name: str, found: Row, people: Row) -> str:
    left = [str(people.get(member, member)) for member in cast(Sequence[str], found["people"])]
    if len(left) < cast(int, found["needed"]):
        return say("{name}: its recovery sheets", name=name)
    return say("{name}: {needed} of {left}", name=name, needed=found["needed"], left=", ".join(left))


# --- prepared requests ----------------------------------------------------------------------------------------


def all_prepared(value: Object) -> Iterator[str]:
    """List the prepared requests."""
    rows = cast(Sequence[Row], value["prepared"])
    cells = [
        [row["name"], said.prepared_state(row), row["unsigned"], row["days_left"], row["left_to_say"]] for row in rows
    ]
    yield from table(titles("name", "state", "missing", "days left", "to be said at the hour"), cells)


def prepared(value: Object) -> Iterator[str]:
    """Say one prepared request, as those read it who agree on it."""
    template = cast(Row, value["template"])
    yield from facts(
        [
            (say("name"), value["name"]),
            (say("state"), said.prepared_state(value)),
            (say("must still sign"), value["unsigned"] or None),
            (say("holds for days"), value["days_left"]),
            *((label(name), _field(name, template[name])) for name in FIELDS if name in template),
            (say("to be said at the hour"), value["left_to_say"]),
        ]
    )


def _field(name: str, value: Json) -> Json:
    if name != "items":
        return value
    rows = cast(Sequence[Row], value)
    return [f"{row['credential']}{_times(row.get('codes', 1))}" for row in rows]


def _times(codes: Json) -> str:
    return "" if codes == 1 else f" × {codes}"


def cost(value: Object) -> Iterator[str]:
    """Say who is needed, how long it may take, what it will owe and what to mind."""
    past = value["past_minutes"]
    took = say("nothing was opened here yet") if past is None else _opened_in(cast(int, past))
    owes = [row["credential"] for row in cast(Sequence[Row], value["owes"])]
    yield from facts(
        [
            (say("took until now"), took),
            (say("a request waits for"), say("{valid_minutes} minutes", valid_minutes=value["valid_minutes"])),
            (say("must be changed afterwards"), owes or say("nothing")),
        ]
    )
    for row in cast(Sequence[Row], value["needed"]):
        yield ""
        elsewhere = say(", on consoles of their own only") if row["own_console_only"] else ""
        yield say(
            "{group}: {needed} of these{elsewhere}",
            group=terms.word(row["group"]),
            needed=row["needed"],
            elsewhere=elsewhere,
        )
        cells = [
            [p["name"], p["phone"], p["mail"], p["reach"], p["deputies"], p["away"]]
            for p in cast(Sequence[Row], row["people"])
        ]
        yield from table(titles("name", "phone", "mail", "reach", "deputies", "away"), cells)
    for row in cast(Sequence[Row], value["warnings"]):
        yield say("Mind: {warning}", warning=_warning(row))


def _opened_in(minutes: int) -> str:
    return say_count(minutes, "about 1 minute to open", "about {count} minutes to open")


def _warning(row: Row) -> str:
    return said.COST_WARNINGS[str(row["code"])].format_map({name: words(item) for name, item in row.items()})
