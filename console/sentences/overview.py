# SPDX-License-Identifier: Apache-2.0
"""What goes on in numbers, as pairs of a label and its words."""

from typing import cast

from console.domain.canonical import Json, Object
from console.language import say, say_count

ALARM = say("ALARM: the journal cannot be trusted")


def facts(value: Object) -> list[tuple[str, str]]:
    """Return the counts of an overview."""
    places = ", ".join(map(str, cast(list[Json], value["open_jurisdictions"])))
    going_on = ", ".join(map(str, cast(list[Json], value["incidents"])))
    return [
        (say("incidents going on"), going_on or say("none")),
        (say("open now"), str(value["open"]) + (say(", in {places}", places=places) if places else "")),
        (say("showings in what is open"), str(value["releases_open"])),
        (say("showings ever"), str(value["releases"])),
        (say("refused"), str(value["refusals"])),
        (say("secrets still to be changed"), str(value["rotations_owed"])),
        (say("notices owed"), str(value["notices_owed"])),
        (say("legal holds"), str(value["holds"])),
        (say("entries in the journal"), str(value["entries"])),
    ]


def told(value: Object) -> list[tuple[str, str]]:
    """Return what a state in 24 letters says; at its greatest value a count means so many or more."""
    return [
        (say("open activations"), _many(value["open"], 15)),
        (say("jurisdictions"), _many(value["jurisdictions"], 15)),
        (say("showings in them"), _many(value["releases_open"], 31)),
        (say("secrets still to be changed"), _many(value["rotations_owed"], 15)),
        (say("entries in the journal"), str(value["entries"])),
        (say("alarm"), ALARM if value["alarm"] else say("none")),
    ]


def _many(count: Json, greatest: int) -> str:
    number = cast(int, count)
    return say("{greatest} or more", greatest=greatest) if number >= greatest else str(number)


def since(value: Object) -> str:
    """Return how a state that was told compares with the one before; empty for the first."""
    if value["same_as_before"]:
        return say("It is the very code that you heard before.")
    if value["grown"] is None:
        return ""
    return say_count(
        cast(int, value["grown"]),
        "Its journal has 1 entry more than when you last heard.",
        "Its journal has {count} entries more than when you last heard.",
    )
