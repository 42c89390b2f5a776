# SPDX-License-Identifier: Apache-2.0
"""When entries were written, as far as clocks that are not the station's bound it (``domain.clock``)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from console.actions.console import Console
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Entry, Reading, to_rfc3339
from console.domain.journal.clock import BREAKS, OUTSIDE, Interval, Outside, Timeline, break_of, outside_of
from console.domain.journal.spool import MERGED

NEAR = 50
"""So many entries of a kind are looked through before and after a page; those farther away could only narrow."""

MOST_APART = 5_000
NO_CLOCK, CONTRADICTORY = UNKNOWN = "no outside clock", "contradictory"
"""Intervals that are no times."""


def whole(console: Console) -> Timeline:
    """Return all that bounds the entries of this journal from outside."""
    breaks, outside = (_of_types(console, types) for types in (BREAKS, OUTSIDE))
    return _timeline(console, breaks, [found for entry in outside if (found := outside_of(entry))])


def near(console: Console, entries: Sequence[Entry]) -> Timeline | None:
    """Return what bounds these entries: breaks and outside readings among them and beside them.

    None where they stand too far apart: what lies between may be most of the journal.
    """
    numbers = [entry.seq for entry in entries] or [0]
    low, high, found = min(numbers), max(numbers), list[Entry]()
    if high - low > MOST_APART:
        return None
    first, last = 0, console.journal.size()
    for type_ in (*BREAKS, *OUTSIDE):
        read = console.journal.entries
        newest = list(read(type_=type_, limit=NEAR, newest_first=True))
        if len(newest) < NEAR:
            # That is all there is of it: most journals have few, and a page must not read each kind three times.
            found += newest
            continue
        earlier = list(read(type_=type_, before=low, limit=NEAR, newest_first=True))
        later = list(read(type_=type_, after=high, limit=NEAR))
        found += [*earlier, *read(type_=type_, after=low - 1, before=high + 1), *later]
        # What lies beyond the last one that was looked at, may lie beyond a break that was not.
        first = max(first, earlier[-1].seq) if len(earlier) == NEAR else first
        last = min(last, later[-1].seq) if len(later) == NEAR else last
    inside = [entry for entry in found if first <= entry.seq <= last]
    outside = [_within(reading, first) for entry in inside if (reading := outside_of(entry))]
    return _timeline(console, [entry for entry in inside if entry.type in BREAKS], outside)


def told(known: Timeline | None, entry: Entry) -> Object | None:
    """Return ``not_before`` and ``not_after`` of an entry (RFC 3339, or null), and both in few words; else None."""
    if known is None:
        return None
    return {**_ends(known.interval(entry.seq, entry.t)), "brief": brief(known, entry)}


def brief(timeline: Timeline, entry: Entry) -> str:
    """Return an interval in few words, UTC to whole seconds outwards; days only if they are not the claimed one."""
    known, wall_ms = timeline.interval(entry.seq, entry.t), entry.t.wall_ms
    ends = [None if ms is None else _utc(ms) for ms in (known.not_before, known.not_after)]
    if known.not_after is not None and known.not_after % 1000:
        ends[1] = _utc(known.not_after + 1000)
    is_same_day = all(end is None or end.date() == _utc(wall_ms).date() for end in ends)
    before, after = (end and f"{end:{'%H:%M:%S' if is_same_day else '%Y-%m-%d %H:%M:%S'}}" for end in ends)
    if before and after:
        if (known.width() or 0) < 0:
            return CONTRADICTORY
        return f"{before}–{after}" if is_same_day else f"{before} – {after}"
    return f"after {before}" if before else f"before {after}" if after else NO_CLOCK


def report(console: Console) -> Object:
    """Return how well the times of all entries are known: the widest interval, and how many have an open end."""
    known = whole(console)
    widest = known.widest()
    return {
        "unbounded": known.unbounded(),
        "contradictions": known.contradictions(),
        "widest": {"seq": widest[0], **_ends(widest[1]), "ms": widest[1].width()} if widest else None,
        "noted": {type_: len(_of_types(console, [type_])) for type_ in BREAKS},
    }


def _timeline(console: Console, breaks: Iterable[Entry], outside: Iterable[Outside]) -> Timeline:
    def clocks(seq: int) -> Reading:
        (entry,) = console.journal.entries(after=seq - 1, before=seq + 1)
        return entry.t

    in_order = sorted(breaks, key=lambda entry: entry.seq)
    merged = frozenset(entry.seq for entry in console.journal.entries(type_=MERGED))
    return Timeline(console.journal.size(), map(break_of, in_order), outside, clocks, merged)


def _within(reading: Outside, first: int) -> Outside:
    return reading if reading.size > first else replace(reading, size=0)


def _ends(known: Interval) -> dict[str, Json]:
    ends = {"not_before": known.not_before, "not_after": known.not_after}
    return {name: None if ms is None else to_rfc3339(ms) for name, ms in ends.items()}


def _of_types(console: Console, types: Iterable[str]) -> list[Entry]:
    return [entry for type_ in types for entry in console.journal.entries(type_=type_)]


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC)
