# SPDX-License-Identifier: Apache-2.0
"""Words in a picture: none stands on another, and what has no room is shortened or left to the table.

Pure: places are pixels.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

REACH = 12.0
"""So far from the middle of a sign its words begin."""
GAP = 4.0
"""Free between two words."""
LEAST = 34.0
"""Words that have less room than this are left out: nobody reads two letters."""
Measure = Callable[[str], float]
"""How wide a text is."""


@dataclass(frozen=True)
class Words:
    """One line whose left end is at ``x``; it is shortened where it is wider than ``width``."""

    text: str
    x: float
    width: float

    @property
    def end(self) -> float:
        """Where its room ends."""
        return self.x + self.width

    def is_on(self, others: Iterable["Words"]) -> bool:
        """Return whether it stands on any of these, or touches it."""
        return any(self.x < other.end + GAP and other.x < self.end + GAP for other in others)


def centred(text: str, x: float, measure: Measure) -> Words:
    """Return words whose middle is at ``x``."""
    width = measure(text) + 1
    return Words(text, x - width / 2, width)


def beside(text: str, x: float, free: tuple[float, float], measure: Measure) -> Words | None:
    """Return the words of a sign at ``x``: to its right, else to its left, else shortened where there is more room.

    ``free``: from where to where nothing else stands. None: there is no room.
    """
    wanted, start, end = measure(text) + 1, x + REACH, x - REACH
    right, left = free[1] - start, end - free[0]
    if wanted <= right:
        return Words(text, start, wanted)
    if wanted <= left:
        return Words(text, end - wanted, wanted)
    if max(right, left) < LEAST:
        return None
    return Words(text, start, right) if right >= left else Words(text, end - left, left)
