# SPDX-License-Identifier: Apache-2.0
"""One break-glass, sentence by sentence: quorum, time, budget, clock, outcomes, and that over is over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.activation.state import OVER, STATES, apply, fold
from console.domain.canonical import Object
from console.domain.entries.entry import Reading
from console.domain.errors import Misused, Refused
from console.domain.journal.clock import Event
from console.domain.outcomes import NOT_SHOWN
from tests.support.fakes import NOON, SECOND_NS
from tests.vectors.told import REQUESTED, Log, Told


def at(seconds: float = 0, *, wall: float = 0, boot: str = NOON.boot) -> Reading:
    """Return a reading so many seconds after noon; ``wall`` is how far the wall clock is off."""
    up_ns = NOON.up_ns + int(seconds * SECOND_NS) if boot == NOON.boot else int(seconds * SECOND_NS)
    return Reading(NOON.wall_ms + int((seconds + wall) * 1000), boot, up_ns)


def requested() -> Log:
    """Return a log with a request."""
    log = Log()
    log.write("activation.requested", NOON, REQUESTED)
    return log


def opened() -> Log:
    """Return a log with an open activation."""
    log = requested()
    log.approve(("it", "i1"), ("legal", "l1"), ("legal", "l2"))
    log.tell("activation.opened")
    return log


# --- any entries at all -----------------------------------------------------------------------------------

TYPES = st.sampled_from(
    [
        "activation.approved",
        "activation.opened",
        "activation.frozen",
        "activation.seconded",
        "activation.extended",
        "activation.reset",
        "activation.resumed",
        "release.intended",
        "release.outcome",
        "station.locked",
        *(f"activation.{state}" for state in OVER),
    ]
)
READINGS = st.builds(Reading, st.integers(0, 10**7), st.sampled_from(["boot-a", "boot-b"]), st.integers(0, 10**13))
BODY: Object = {
    "group": "it",
    "member": "i1",
    "why": "budget",
    "decision": "reset",
    "amount": 1,
    "credential": "admin",
    "version": 1,
    "item": 0,
    "kind": "password",
    "outcome": "read_back",
}


@given(st.lists(st.tuples(TYPES, READINGS), max_size=25), READINGS, st.integers(0, 25))
def test_over_is_over_whatever_else_is_written(entries: list[tuple[str, Reading]], now: Reading, cut: int) -> None:
    log = requested()
    first: str | None = None
    for type_, t in entries:
        body: dict[str, Any] = {
            **BODY,
            "intent": next((e.seq for e in log.events if e.type == "release.intended"), None),
        }
        if type_ == "release.outcome" and body["intent"] is None:
            continue
        log.tell(type_, t, **body)
        state = type_.removeprefix("activation.")
        if state in OVER and (first is None or (first, state) == ("ended", "closed")):
            first = state
    whole = log.now()
    assert whole.over == first
    assert whole.state(now) in STATES if first is None else whole.state(now) == first
    part = fold(log.events[: cut + 1], "act-1")
    for event in log.events[cut + 1 :]:
        part = apply(part, event)
    assert part == whole


# --- single sentences -------------------------------------------------------------------------------------


def test_without_a_request_there_is_no_activation() -> None:
    other: list[Event] = [Told(1, "activation.opened")]
    for events in ([], other):
        with pytest.raises(Refused, match=r"unknown_activation \(activation=act-1\)"):
            fold(events, "act-1")


def test_a_request_becomes_an_activation() -> None:
    activation = requested().now()
    assert (activation.id, activation.state(NOON), activation.missing()) == (
        "act-1",
        "requested",
        {"it": 1, "legal": 2},
    )
    assert activation.items == (("admin", 1, 0), ("codes", 1, 0), ("codes", 1, 1))
    assert activation.request.body() == REQUESTED


def test_one_person_twice_is_one_person() -> None:
    log = requested()
    log.approve(("it", "i1"), ("legal", "l1"), ("legal", "l1"))
    assert (log.now().state(NOON), log.now().missing()) == ("requested", {"it": 0, "legal": 1})
    log.approve(("legal", "l2"))
    assert log.now().state(NOON) == "approved"


@pytest.mark.parametrize(("seconds", "state"), [(1799.999, "approved"), (1800, "expired"), (9999, "expired")])
def test_a_request_expires_even_when_it_is_approved(seconds: float, state: str) -> None:
    log = requested()
    log.approve(("it", "i1"), ("legal", "l1"), ("legal", "l2"))
    assert log.now().state(at(seconds)) == state


@pytest.mark.parametrize(
    ("seconds", "state", "left"), [(0, "open", 3600), (3599.001, "open", 1), (3600, "ended", 0), (10**6, "ended", 0)]
)
def test_it_ends_by_itself(seconds: float, state: str, left: int) -> None:
    activation = opened().now()
    assert (activation.state(at(seconds)), activation.seconds_left(at(seconds))) == (state, left)


@pytest.mark.parametrize(("seconds", "overdue"), [(0, 0), (3600, 0), (3601, 1), (7200.5, 3600)])
def test_how_long_it_should_have_been_over(seconds: float, overdue: int) -> None:
    assert opened().now().seconds_overdue(at(seconds)) == overdue
    assert requested().now().seconds_overdue(at(seconds - 1800)) == overdue


def test_the_wall_clock_does_not_matter_within_a_boot() -> None:
    for wall in (-(10**6), 10**6):
        assert opened().now().seconds_left(at(600, wall=wall)) == 3000


def test_time_off_counts_by_the_wall_clock() -> None:
    activation = opened().now()
    assert activation.state(at(3599, boot="next")) == "open"
    assert activation.state(at(3600, boot="next")) == "ended"


def test_an_earlier_wall_clock_after_a_boot_freezes_and_does_not_end() -> None:
    activation = opened().now()
    back = at(0, wall=-0.001, boot="next")
    assert (activation.state(back), activation.why_frozen(back), activation.seconds_left(back)) == (
        "frozen",
        "clock",
        3600,
    )


def test_it_stays_frozen_by_the_clock_until_both_roles_go_on() -> None:
    log, back = opened(), at(60, wall=-600, boot="next")
    log.tell("release.outcome", back, intent=log.show(t=at(10)), outcome="unknown")
    assert log.now().why_frozen(back) == "clock"
    log.second("resume", "it", t=back)
    assert (log.now().why_frozen(back), log.now().second_missing("resume", 0)) == ("clock", ["legal"])
    log.now().check_second("resume", 0, back)
    log.second("resume", "legal", t=back)
    log.tell("activation.resumed", back, amount=0)
    assert (log.now().state(back), log.now().second_missing("resume", 0)) == ("open", ["it", "legal"])
    with pytest.raises(Refused, match="not_frozen_by_clock"):
        log.now().check_second("resume", 0, back)
    again = at(0, wall=-900, boot="third")
    assert log.now().why_frozen(again) == "clock"


def test_the_same_wall_clock_after_a_boot_is_not_earlier() -> None:
    assert opened().now().state(at(0, boot="next")) == "open"


def test_a_word_given_before_a_turn_does_not_count_after_it() -> None:
    log = opened()
    log.second("extend", "it", 600)
    log.tell("activation.reset", amount=1)
    assert log.now().second_missing("extend", 600) == ["it", "legal"]


def test_before_it_is_opened_no_clock_freezes_it() -> None:
    assert requested().now().why_frozen(at(0, wall=-600, boot="next")) is None


def test_frozen_time_still_runs() -> None:
    log = opened()
    log.tell("activation.frozen", why="budget")
    assert (log.now().state(at(3599)), log.now().state(at(3600))) == ("frozen", "ended")


def test_the_budget_freezes_until_both_roles_reset_it() -> None:
    log = opened()
    for _ in range(2):
        log.tell("release.outcome", intent=log.show(), outcome="read_back")
    assert (log.now().releases_used(), log.now().releases_left()) == (2, 0)
    log.tell("activation.frozen", why="budget")
    log.second("reset", "it", 2)
    assert log.now().state(NOON) == "frozen"
    log.second("reset", "legal", 1)
    assert (log.now().second_missing("reset", 2), log.now().second_missing("reset", 1)) == (["legal"], ["it"])
    log.second("reset", "legal", 2)
    log.tell("activation.reset", amount=2)
    after = log.now()
    assert (after.state(NOON), after.releases, after.releases_left(), after.turns) == ("open", 4, 2, 1)


def test_going_on_after_the_clock_does_not_reset_the_budget() -> None:
    log, back = opened(), at(0, wall=-60, boot="next")
    log.tell("activation.frozen", why="budget")
    log.tell("activation.resumed", back, amount=0)
    assert (log.now().state(back), log.now().why_frozen(back)) == ("frozen", "budget")


def test_what_showed_nothing_does_not_count() -> None:
    log = opened()
    log.tell("release.outcome", intent=log.show(), outcome=NOT_SHOWN)
    log.tell("release.outcome", intent=log.show("codes", 1, "codes"), outcome="read_back")
    assert (log.now().releases_used(), log.now().exposed()) == (1, {})
    pending = log.show()
    assert (log.now().exposed(), [release.seq for release in log.now().unresolved()]) == ({"admin": 1}, [pending])


def test_what_may_have_been_seen_stays_seen() -> None:
    log = opened()
    intent = log.show()
    log.tell("release.outcome", intent=intent, outcome="unknown")
    log.tell("release.outcome", intent=intent, outcome=NOT_SHOWN)
    assert log.now().exposed() == {"admin": 1}
    log.tell("release.outcome", intent=intent, outcome="read_back")
    assert log.now().shown[0].outcome == "read_back"


def test_an_outcome_without_intent_is_our_bug() -> None:
    log = opened()
    log.tell("release.outcome", intent=3, outcome="read_back")
    with pytest.raises(Misused, match="outcome_without_intent"):
        log.now()


@pytest.mark.parametrize(
    ("decision", "amount", "code"),
    [
        ("extend", 1800, None),
        ("extend", 1801, r"beyond_hard_maximum \(limit=90, unit=minutes\)"),
        ("reset", 3, None),
        ("reset", 4, r"beyond_hard_maximum \(limit=5, unit=releases\)"),
        ("resume", 0, "not_frozen_by_clock"),
    ],
)
def test_what_may_be_seconded(decision: str, amount: int, code: str | None) -> None:
    activation = opened().now()
    if code is None:
        activation.check_second(decision, amount, NOON)
        return
    with pytest.raises(Refused, match=code):
        activation.check_second(decision, amount, NOON)


def test_an_extension_lasts_longer() -> None:
    log = opened()
    log.tell("activation.extended", at(3599), amount=600)
    assert (log.now().state(at(4199)), log.now().state(at(4200))) == ("open", "ended")


@pytest.mark.parametrize("state", OVER)
def test_why_it_is_over(state: str) -> None:
    log = opened()
    log.tell(f"activation.{state}", why="time")
    assert (log.now().state(at(10**6)), log.now().ended_why) == (state, "time")
    if state != "denied":  # whoever denies always says so
        silent = opened()
        silent.tell(f"activation.{state}")
        assert silent.now().ended_why == state
    with pytest.raises(Refused, match="activation_state"):
        log.now().check_second("extend", 1, NOON)


def test_closing_keeps_why_it_ended() -> None:
    log = opened()
    log.tell("activation.ended", why="operator")
    log.tell("activation.closed")
    assert (log.now().over, log.now().ended_why) == ("closed", "operator")


def test_both_faces_warn_while_approvers_can_still_be_reached() -> None:
    log = opened()
    assert log.now().warnings(at(0)) == []
    assert log.now().warnings(at(2999)) == []
    assert log.now().warnings(at(3000)) == ["ends_soon"]
    log.show()
    assert log.now().warnings(at(0)) == ["last_release"]
    assert log.now().warnings(at(3599)) == ["last_release", "ends_soon"]
    assert log.now().warnings(at(3600)) == []
