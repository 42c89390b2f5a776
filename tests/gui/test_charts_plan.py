# SPDX-License-Identifier: Apache-2.0
"""Where things stand in the pictures: computed without Qt, so that it can be told by numbers."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.gui.charts import budget, course_plan, seats
from console.gui.charts.axis import CUT_PIXELS, DAY, HOUR, MINUTE, axis
from console.gui.charts.budget import Budget
from console.gui.charts.course_plan import Event
from console.gui.charts.labels import Words, beside
from console.gui.charts.seats import Bench, Seat
from console.gui.snapshot import Person
from tests.gui.views import COURSE, activation, event, snapshot

PURE = ("axis", "budget", "course_plan", "labels", "seats")
BEGIN = 1_795_744_800_000
"""2026-11-27T02:00:00Z"""


def test_what_is_computed_needs_no_window() -> None:
    names = ", ".join(f"console.gui.charts.{name}" for name in PURE)
    code = f"import sys, {names}; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- the line of time -------------------------------------------------------------------------------------

times = st.lists(st.integers(BEGIN, BEGIN + 400 * DAY), min_size=1, max_size=30)


@settings(max_examples=40)
@given(times=times, width=st.floats(300, 3000))
def test_later_stands_further_to_the_right_and_everything_within(times: list[int], width: float) -> None:
    line = axis(times, 100, 100 + width)
    places = [line.x(at) for at in sorted(times)]
    assert places == sorted(places)
    assert all(100 <= x <= 100 + width + 0.01 for x in places)


def test_time_runs_evenly_where_nothing_is_cut() -> None:
    line = axis([BEGIN, BEGIN + 10 * MINUTE, BEGIN + 40 * MINUTE], 0, 400)
    assert [line.x(BEGIN + n * MINUTE) for n in (0, 10, 20, 40)] == [0, 100, 200, 400]


def test_a_long_pause_is_cut_short_and_the_rest_keeps_its_proportions() -> None:
    line = axis([BEGIN, BEGIN + HOUR, BEGIN + 3 * DAY, BEGIN + 3 * DAY + HOUR], 0, 400 + CUT_PIXELS)
    assert [part.is_cut for part in line.stretches] == [False, True, False]
    assert line.x(BEGIN + HOUR) == pytest.approx(200)
    assert line.x(BEGIN + 3 * DAY) == pytest.approx(200 + CUT_PIXELS)
    ticks = list(line.ticks(0))
    assert ticks and all(not BEGIN + HOUR < at < BEGIN + 3 * DAY for at in ticks)


@settings(max_examples=40)
@given(times=times, offset=st.sampled_from([0, HOUR, -5 * HOUR, 5 * HOUR + 30 * MINUTE]))
def test_marked_times_are_round_and_have_room(times: list[int], offset: int) -> None:
    line = axis(times, 0, 1000)
    places = [(line.x(at), at) for at in line.ticks(offset)]
    assert all((at + offset) % 10_000 == 0 for _, at in places) or [at for _, at in places] == [min(times)]
    for part in line.stretches:
        inside = [x for x, at in places if part.start <= at <= part.end and not part.is_cut]
        assert all(b - a >= 90 for a, b in pairwise(inside))


def test_what_happened_within_seconds_has_its_time_as_well() -> None:
    assert list(axis([BEGIN + 1_500, BEGIN + 2_000], 0, 400).ticks(0)) == [BEGIN + 1_500]


# --- the quorum -------------------------------------------------------------------------------------------


def test_a_group_has_as_many_seats_as_must_agree_and_names_who_could() -> None:
    people = (
        Person("legal-1", "Anna Berg", "legal"),
        Person("legal-2", "Bernd Cremer", "legal"),
        Person("it-1", "Carla Dietz", "it"),
        Person("it-2", "David Ernst", "it", "suspended"),
        Person("ops-1", "Eva Falk", "operator"),
    )
    view = activation(
        approvals=[{"member": "legal-1", "group": "legal"}], missing={"legal": 1, "it": 1}, requester="ops-1"
    )
    it, legal = seats.benches(replace(snapshot(), people=people), view)
    assert [seat.state for seat in legal.seats] == ["given", "missing"] and legal.seats[0].who == "Anna Berg"
    assert legal.could == ("Bernd Cremer",)
    assert it == Bench("IT", (Seat("missing"),), ("Carla Dietz",))
    assert seats.summary((it, legal)) == "Approvals: IT 0 of 1, Legal 1 of 2; 2 approvals are missing."
    assert len(seats.rows((it, legal))) == 3


def test_who_asked_cannot_agree_and_sheets_stand_in() -> None:
    people = (Person("legal-1", "Anna Berg", "legal"), Person("it-1", "Carla Dietz", "it"))
    view = activation(missing={"legal": 1, "it": 0}, requester="legal-1", recovered=["it"])
    it, legal = seats.benches(replace(snapshot(), people=people), view)
    assert it.seats == (Seat("sheets"),) and it.taken() == 1
    assert legal.could == ()


@settings(max_examples=40)
@given(counts=st.lists(st.integers(1, 7), min_size=1, max_size=5), width=st.floats(170, 2000))
def test_no_two_seats_stand_on_each_other(counts: list[int], width: float) -> None:
    board = seats.arrange([Bench("x", (Seat("missing"),) * count) for count in counts], width)
    cells = [cell for place in board.places for cell in place.cells]
    assert len(cells) == sum(counts)
    assert len({(round(cell.x), round(cell.y)) for cell in cells}) == len(cells)
    assert all(cell.y + seats.CELL_HEIGHT <= board.height + 0.01 for cell in cells)


def test_a_name_that_is_shortened_is_told_in_full_under_the_mouse() -> None:
    bench = Bench("Legal", (Seat("given", "Dr. Annemarie Bergmann-Oberhuber"), Seat("missing")), ("Anna Berg",))
    board = seats.arrange([bench], 400)
    (place,) = board.places
    assert [seats.told_at(board.places, cell.x + 5, cell.y + 5) for cell in place.cells] == [
        "Dr. Annemarie Bergmann-Oberhuber, agreed",
        "missing",
    ]
    assert seats.told_at(board.places, 5, place.foot + 2) == "Can still agree: Anna Berg"
    assert seats.told_at(board.places, 5, board.height + 40) == ""


# --- the budget -------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(releases=st.integers(1, 60), left=st.integers(0, 60), seconds=st.integers(1, 20_000), width=st.floats(200, 900))
def test_bars_are_in_proportion(releases: int, left: int, seconds: int, width: float) -> None:
    now = Budget(releases, min(left, releases), seconds, seconds // 3)
    parts, time = budget.showings(now, width), budget.time(now, width)
    if releases <= budget.MOST_CELLS:
        assert (len(parts), sum(part.is_left for part in parts)) == (releases, now.releases_left)
    full = sum(part.width for part in time if part.is_left)
    assert full == pytest.approx(width * (seconds // 3) / seconds)
    assert sum(part.width for part in time) == pytest.approx(width)


def test_what_is_nearly_over_says_so() -> None:
    assert Budget(4, 1, 3600, 601).is_low == (True, False)
    assert Budget(4, 2, 3600, 600).is_low == (False, True)


def test_the_sentence_changes_once_a_minute() -> None:
    told = {budget.summary(Budget(4, 3, 3600, seconds)) for seconds in range(2941, 3001)}
    assert told == {"3 of 4 showings are left, and 50 minutes of 60 are left."}


# --- what happened when -----------------------------------------------------------------------------------


def wide(text: str) -> float:
    """How wide a text is, where every letter has the same width."""
    return 7.0 * len(text)


LONG = ("Dr. Annemarie Bergmann-Oberhuber", "Eva Falk", "Carla Dietz")
happenings = st.lists(
    st.tuples(st.integers(0, 400 * MINUTE), st.sampled_from(list(course_plan.KINDS)), st.sampled_from(LONG)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60)
@given(happened=happenings, width=st.floats(300, 1200), goes_on=st.booleans())
def test_no_two_words_stand_on_each_other_or_on_a_sign(
    happened: list[tuple[int, str, str]], width: float, goes_on: bool
) -> None:
    events = [
        Event(n, datetime.fromtimestamp((BEGIN + at) / 1000, UTC).isoformat(), kind, kind, who, "", who)
        for n, (at, kind, who) in enumerate(sorted(happened))
    ]
    plan = course_plan.plan(events, 100, 100 + width, BEGIN + 401 * MINUTE if goes_on else None, wide)
    assert sum(len(sign.events) for sign in plan.signs) == len(events)
    for lane in range(len(plan.lanes)):
        signs = [sign for sign in plan.signs if sign.lane == lane]
        taken = sorted(
            [(sign.x - 8, sign.x + 8) for sign in signs]
            + [(sign.words.x, sign.words.end) for sign in signs if sign.words]
        )
        assert all(a[1] <= b[0] + 0.01 for a, b in pairwise(taken)), taken
    for line in ([m.local for m in plan.marks], [m.utc for m in plan.marks]):
        along = sorted([*line, *plan.pauses], key=lambda words: words.x)
        assert all(a.end <= b.x for a, b in pairwise(along))


def test_what_has_no_room_to_its_right_is_written_to_its_left_and_shortened_last() -> None:
    assert beside("Eva Falk", 200, (0, 400), wide) == Words("Eva Falk", 212, 57)
    assert beside("Eva Falk", 200, (0, 240), wide) == Words("Eva Falk", 131, 57)
    assert beside("Eva Falk", 200, (160, 250), wide) == Words("Eva Falk", 212, 38)
    assert beside("Eva Falk", 200, (170, 230), wide) is None


def test_several_signs_in_one_place_always_say_how_many() -> None:
    crowd = [
        event(0, "asked", "activation.requested"),
        *(event(n, "released", "release.intended", "crm-admin") for n in (10, 11, 14, 40)),
    ]
    events = course_plan.events_of(snapshot(), activation("ended", course=crowd))
    plan = course_plan.plan(events, 100, 500, None, wide)
    (first, last) = (sign for sign in plan.signs if sign.lane == 1)
    assert len(first.events) == 3 and first.words is not None and first.words.text == "× 3"
    assert last.events[0].brief == "crm-admin"


def test_sheets_that_stood_in_are_named_by_their_person() -> None:
    used = event(1, "approved", "recovery.used", "it-1")
    (told,) = course_plan.events_of(snapshot(), activation("open", course=[used]))
    assert told.what.endswith(": Carla Dietz")


def test_only_lanes_with_something_in_them_and_overlapping_signs_as_one() -> None:
    events = course_plan.events_of(snapshot(), activation("ended", course=COURSE))
    plan = course_plan.plan(events, 100, 500, None, wide)
    assert plan.lanes == ("asked", "agreed", "open", "shown")
    shown = [sign for sign in plan.signs if sign.lane == 3]
    assert [len(sign.events) for sign in shown] == [2]
    assert sum(len(sign.events) for sign in plan.signs) == len(COURSE)
    assert plan.band == pytest.approx((300, 500))
    assert plan.now is None


def test_while_it_goes_on_the_line_ends_now() -> None:
    events = course_plan.events_of(snapshot(), activation("open", course=COURSE[:4]))
    plan = course_plan.plan(events, 100, 500, BEGIN + HOUR, wide)
    assert plan.now == pytest.approx(500)
    assert plan.band == pytest.approx((100 + 400 / 3, 500))
    back = course_plan.plan(events, 100, 500, BEGIN - HOUR, wide)
    assert back.now == back.axis.x(events[-1].at)


def test_the_course_in_a_sentence_and_as_rows() -> None:
    events = course_plan.events_of(snapshot(), activation("ended", course=COURSE))
    told = course_plan.summary(events, None)
    assert told.startswith("6 events since 2026-11-27 ") and told.endswith("1 approval, 2 showings; it is over.")
    rows = course_plan.rows(events)
    assert rows[3][2:] == ("About to show a secret: crm-admin", "Eva Falk", "30")
    assert "02:30:00" in rows[3][0] and "UTC" in rows[3][0]
