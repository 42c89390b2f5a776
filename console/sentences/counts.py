# SPDX-License-Identifier: Apache-2.0
"""What goes on in numbers, as pairs of a label and its words."""

from typing import cast

from console.domain.canonical import Json, Object

ALARM = "ALARM: the journal cannot be trusted"


def facts(value: Object) -> list[tuple[str, str]]:
    """Return the counts of an overview."""
    places = ", ".join(map(str, cast(list[Json], value["open_jurisdictions"])))
    return [
        ("open now", str(value["open"]) + (f", in {places}" if places else "")),
        ("showings in what is open", str(value["releases_open"])), ("showings ever", str(value["releases"])),
        ("refused", str(value["refusals"])), ("rotations owed", str(value["rotations_owed"])),
        ("notices owed", str(value["notices_owed"])), ("legal holds", str(value["holds"])),
        ("entries in the journal", str(value["entries"])),
    ]  # fmt: skip


def told(value: Object) -> list[tuple[str, str]]:
    """Return what a state in 24 letters says; at its greatest value a count means so many or more."""
    return [
        ("open activations", _many(value["open"], 15)), ("jurisdictions", _many(value["jurisdictions"], 15)),
        ("showings in them", _many(value["releases_open"], 31)), ("rotations owed", _many(value["rotations_owed"], 15)),
        ("entries in the journal", str(value["entries"])), ("alarm", ALARM if value["alarm"] else "none"),
    ]  # fmt: skip


def _many(count: Json, greatest: int) -> str:
    number = cast(int, count)
    return f"{greatest} or more" if number >= greatest else str(number)


def since(value: Object) -> str:
    """Return how a state that was told compares with the one before; empty for the first."""
    if value["same_as_before"]:
        return "It is the very code that you heard before."
    if value["grown"] is None:
        return ""
    return f"Its journal has {value['grown']} entries more than when you last heard."
