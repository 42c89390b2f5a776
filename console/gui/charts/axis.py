# SPDX-License-Identifier: Apache-2.0
"""Where a time stands on a line: in proportion, but long stretches in which nothing happened are cut short.

Pure: times are milliseconds since 1970 UTC, places are pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
STEPS = (
    *(n * SECOND for n in (10, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 28, 91, 365)),
)
FREE_PIXELS = 44.0
"""So far words may reach into what is cut short, and beyond the end of the line."""
CUT_PIXELS = FREE_PIXELS + 40.0
"""The width of what is cut short, however long it took."""
CUT_FACTOR = 4
"""A pause is cut short if it is so many times longer than everything else together."""
TICK_PIXELS = 92.0
"""Two marked times stand at least so far apart: there is room for their digits."""


@dataclass(frozen=True)
class Stretch:
    """A part of the line; within it time runs evenly."""

    start: int
    end: int
    left: float
    right: float
    is_cut: bool = False


@dataclass(frozen=True)
class Axis:
    """The whole line, from left to right."""

    stretches: tuple[Stretch, ...]

    def x(self, at: int) -> float:
        """Return where a time stands; what lies outside stands at the end."""
        for part in self.stretches:
            if at <= part.end:
                share = max(0, at - part.start) / (part.end - part.start)
                return part.left + share * (part.right - part.left)
        return self.stretches[-1].right

    def ticks(self, offset: int) -> Iterator[int]:
        """Yield the round times to mark on a clock that is ``offset`` milliseconds ahead of UTC, else the first one."""
        marked = [at for part in self.stretches if not part.is_cut for at in _round_times(part, offset)]
        yield from marked or [self.stretches[0].start]

    def free_around(self, x: float) -> tuple[float, float]:
        """Return from where to where words may stand: up to what is cut short, and a little into it."""
        cuts = [part for part in self.stretches if part.is_cut]
        begin = max((part.right for part in cuts if part.right <= x), default=self.stretches[0].left)
        end = min((part.left for part in cuts if part.left >= x), default=self.stretches[-1].right)
        return begin, end + FREE_PIXELS


def axis(times: Iterable[int], left: float, right: float) -> Axis:
    """Return the line on which these times stand."""
    known = sorted(set(times)) or [0]
    if len(known) == 1:
        known.append(known[0] + MINUTE)
    spans = list(pairwise(known))
    cut = _too_long(spans)
    room = max(1.0, right - left - CUT_PIXELS * len(cut))
    whole = sum(b - a for a, b in spans if (a, b) not in cut)
    parts: list[Stretch] = []
    for a, b in spans:
        is_cut = (a, b) in cut
        width = CUT_PIXELS if is_cut else room * (b - a) / whole
        at = parts[-1].right if parts else left
        if parts and not is_cut and not parts[-1].is_cut:
            last = parts.pop()
            parts.append(Stretch(last.start, b, last.left, at + width))
        else:
            parts.append(Stretch(a, b, at, at + width, is_cut))
    return Axis(tuple(parts))


def _too_long(spans: list[tuple[int, int]]) -> set[tuple[int, int]]:
    left, cut = sorted(spans, key=lambda span: span[1] - span[0]), set[tuple[int, int]]()
    while len(left) > 1:
        longest = left.pop()
        if longest[1] - longest[0] <= CUT_FACTOR * sum(b - a for a, b in left):
            break
        cut.add(longest)
    return cut


def _round_times(part: Stretch, offset: int) -> Iterator[int]:
    per_pixel = (part.end - part.start) / max(1.0, part.right - part.left)
    step = next((step for step in STEPS if step >= TICK_PIXELS * per_pixel), STEPS[-1])
    first = -(-(part.start + offset) // step) * step
    for at in range(first, part.end + offset + 1, step):
        yield at - offset
