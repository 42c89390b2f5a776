# SPDX-License-Identifier: Apache-2.0
"""How old everything is that grows old, in words: tokens, secrets, certificates, sheets."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.domain.policy.roster import STATION
from console.language import say, say_count, say_each
from console.sentences.change import group

SHEET_STATES = say_each(
    {
        "none": "none",
        "printed": "printed, not read back yet",
        "proven": "read back, not signed yet",
        "in_force": "in force",
        "spent": "spent: print new sheets",
    }
)
PRESENCES = say_each({"here": "here", "not here": "not here", "away": "away"})
"""Where a token is; anything else is the code of what it answered."""
Row = Mapping[str, Any]


def lines(value: Row) -> Iterator[tuple[str, str]]:
    """Yield what and how old, for each of what ``actions.readiness`` returns."""
    for row in value["tokens"]:
        yield say("token of {name}", name=row["name"]), f"{_proven(row['proven_days'])}, {_present(row)}"
    for row in value["secrets"]:
        yield str(row["name"]), ", ".join(_secret(row))
    for row in value["sheets"]:
        tried = (
            say(", last tried {drilled}", drilled=str(row["drilled"])[:10]) if row["drilled"] else say(", never tried")
        )
        yield (sheets(str(row["slot"])), SHEET_STATES[row["state"]] + (tried if row["state"] != "none" else ""))


def sheets(slot: str) -> str:
    """Return whose sheets they are."""
    return say("sheets of the station") if slot == STATION else say("sheets of {slot}", slot=group(slot))


def _present(row: Row) -> str:
    return PRESENCES.get(row["present"], row["present"])


def _proven(days: int | None) -> str:
    if days is None:
        return say("never proven")
    return say_count(days, "proven 1 day ago", "proven {count} days ago")


def _secret(row: Row) -> Iterator[str]:
    yield (
        say("its age is not known")
        if row["sealed_days"] is None
        else say_count(row["sealed_days"], "sealed 1 day ago", "sealed {count} days ago")
    )
    if row["expires_days"] is not None:
        days = row["expires_days"]
        yield (
            say_count(days, "its certificate ends in 1 day", "its certificate ends in {count} days")
            if days >= 0
            else say_count(-days, "its certificate ended 1 day ago", "its certificate ended {count} days ago")
        )
