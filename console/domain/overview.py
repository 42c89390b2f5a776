# SPDX-License-Identifier: Apache-2.0
"""Counts of what goes on and what is owed, for whoever reads along: no name, no matter, no reason."""

from collections import Counter
from collections.abc import Iterable
from typing import cast

from console.domain.canonical import Json, Object

LIVE = ("open", "frozen")


def counts(activations: Iterable[Object]) -> dict[str, Json]:
    """Return counts of activations (``state``, ``jurisdictions``, ``budget``, ``owed``): by state, by jurisdiction and
    state, of showings and of rotations owed; and what of it is open now."""
    states: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    shown, shown_open, owed, open_places = 0, 0, set[tuple[str, int]](), set[str]()
    for row in activations:
        state, used = str(row["state"]), cast(int, cast(Object, row["budget"])["used"])
        jurisdictions = [str(name) for name in cast(list[Json], row["jurisdictions"])]
        states[state] += 1
        for name in jurisdictions:
            places.setdefault(name, Counter())[state] += 1
        shown += used
        owed |= {(str(debt["credential"]), cast(int, debt["version"])) for debt in cast(list[Object], row["owed"])}
        if state in LIVE:
            shown_open += used
            open_places |= set(jurisdictions)
    return {
        "states": dict(sorted(states.items())),
        "jurisdictions": {name: dict(sorted(found.items())) for name, found in sorted(places.items())},
        "open": sum(states[state] for state in LIVE),
        "open_jurisdictions": cast(Json, sorted(open_places)),
        "releases": shown,
        "releases_open": shown_open,
        "rotations_owed": len(owed),
    }
