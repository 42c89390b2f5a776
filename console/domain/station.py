# SPDX-License-Identifier: Apache-2.0
"""When the station locks by itself, because whoever unlocked it is no longer there."""

from enum import Enum

CODE_SECONDS = 120
"""So much longer the idle lock waits while somebody reads a code from the screen."""


def is_idle_over(idle_seconds: float, limit_seconds: float, *, shows_code: bool) -> bool:
    """Return whether nobody has touched anything for too long."""
    return idle_seconds >= limit_seconds + (CODE_SECONDS if shows_code else 0)


class Place(Enum):
    """Where the token of whoever unlocked is."""

    UNSEEN = "unseen"
    """Not seen since the unlock: nothing follows from its absence."""
    IN = "in"
    OUT_FOR_OTHERS = "out for others"
    """Taken out while others were awaited, who need its port. It counts again as soon as it is in again."""
    GONE = "gone"
    """Taken out, and nobody was awaited: lock."""


def place_after(before: Place, *, is_in: bool, others_awaited: bool) -> Place:
    """Return where the token is, after a look."""
    if is_in:
        return Place.IN
    if before is Place.IN:
        return Place.OUT_FOR_OTHERS if others_awaited else Place.GONE
    return before
