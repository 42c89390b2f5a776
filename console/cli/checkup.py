# SPDX-License-Identifier: Apache-2.0
"""Readiness, lock-out, prepared requests and what opening will cost, as lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console.cli.text import Row, facts, table, words
from console.domain.canonical import Json, Object
from console.domain.justification import FIELDS
from console.sentences import ages as aged
from console.sentences import readiness as said
from console.sentences.checks import LEVELS, details, title, without_phone

KEPT = {"yes": "yes", "no": "NO: an old copy brings it back", "unproven": "unproven"}


def checks(value: Object) -> Iterator[str]:
    """Say what is ready and what is not, what to do now, and whom to call."""
    rows = cast(Sequence[Row], value["checks"])
    yield from table(
        ("check", "state", "detail"),
        [[title(row), LEVELS[str(row["level"])], details(row)] for row in rows],
    )
    for row in rows:
        if not row["ok"]:
            by = f" By: {row['by']}." if row["by"] else ""
            yield f"{title(row)}: {row['now']}{by}{_call(cast(Sequence[Row], row['call']))}"
    if names := without_phone(value):
        yield f"No telephone number is on record of {', '.join(names)}: breakglass keyholder contact NAME."
    yield ""
    yield from facts(aged.lines(value))
    yield ""
    yield from facts([("ready", value["ready"])])


def _call(people: Sequence[Row]) -> str:
    if not people:
        return ""
    first = people[0]
    # A number that lacks is said once, below.
    return f" Call {first['name']}, {first['phone']}." if first["phone"] else ""


def rollback(value: Object) -> Iterator[str]:
    """Say what a rollback drill has measured."""
    return facts([
        ("module", value["module"]), ("what it destroys stays destroyed", KEPT[str(value["destroys"])]),
        ("what it remembers stays as it is", KEPT[str(value["anchors"])]),
    ])  # fmt: skip


def proven(value: Object) -> Iterator[str]:
    """Say that a token works."""
    days = value["days_since_the_last"]
    return facts([
        ("token of", f"{value['name']} ({value['member']})"), ("works", True),
        ("last proven before", "never" if days is None else f"{days} days ago"),
    ])  # fmt: skip


# --- lock-out -------------------------------------------------------------------------------------------------


def what_if(value: Object) -> Iterator[str]:
    """Say what still opens after these losses; without any, the smallest that lock out."""
    if value["lost"]:
        yield from _after(value)
        return
    people, alone = cast(Row, value["people"]), cast(Sequence[Row], value["alone"])
    if not alone:
        yield "You survive the loss of any one thing."
    for row in alone:
        yield f"Losing {said.loss(str(row['loss']), people)} locks out: {words(row['credentials'])}"
    yield ""
    cells = [
        [
            row["name"],
            row["class"],
            "; ".join(said.losses(one, people) for one in _sets(row)) or "nothing found",
        ]
        for row in cast(Sequence[Row], value["credentials"])
    ]
    yield from table(("credential", "class", "locked out by losing"), cells)


def _after(value: Object) -> Iterator[str]:
    people = cast(Row, value["people"])
    yield f"After losing {said.losses(cast(Sequence[str], value['lost']), people)}:"
    cells = [
        [row["name"], "still opens" if row["openable"] else "LOCKED OUT", _how(row, people)]
        for row in cast(Sequence[Row], value["credentials"])
    ]
    yield from table(("credential", "", "by"), cells)


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
        return f"{name}: its recovery sheets"
    return f"{name}: {found['needed']} of {', '.join(left)}"


# --- prepared requests ----------------------------------------------------------------------------------------


def all_prepared(value: Object) -> Iterator[str]:
    """List the prepared requests."""
    rows = cast(Sequence[Row], value["prepared"])
    cells = [
        [
            row["name"],
            said.PREPARED_STATES[str(row["state"])],
            row["unsigned"],
            row["days_left"],
            row["left_to_say"],
        ]
        for row in rows
    ]
    yield from table(("name", "state", "missing", "days left", "to be said at the hour"), cells)


def prepared(value: Object) -> Iterator[str]:
    """Say one prepared request, as those read it who agree on it."""
    template = cast(Row, value["template"])
    yield from facts([
        ("name", value["name"]), ("state", said.PREPARED_STATES[str(value["state"])]),
        ("must still sign", value["unsigned"] or None), ("holds for days", value["days_left"]),
        *((name.replace("_", " "), _field(name, template[name])) for name in FIELDS if name in template),
        ("to be said at the hour", value["left_to_say"]),
    ])  # fmt: skip


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
    yield from facts([
        ("took until now", "nothing was opened here yet" if past is None else f"about {past} minutes to open"),
        ("a request waits for", f"{value['valid_minutes']} minutes"),
        ("must be changed afterwards", [row["credential"] for row in cast(Sequence[Row], value["owes"])] or "nothing"),
    ])  # fmt: skip
    for row in cast(Sequence[Row], value["needed"]):
        yield ""
        elsewhere = ", on consoles of their own only" if row["own_console_only"] else ""
        yield f"{row['group']}: {row['needed']} of these{elsewhere}"
        cells = [
            [p["name"], p["phone"], p["mail"], p["reach"], p["deputies"], p["away"]]
            for p in cast(Sequence[Row], row["people"])
        ]
        yield from table(("name", "phone", "mail", "reach", "deputies", "away"), cells)
    for row in cast(Sequence[Row], value["warnings"]):
        yield f"Mind: {_warning(row)}"


def _warning(row: Row) -> str:
    return said.COST_WARNINGS[str(row["code"])].format_map({name: words(item) for name, item in row.items()})
