# SPDX-License-Identifier: Apache-2.0
"""The activation against a simple model: a machine drives both through boots, wall steps, suspends and crashes."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.domain.activation import NOT_SHOWN, OVER, STATES, Activation, Event, apply, fold
from console.domain.canonical import Json, Object
from console.domain.errors import Misused, Refused
from console.domain.journal import Reading
from tests.fakes import NOON, SECOND_NS, FakeMachine

THRESHOLDS = {"it": 1, "legal": 2}
PEOPLE = [("it", "i1"), ("it", "i2"), ("legal", "l1"), ("legal", "l2"), ("legal", "l3")]
REQUESTED: Object = {
    "thresholds": THRESHOLDS, "items": [["admin", 1, 0], ["codes", 1, 0], ["codes", 1, 1]], "seconds": 3600,
    "releases": 2, "valid_seconds": 1800, "seconds_hard_max": 5400, "releases_hard_max": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An entry as the fold reads it."""

    seq: int
    type: str
    t: Reading = NOON
    body: Object = field(default_factory=dict)


def at(seconds: float = 0, *, wall: float = 0, boot: str = NOON.boot) -> Reading:
    """Return a reading so many seconds after noon; ``wall`` is how far the wall clock is off."""
    up_ns = NOON.up_ns + int(seconds * SECOND_NS) if boot == NOON.boot else int(seconds * SECOND_NS)
    return Reading(NOON.wall_ms + int((seconds + wall) * 1000), boot, up_ns)


class Log:
    """A journal of one activation; entries are written at the reading given."""

    def __init__(self) -> None:
        self.events: list[Told] = []

    def tell(self, type_: str, t: Reading = NOON, **body: Json) -> int:
        """Append an entry; return its number."""
        return self.write(type_, t, body)

    def write(self, type_: str, t: Reading, body: Object) -> int:
        """Append an entry with this body."""
        self.events.append(Told(10 + len(self.events), type_, t, body))
        return self.events[-1].seq

    def approve(self, *people: tuple[str, str], t: Reading = NOON) -> None:
        """Append approvals."""
        for group, member in people:
            self.tell("activation.approved", t, group=group, member=member)

    def show(self, name: str = "admin", item: int = 0, kind: str = "password", t: Reading = NOON) -> int:
        """Append an intent."""
        return self.tell("release.intended", t, credential=name, version=1, item=item, kind=kind)

    def second(self, decision: str, group: str, amount: int = 0, t: Reading = NOON) -> None:
        """Append one role's word."""
        self.tell("activation.seconded", t, decision=decision, group=group, amount=amount)

    def now(self) -> Activation:
        """Return the activation."""
        return fold(self.events, "act-1")


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


# --- the machine ------------------------------------------------------------------------------------------


def elapsed_ns(readings: Sequence[Reading]) -> int:
    """Return the time between the first and the last reading: the model's whole notion of time."""
    return sum(
        max(0, b.up_ns - a.up_ns) if a.boot == b.boot else max(0, b.wall_ms - a.wall_ms) * 1_000_000
        for a, b in itertools.pairwise(readings)
    )


def went_back(readings: Sequence[Reading]) -> bool:
    """Return whether a boot showed an earlier wall clock than the reading before it."""
    return any(a.boot != b.boot and b.wall_ms < a.wall_ms for a, b in itertools.pairwise(readings))


