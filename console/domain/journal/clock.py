# SPDX-License-Identifier: Apache-2.0
"""What is known of the time at which an entry was written: an interval, never a point.

The rule is that of docs/formats/journal.md, section 11.

A station's wall clock is a claim. What bounds an entry are *outside readings*: a clock that is not the station's was
read after some entries and before others. Between two entries of one stretch the suspend-inclusive clock tells how much
time went by, within 500 parts of a million; a stretch ends where the machine was started again, slept, or its wall
clock was set. From one stretch to another only the order is certain.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from console.domain.canonical import Object
from console.domain.entries.entry import Reading

BOOT, STEP, SLEEP = "clock.boot", "clock.step", "clock.slept"
BREAKS = (BOOT, STEP, SLEEP)
"""The entries with which a stretch begins."""
ATTESTED, COSIGNED = "clock.attested", "witness.cosigned"
ANSWERS = ("activation.approved", "activation.denied", "activation.seconded", "activation.ended")
OUTSIDE = {ATTESTED: 90_000, COSIGNED: 60_000, **dict.fromkeys(ANSWERS, 60_000)}
"""By how many milliseconds an honest outside clock may be away: a watch read by two people, a computer's clock."""

STEP_MS, SLEEP_MS = 1_000, 1_000
_MS, _PPM, _DRIFT = 1_000_000, 1_000_000, 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 221_845_392_000_000
"""The year 9000."""
# Exact: a tick is 1/2000 ns, so that 500 parts of a million are whole ticks.
_SLOW, _FAST = 1_999, 2_001
_TICKS_PER_MS = 2_000 * _MS


