# SPDX-License-Identifier: Apache-2.0
"""When an entry was written: honest readings never lie about it, and whoever reads only the export finds the same."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.entries.entry import Reading, to_rfc3339
from console.domain.journal import clock
from console.domain.journal.clock import ATTESTED, OUTSIDE, Break, Outside, Timeline, step_ms
from tests.vectors import times

NOON = 1_790_000_000_000
MS = 1_000_000
HOUR = 3_600_000


def test_what_waited_in_a_spool_was_not_written_where_it_stands() -> None:
    """Its medium was away while the log went on: an outside reading in between says nothing of when it was written."""
    truth = Reading(NOON, "boot-1", 10**9)
    clocks = {
        0: truth,
        1: Reading(NOON + HOUR, "boot-2", 1),
        2: Reading(NOON + 2 * HOUR, "boot-2", 2 * HOUR * MS),
        3: truth,
    }
    breaks = [Break(1, clocks[1], "boot-1", 2 * 10**9)]
    outside = [Outside(ATTESTED, NOON + 2 * HOUR, 2, 2), Outside(ATTESTED, NOON + 3 * HOUR, 4, None)]
    in_order = Timeline(4, breaks, outside, clocks.__getitem__)
    assert (in_order.interval(3, truth).not_before or 0) > NOON + HOUR
    known = Timeline(4, breaks, outside, clocks.__getitem__, {3}).interval(3, truth)
    assert known.not_before is None
    assert known.not_after == NOON + 3 * HOUR + OUTSIDE[ATTESTED]


@dataclass(frozen=True)
class Written:
    """An entry of a made-up log, and the moment at which it really was written."""

    t: Reading
    truth: Fraction
    is_break: bool


@dataclass(frozen=True)
class History:
    """A made-up log with honest readings of outside clocks."""

    entries: tuple[Written, ...]
    outside: tuple[Outside, ...]

    def clocks(self, seq: int) -> Reading:
        return self.entries[seq].t

    def breaks(self) -> list[Break]:
        before = zip(self.entries, self.entries[1:], strict=False)
        return [
            Break(seq, entry.t, last.t.boot, last.t.up_ns)
            for seq, (last, entry) in enumerate(before, 1)
            if entry.is_break
        ]

    def timeline(self) -> Timeline:
        return Timeline(len(self.entries), self.breaks(), self.outside, self.clocks)

    def intervals(self) -> list[clock.Interval]:
        timeline = self.timeline()
        return [timeline.interval(seq, entry.t) for seq, entry in enumerate(self.entries)]


def history(seed: int) -> History:
    """Make up entries over hours and boots, by a clock that drifts within what is allowed, and outside readings."""
    chance = random.Random(seed)
    truth, up, boot, drift = Fraction(NOON), 10**9, 0, Fraction(chance.randint(-499, 499), 10**6)
    entries: list[Written] = []
    wall_off = 0
    for _ in range(chance.randint(1, 40)):
        gone = chance.choice([1, 40, 900, 60_000, HOUR])
        truth += gone
        up += max(1, int(gone * MS * (1 + drift)))
        is_break = bool(entries) and chance.random() < 0.15
        if is_break and chance.random() < 0.5:
            boot, up, truth = boot + 1, chance.randint(1, 10**10), truth + chance.randint(0, 10 * HOUR)
        elif is_break:
            wall_off += chance.choice([-HOUR, HOUR, 5_000])
        entries.append(Written(Reading(int(truth) + wall_off, f"boot-{boot}", up), truth, is_break))
    return History(tuple(entries), tuple(honest(chance, entries) for _ in range(chance.randint(0, 5))))


def honest(chance: random.Random, entries: Sequence[Written]) -> Outside:
    """Read an honest clock at some moment, to be told of later."""
    size = chance.randint(0, len(entries))
    seq = chance.randint(size, len(entries))
    if seq == len(entries):
        low, high, told = entries[-1].truth, entries[-1].truth + HOUR, None
    else:
        low, high, told = (entries[size - 1].truth if size else Fraction(NOON)), entries[seq].truth, seq
    moment = low + (high - low) * Fraction(chance.randint(0, 1000), 1000)
    spread = OUTSIDE[ATTESTED]
    return Outside(ATTESTED, int(moment) + chance.randint(1 - spread, spread - 1), size, told)


histories = st.integers(0, 2**64).map(history)


@given(histories)
def test_an_interval_contains_the_truth(past: History) -> None:
    for written, known in zip(past.entries, past.intervals(), strict=True):
        assert known.not_before is None or known.not_before <= written.truth
        assert known.not_after is None or written.truth <= known.not_after


@given(histories)
def test_intervals_follow_one_another(past: History) -> None:
    """A later entry is never known to be older at either end."""
    known = past.intervals()
    starts = [interval.not_before for interval in known if interval.not_before is not None]
    ends = [interval.not_after for interval in known if interval.not_after is not None]
    assert starts == sorted(starts)
    assert ends == sorted(ends)


@given(histories)
def test_an_auditor_with_pencil_and_paper_finds_the_same(past: History) -> None:
    """The rule as docs/formats/journal.md has it, entry by entry, in fractions."""
    for seq, known in enumerate(past.intervals()):
        assert known == by_the_page(past)[seq]


def by_the_page(past: History) -> list[clock.Interval]:
    count, drift = len(past.entries), Fraction(500, 10**6)
    before: list[Fraction | None] = [None] * count
    after: list[Fraction | None] = [None] * count
    for reading in past.outside:
        spread = OUTSIDE[reading.source]
        if reading.seq is not None:
            before[reading.seq] = _greater(before[reading.seq], Fraction(reading.time_ms - spread))
        if reading.size:
            after[reading.size - 1] = _lesser(after[reading.size - 1], Fraction(reading.time_ms + spread))
    gone = [
        None if later.is_break else Fraction(later.t.up_ns - earlier.t.up_ns, MS)
        for earlier, later in zip(past.entries, past.entries[1:], strict=False)
    ]
    least = [Fraction(0) if ms is None else ms * (1 - drift) for ms in gone]
    most = [None if ms is None else ms * (1 + drift) for ms in gone]
    sooner, latest = list(before), list(after)
    for i in range(count - 1):
        sooner[i + 1] = _greater(sooner[i + 1], _plus(sooner[i], least[i]))
        latest[i + 1] = _lesser(latest[i + 1], _plus(latest[i], most[i]))
    for i in range(count - 2, -1, -1):
        before[i] = _greater(before[i], _less(before[i + 1], most[i]))
        after[i] = _lesser(after[i], _less(after[i + 1], least[i]))
    starts = [_greater(one, other) for one, other in zip(sooner, before, strict=True)]
    ends = [_lesser(one, other) for one, other in zip(latest, after, strict=True)]
    return [
        clock.Interval(None if start is None else start.__floor__(), None if end is None else end.__ceil__())
        for start, end in zip(starts, ends, strict=True)
    ]


def _plus(bound: Fraction | None, more: Fraction | None) -> Fraction | None:
    return None if bound is None or more is None else bound + more


def _less(bound: Fraction | None, less: Fraction | None) -> Fraction | None:
    return None if bound is None or less is None else bound - less


def _greater(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else max(one, other)


def _lesser(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else min(one, other)


@given(histories)
def test_what_is_reported_of_all_entries(past: History) -> None:
    """The widest, and how many have an open end, as if every interval had been looked at."""
    timeline, known = past.timeline(), past.intervals()
    widths = [width for interval in known if (width := interval.width()) is not None]
    assert timeline.unbounded() == len(known) - len(widths)
    assert timeline.contradictions() == 0
    widest = timeline.widest()
    if widest is None:
        assert not widths
    else:
        assert known[widest[0]] == widest[1]
        # Both ends are rounded outwards to whole milliseconds.
        assert max(widths) - (widest[1].width() or 0) <= 2


def attested(seq: int, minutes: int) -> Outside:
    return Outside(ATTESTED, NOON + minutes * 60_000, seq, seq)


def calm(count: int, *, boots: str = "") -> tuple[Written, ...]:
    """Return an entry a minute; ``boots``: to which boot each belongs."""
    names = boots or "a" * count
    return tuple(
        Written(
            Reading(NOON + i * 60_000, names[i], (i + 1) * 60_000 * MS),
            Fraction(NOON + i * 60_000),
            i > 0 and names[i] != names[i - 1],
        )
        for i in range(count)
    )


def test_an_attestation_bounds_what_was_before_and_after_it_in_the_same_stretch() -> None:
    known = History(calm(11), (attested(5, 5),)).intervals()
    # A minute from the entry before it to the attestation, a watch 90 s wrong either way; the drift is milliseconds.
    assert {(interval.width() or 0) // 1000 for interval in known} == {240}


def test_a_break_widens() -> None:
    """After a boot, or a clock that was set, nobody knows how long it took: one end is open, the other stands still."""
    whole = History(calm(10), (attested(3, 3),)).intervals()
    cut = History(calm(10, boots="aaaaaabbbb"), (attested(3, 3),)).intervals()
    assert whole[:6] == cut[:6]
    assert cut[6].not_before == cut[5].not_before
    for less, more in zip(cut[6:], whole[6:], strict=True):
        assert less.not_after is None
        assert (less.not_before or 0) < (more.not_before or 0)


@given(histories, st.data())
def test_less_from_outside_is_known_less_well(past: History, data: st.DataObject) -> None:
    """Without one of the readings, or with one more break, no interval is narrower."""
    left = tuple(data.draw(st.lists(st.sampled_from(past.outside), unique=True)) if past.outside else [])
    at = data.draw(st.integers(0, len(past.entries) - 1))
    broken = tuple(replace(e, is_break=e.is_break or seq == at > 0) for seq, e in enumerate(past.entries))
    for poorer in (History(past.entries, left), History(broken, past.outside)):
        for less, more in zip(poorer.intervals(), past.intervals(), strict=True):
            assert less.not_before is None or (more.not_before or 0) >= less.not_before
            assert less.not_after is None or (more.not_after is not None and more.not_after <= less.not_after)


def test_readings_that_contradict_one_another_are_counted() -> None:
    """Somebody swore to another hour: the interval is empty, and the report says so."""
    past = History(calm(10), (attested(2, 2), attested(6, 66)))
    assert past.timeline().contradictions() == 1
    assert min(k.width() or 0 for k in past.intervals()) < 0


AT = Reading(NOON, "boot-1", 10**12)


@pytest.mark.parametrize(
    ("wall_ms", "gone_ms", "found"),
    [
        (1_000, 1_000, 0),
        (2_000, 1_000, 0),
        (2_001, 1_000, 1_001),
        (-1, 1_000, -1_001),
        (0, 1_000, 0),
        (HOUR + 2_800, HOUR, 0),
        (HOUR + 2_801, HOUR, 2_801),
        (HOUR - 2_801, HOUR, -2_801),
        (0, HOUR, -HOUR),
    ],
)
def test_a_step_is_what_moved_by_more_than_a_second_and_500_ppm(wall_ms: int, gone_ms: int, found: int) -> None:
    assert step_ms(AT, replace(AT, wall_ms=NOON + wall_ms, up_ns=AT.up_ns + gone_ms * MS)) == found


def test_across_a_boot_only_a_clock_that_went_back_is_seen() -> None:
    """A dead battery starts in another year; how long a machine was off, nobody knows."""
    assert step_ms(AT, Reading(NOON + 30 * HOUR, "boot-2", 1)) == 0
    assert step_ms(AT, Reading(NOON - 5, "boot-2", 1)) == -5


@dataclass(frozen=True)
class Said:
    """An entry as these rules read it."""

    type: str
    body: dict[str, object]
    seq: int = 7
    t: Reading = AT


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"time": "2026-11-27T01:00:00Z"},
        {"time": "yesterday", "size": 3},
        {"time": "2026-11-27T01:00:00", "size": 3},
        {"time": "2026-11-27T01:00:00Z", "size": 8},
        {"time": "2026-11-27T01:00:00Z", "size": -1},
        {"time": "9999-12-31T23:59:59Z", "size": 3},
        {"time": "0001-01-01T00:00:00Z", "size": 3},
        {"time": 3, "size": 3},
        {"time": "2026-11-27T01:00:00Z", "seen": [3]},
        {"time": "2026-11-27T01:00:00Z", "seen": {"size": "3"}},
    ],
)
def test_what_is_no_reading_bounds_nothing(body: dict[str, object]) -> None:
    assert clock.outside_of(Said(ATTESTED, body)) is None  # type: ignore[arg-type]


def test_a_reading_is_read_from_the_leaf_alone() -> None:
    said = Said(ATTESTED, {"time": "2026-11-27T02:00:00+01:00", "size": 3})
    assert clock.outside_of(said) == Outside(ATTESTED, 1_795_741_200_000, 3, 7)  # type: ignore[arg-type]
    assert clock.outside_of(replace(said, type="station.unlocked")) is None  # type: ignore[arg-type]


def test_a_break_says_where_the_clock_stood_before_it() -> None:
    said = Said(clock.BOOT, {"last_boot": "boot-0", "last_up_ns": "123"})
    assert clock.break_of(said) == Break(7, AT, "boot-0", 123)  # type: ignore[arg-type]
    for up_ns in ("-3", 3, None):
        assert clock.break_of(replace(said, body={"last_up_ns": up_ns})).last_up_ns == 0  # type: ignore[arg-type]


def test_the_vectors_are_made_by_this_code_and_by_the_page() -> None:
    told = json.loads(times.FILE.read_text())
    assert times.text() == times.FILE.read_text(), "run: python -m tests.vectors.times"
    rows = told["entries"]
    readings = [Reading(0, row["t"]["boot"], int(row["t"]["up_ns"])) for row in rows]
    said = [Said(row["type"], row["body"], row["seq"], t) for row, t in zip(rows, readings, strict=True)]
    outside = tuple(found for entry in said if (found := clock.outside_of(entry)))  # type: ignore[arg-type]
    assert [reading.seq for reading in outside] == [2, 8, 11]
    entries = tuple(Written(entry.t, Fraction(0), entry.type in clock.BREAKS) for entry in said)
    for row, known in zip(rows, by_the_page(History(entries, outside)), strict=True):
        assert (row["not_before"], row["not_after"]) == (spelled(known.not_before), spelled(known.not_after))


def spelled(ms: int | None) -> str | None:
    return None if ms is None else to_rfc3339(ms)