class Machine(RuleBasedStateMachine):
    """What the actions do, each only where the model allows; where the model forbids, the program must refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.machine, self.log = FakeMachine(), Log()
        self.log.write("activation.requested", self.machine.now, REQUESTED)
        self.folded = self.log.now()
        self.seen_elapsed = (self.machine.now.boot, 0)
        self.honest, self.true_ns = True, 0
        self.approvals: set[tuple[str, str]] = set()
        self.said: set[tuple[str, str, int]] = set()
        self.shown: dict[int, str | None] = {}
        self.seconds, self.releases = 3600, 2
        self.over: str | None = None
        self.budget_frozen = False
        self.opened_at: int | None = None
        self.resumed_at = 0

    # The model.

    def readings(self, since: int = 0) -> list[Reading]:
        """Return the readings of the entries from this position on, and the present one."""
        return [event.t for event in self.log.events[since:]] + [self.machine.now]

    def state(self) -> str:
        """Return the state as the model sees it."""
        if self.over:
            return self.over
        if self.opened_at is None:
            if elapsed_ns(self.readings()) >= 1800 * SECOND_NS:
                return "expired"
            enough = all(
                len({m for g, m in self.approvals if g == group}) >= n for group, n in THRESHOLDS.items()
            )
            return "approved" if enough else "requested"
        if elapsed_ns(self.readings(self.opened_at)) >= self.seconds * SECOND_NS:
            return "ended"
        return "frozen" if self.why_frozen() else "open"

    def why_frozen(self) -> str | None:
        """Return why it stands still."""
        if self.opened_at is None:
            return None
        if went_back(self.readings(max(self.opened_at, self.resumed_at))):
            return "clock"
        return "budget" if self.budget_frozen else None

    def used(self) -> int:
        """Return the showings that count."""
        return sum(outcome != NOT_SHOWN for outcome in self.shown.values())

    def tell(self, type_: str, **body: Json) -> int:
        """Append an entry now; both ways of folding see it."""
        seq = self.log.tell(type_, self.machine.now, **body)
        self.folded = apply(self.folded, self.log.events[-1])
        return seq

    # Time.

    @rule(
        seconds=st.integers(0, 900) | st.integers(0, 4000),
        wall=st.sampled_from([0, 0, 0, -3000, -1, 1, 3000]),
    )
    def wait(self, seconds: int, wall: int) -> None:
        """Let time pass, awake or suspended; perhaps somebody sets the wall clock."""
        self.machine.advance(seconds)
        self.machine.step(wall)
        self.true_ns += seconds * SECOND_NS
        self.honest &= wall == 0

    @rule(off=st.integers(0, 900), wall=st.sampled_from([0, 0, -5000, -1, 5000]))
    def reboot(self, off: int, wall: int) -> None:
        """Start anew after some time off, perhaps with another wall clock."""
        self.machine.reboot(off_seconds=off + wall)
        self.true_ns += off * SECOND_NS
        self.honest &= wall == 0

    @rule()
    def write_down(self) -> None:
        """An entry that changes nothing but the last reading."""
        self.tell("ceremony.refused", code="pin_wrong")

    # Before opening.

    @initialize(opened=st.booleans())
    def begin(self, opened: bool) -> None:
        """Half of all runs begin with an open activation: chance alone seldom gets there."""
        if opened:
            for person in (PEOPLE[0], *PEOPLE[2:4]):
                self.approve(person)
            self.open()

    @rule(person=st.sampled_from(PEOPLE))
    def approve(self, person: tuple[str, str]) -> None:
        """Approve, perhaps a second time."""
        if self.allowed("requested", "approved"):
            self.approvals.add(person)
            self.tell("activation.approved", group=person[0], member=person[1])

    @rule(state=st.sampled_from(["denied", "withdrawn"]))
    def call_off(self, state: str) -> None:
        """Deny or withdraw."""
        if self.allowed("requested", "approved"):
            self.over = state
            self.tell(f"activation.{state}", why=state)

    @rule()
    def open(self) -> None:
        """Open."""
        if self.allowed("approved"):
            self.tell("activation.opened", seconds=3600)
            self.opened_at = len(self.log.events) - 1
            self.true_ns = 0

    # While open.

    @rule(item=st.integers(0, 2), outcome=st.sampled_from([NOT_SHOWN, "read_back", "unknown", None]))
    def show(self, item: int, outcome: str | None) -> None:
        """Show something, perhaps crash before the outcome."""
        if not self.allowed("open"):
            return
        if self.used() >= self.releases:
            self.budget_frozen = True
            self.tell("activation.frozen", why="budget")
            return
        name, _, number = REQUESTED["items"][item]  # type: ignore[index,misc]
        kind = "codes" if name == "codes" else "password"
        seq = self.tell("release.intended", credential=name, version=1, item=number, kind=kind)
        self.shown[seq] = None
        if outcome:
            self.conclude(seq, outcome)

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), outcome=st.sampled_from([NOT_SHOWN, "read_back", "unknown"]))
    def conclude_late(self, data: st.DataObject, outcome: str) -> None:
        """Write an outcome later, perhaps after the end, perhaps a second one."""
        self.conclude(data.draw(st.sampled_from(sorted(self.shown))), outcome)

    def conclude(self, seq: int, outcome: str) -> None:
        """Write an outcome; what may have been seen stays seen."""
        if outcome != NOT_SHOWN or self.shown[seq] is None:
            self.shown[seq] = outcome
        self.tell("release.outcome", intent=seq, outcome=outcome)

    @rule(
        decision=st.sampled_from(["extend", "reset", "resume"]), group=st.sampled_from(["it", "legal"]),
        amount=st.sampled_from([1, 2, 600, 1200]),
    )  # fmt: skip
    def second(self, decision: str, group: str, amount: int) -> None:
        """One role says yes; when both have, it holds."""
        amount = 0 if decision == "resume" else amount
        may = (
            self.state() in ("open", "frozen")
            and (decision != "resume" or self.why_frozen() == "clock")
            and (decision != "extend" or self.seconds + amount <= 5400)
            and (decision != "reset" or self.releases + amount <= 5)
        )
        if not may:
            with pytest.raises(Refused, match=r"activation_state|not_frozen_by_clock|beyond_hard_maximum"):
                self.folded.check_second(decision, amount, self.machine.now)
            return
        self.folded.check_second(decision, amount, self.machine.now)
        self.said.add((decision, group, amount))
        self.tell("activation.seconded", decision=decision, group=group, amount=amount)
        missing = [role for role in ("it", "legal") if (decision, role, amount) not in self.said]
        assert self.folded.second_missing(decision, amount) == missing
        if not missing:
            self.turn(decision, amount)

    def turn(self, decision: str, amount: int) -> None:
        """Both roles have said it."""
        self.said.clear()
        names = {"extend": "extended", "reset": "reset", "resume": "resumed"}
        self.tell(f"activation.{names[decision]}", amount=amount)
        self.seconds += amount if decision == "extend" else 0
        self.releases += amount if decision == "reset" else 0
        self.budget_frozen &= decision != "reset"
        if decision == "resume":
            self.resumed_at = len(self.log.events) - 1

    # The end.

    @rule()
    def sweep(self) -> None:
        """What any next process does first: write down that time is over."""
        state = self.state()
        if self.over is None and state in ("ended", "expired"):
            self.over = state
            self.tell(f"activation.{state}", why="time")

    @rule()
    def end(self) -> None:
        """End it by hand."""
        if self.allowed("open", "frozen"):
            self.over = "ended"
            self.tell("activation.ended", why="operator")

    @rule()
    def close(self) -> None:
        """Close it."""
        if self.allowed("ended"):
            self.over = "closed"
            self.tell("activation.closed", why="operator")

    def allowed(self, *states: str) -> bool:
        """Return whether the model is in one of these states; the program must say the same."""
        state = self.state()
        if state in states:
            self.folded.check_state(self.machine.now, *states)
            return True
        with pytest.raises(Refused, match=rf"activation_state .*state={state}, needed={' or '.join(states)}"):
            self.folded.check_state(self.machine.now, *states)
        return False

    # What must hold.

    @invariant()
    def the_program_says_what_the_model_says(self) -> None:
        """State, reasons, budget, debts."""
        now, activation = self.machine.now, self.folded
        assert activation.state(now) == self.state() in STATES
        assert activation.why_frozen(now) == self.why_frozen()
        assert activation.releases_used() == self.used()
        assert activation.releases_left() == max(0, self.releases - self.used())
        assert {release.seq: release.outcome for release in activation.shown} == self.shown
        assert {release.seq for release in activation.unresolved()} == {
            s for s, o in self.shown.items() if o is None
        }

    @invariant()
    def folding_at_once_and_one_by_one_are_the_same(self) -> None:
        """A fold may be split anywhere."""
        assert self.log.now() == self.folded

    @invariant()
    def time_left_is_what_the_readings_say(self) -> None:
        """Whole seconds, never negative."""
        since, limit = (0, 1800) if self.opened_at is None else (self.opened_at, self.seconds)
        assert self.folded.seconds_left(self.machine.now) == max(
            0, limit - elapsed_ns(self.readings(since)) // SECOND_NS
        )

    @invariant()
    def with_an_honest_wall_clock_it_is_true_time(self) -> None:
        """Awake, suspended or off: time runs."""
        if self.honest and self.opened_at is not None:
            assert self.folded.opened is not None
            assert self.folded.opened.until(self.machine.now) == self.true_ns
            assert not (
                self.true_ns >= self.seconds * SECOND_NS
                and self.folded.state(self.machine.now) in ("open", "frozen")
            )

    @invariant()
    def within_a_boot_time_never_runs_back(self) -> None:
        """Whatever happens to the wall clock."""
        boot, before = self.seen_elapsed
        elapsed = self.folded.requested.until(self.machine.now)
        assert elapsed >= (before if boot == self.machine.now.boot else self.folded.requested.elapsed_ns)
        self.seen_elapsed = (self.machine.now.boot, elapsed)

    @invariant()
    def nothing_is_open_without_its_quorum_or_after_its_end(self) -> None:
        """The two sentences that matter."""
        if self.folded.state(self.machine.now) in ("open", "frozen", "ended", "closed"):
            assert not any(self.folded.missing().values())
        if self.folded.state(self.machine.now) in ("open", "frozen"):
            assert self.folded.seconds_left(self.machine.now) > 0


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


# --- any entries at all -----------------------------------------------------------------------------------

TYPES = st.sampled_from([
    "activation.approved", "activation.opened", "activation.frozen", "activation.seconded", "activation.extended",
    "activation.reset", "activation.resumed", "release.intended", "release.outcome", "station.locked",
    *(f"activation.{state}" for state in OVER),
])  # fmt: skip
READINGS = st.builds(
    Reading, st.integers(0, 10**7), st.sampled_from(["boot-a", "boot-b"]), st.integers(0, 10**13)
)
BODY: Object = {
    "group": "it", "member": "i1", "why": "budget", "decision": "reset", "amount": 1, "credential": "admin",
    "version": 1,
    "item": 0, "kind": "password", "outcome": "read_back",
}  # fmt: skip


@given(st.lists(st.tuples(TYPES, READINGS), max_size=25), READINGS, st.integers(0, 25))
def test_over_is_over_whatever_else_is_written(
    entries: list[tuple[str, Reading]], now: Reading, cut: int
) -> None:
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
    assert activation.body == REQUESTED


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
    ("seconds", "state", "left"),
    [(0, "open", 3600), (3599.001, "open", 1), (3600, "ended", 0), (10**6, "ended", 0)],
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
    assert (log.now().exposed(), [release.seq for release in log.now().unresolved()]) == (
        {"admin": 1},
        [pending],
    )


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
        ("extend", 1800, None), ("extend", 1801, r"beyond_hard_maximum \(limit=90, unit=minutes\)"),
        ("reset", 3, None), ("reset", 4, r"beyond_hard_maximum \(limit=5, unit=releases\)"),
        ("resume", 0, "not_frozen_by_clock"),
    ],
)  # fmt: skip
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