class Event(Protocol):
    """What these rules read of an entry."""

    @property
    def seq(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def t(self) -> Reading: ...
    @property
    def body(self) -> Object: ...


def step_ms(before: Reading, after: Reading) -> int:
    """Return by how much the wall clock was set between two readings, 0 if it was not, as far as anybody can tell.

    Within a boot: what it moved against the suspend-inclusive clock, beyond 1 s and 500 parts of a million. Across a
    boot nobody knows how long the machine was off: only a clock that went back is seen.
    """
    moved = after.wall_ms - before.wall_ms
    if after.boot != before.boot:
        return min(0, moved)
    went_by = (after.up_ns - before.up_ns) // _MS
    apart = moved - went_by
    return apart if abs(apart) > STEP_MS + abs(went_by) * _DRIFT // _PPM else 0


@dataclass(frozen=True)
class Outside:
    """A clock that is not the station's was read after the entries below ``size`` and before those from ``seq`` on."""

    source: str
    time_ms: int
    size: int
    seq: int | None
    """None: no entry is known to have come after it."""


def outside_of(entry: Event) -> Outside | None:
    """Return the outside reading that an entry carries, or None: ``time``, and the ``size`` that was seen then."""
    seen = entry.body.get("seen", entry.body)
    time, size = entry.body.get("time"), seen.get("size") if isinstance(seen, Mapping) else None
    if entry.type not in OUTSIDE or not isinstance(time, str) or not isinstance(size, int):
        return None
    moment = to_ms(time)
    # What somebody elsewhere wrote must not lead beyond the years that can be said.
    if moment is None or not 0 <= moment < _LATEST_MS or not 0 <= size <= entry.seq:
        return None
    return Outside(entry.type, moment, size, entry.seq)


def to_ms(time: str) -> int | None:
    """Return the milliseconds since 1970 of an RFC 3339 time, or None."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Break:
    """A stretch begins: the entry ``seq`` and its clocks, and where the suspend-inclusive clock stood before it."""

    seq: int
    t: Reading
    last_boot: str
    last_up_ns: int


def break_of(entry: Event) -> Break:
    """Return the break that an entry of one of these types tells of; where it is silent, only the order is known."""
    boot, up_ns = entry.body.get("last_boot"), entry.body.get("last_up_ns")
    known = isinstance(up_ns, str) and up_ns.isdecimal()
    return Break(entry.seq, entry.t, str(boot), int(str(up_ns)) if known else 0)


@dataclass(frozen=True)
class Interval:
    """When an entry was written, in milliseconds since 1970; None where nothing from outside bounds it."""

    not_before: int | None
    not_after: int | None

    def width(self) -> int | None:
        """Return its width, or None if an end is open. Below zero: the outside readings contradict one another."""
        if self.not_before is None or self.not_after is None:
            return None
        return self.not_after - self.not_before


@dataclass(frozen=True)
class _Bound:
    """The moment of the entry ``seq``, when the clocks said ``t``, is not before, or not after, so many ticks."""

    seq: int
    t: Reading
    ticks: int


@dataclass
class _Stretch:
    """The entries from ``first`` on to the next stretch: one boot, one run of the suspend-inclusive clock."""

    first: int
    before: list[_Bound] = field(default_factory=list)
    after: list[_Bound] = field(default_factory=list)

    def not_before(self, seq: int, t: Reading, *, in_order: bool = True) -> int | None:
        """Return the latest tick before which an entry of this stretch was not written.

        ``in_order``: it was written where it stands; what waited in a spool was written before.
        """
        ticks = [
            bound.ticks + (gone * (_SLOW if gone > 0 else _FAST))
            for bound in self.before
            if (gone := _gone(bound, t, is_known=in_order and seq >= bound.seq)) is not None
        ]
        return max(ticks, default=None)

    def not_after(self, seq: int, t: Reading) -> int | None:
        """Return the earliest tick after which it was not."""
        ticks = [
            bound.ticks + (gone * (_FAST if gone > 0 else _SLOW))
            for bound in self.after
            if (gone := _gone(bound, t, is_known=seq <= bound.seq)) is not None
        ]
        return min(ticks, default=None)

    def marks(self, end: int) -> list[int]:
        """Return the entries between which nothing bends, in order; the stretch ends before ``end``."""
        return sorted({self.first, end - 1, *(bound.seq for bound in self.before + self.after)})


def _gone(bound: _Bound, t: Reading, *, is_known: bool) -> int | None:
    """Return the nanoseconds from the bound's entry to another; 0 where only their order is known, None if not even it.

    A stretch has one boot, but for a log that was written before boots were noted.
    """
    if t.boot != bound.t.boot:
        return 0 if is_known else None
    return t.up_ns - bound.t.up_ns


Clocks = Callable[[int], Reading]
"""The clocks of an entry, by its number."""


class Timeline:
    """All that bounds the entries of a log from outside; ``clocks`` is asked for the entries that matter."""

    def __init__(
        self,
        size: int,
        breaks: Iterable[Break],
        outside: Iterable[Outside],
        clocks: Clocks,
        merged: Collection[int] = (),
    ) -> None:
        """``merged``: the entries that waited in a spool, and whose clocks say when they were written there."""
        self._size, self._clocks, self._merged = size, clocks, merged
        self._breaks = list(breaks)
        self._stretches = [_Stretch(0), *(_Stretch(found.seq) for found in self._breaks)]
        self._firsts = [stretch.first for stretch in self._stretches]
        for reading in outside:
            self._take(reading)
        self._carry()

    def interval(self, seq: int, t: Reading) -> Interval:
        """Return when the entry with this number and these clocks was written."""
        before, after = self._ticks(self._stretch(seq), seq, t)
        return Interval(
            None if before is None else before // _TICKS_PER_MS, None if after is None else -(-after // _TICKS_PER_MS)
        )

    def unbounded(self) -> int:
        """Return how many entries have an open end."""
        return sum(end - s.first for s, end in self._spans() if not (s.before and s.after))

    def contradictions(self) -> int:
        """Return in how many stretches the outside readings contradict one another, or the station's clock."""
        return sum(
            any((self._width(stretch, seq) or 0) < 0 for seq in stretch.marks(end)) for stretch, end in self._spans()
        )

    def widest(self) -> tuple[int, Interval] | None:
        """Return the number and the interval of the entry that is known least well, of those with two ends."""
        found = [
            self._widest_of(stretch, low, high)
            for stretch, end in self._spans()
            if stretch.before and stretch.after
            for low, high in pairwise([stretch.first, *stretch.marks(end)])
        ]
        if not found:
            return None
        seq = -max(found)[1]
        return seq, self.interval(seq, self._clocks(seq))

    def _widest_of(self, stretch: _Stretch, low: int, high: int) -> tuple[int, int]:
        """Return the width of the widest entry between two marks, and less its number: the width is concave there."""
        while low < high:
            middle = (low + high) // 2
            if (self._width(stretch, middle) or 0) < (self._width(stretch, middle + 1) or 0):
                low = middle + 1
            else:
                high = middle
        return self._width(stretch, low) or 0, -low

    def _width(self, stretch: _Stretch, seq: int) -> int | None:
        """Return the ticks between both ends, None where one is missing."""
        before, after = self._ticks(stretch, seq, self._clocks(seq))
        return None if before is None or after is None else after - before

    def _ticks(self, stretch: _Stretch, seq: int, t: Reading) -> tuple[int | None, int | None]:
        return stretch.not_before(seq, t, in_order=seq not in self._merged), stretch.not_after(seq, t)

    def _spans(self) -> Iterator[tuple[_Stretch, int]]:
        ends = [*self._firsts[1:], self._size]
        return ((stretch, end) for stretch, end in zip(self._stretches, ends, strict=True) if end > stretch.first)

    def _stretch(self, seq: int) -> _Stretch:
        return self._stretches[bisect_right(self._firsts, seq) - 1]

    def _take(self, reading: Outside) -> None:
        spread = OUTSIDE[reading.source]
        if reading.seq is not None:
            ticks = (reading.time_ms - spread) * _TICKS_PER_MS
            self._stretch(reading.seq).before.append(_Bound(reading.seq, self._clocks(reading.seq), ticks))
        if reading.size:
            last, ticks = reading.size - 1, (reading.time_ms + spread) * _TICKS_PER_MS
            self._stretch(last).after.append(_Bound(last, self._clocks(last), ticks))

    def _carry(self) -> None:
        """From one stretch to the next only the order is certain."""
        ends = [replace(b.t, boot=b.last_boot, up_ns=b.last_up_ns) for b in self._breaks]
        steps = list(zip(self._breaks, ends, self._stretches, self._stretches[1:], strict=False))
        for begun, end, earlier, later in steps:
            if (ticks := earlier.not_before(begun.seq - 1, end)) is not None:
                later.before.append(_Bound(begun.seq, begun.t, ticks))
        for begun, end, earlier, later in reversed(steps):
            if (ticks := later.not_after(begun.seq, begun.t)) is not None:
                earlier.after.append(_Bound(begun.seq - 1, end, ticks))
