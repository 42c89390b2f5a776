# SPDX-License-Identifier: Apache-2.0
"""The activation against a simple model: a machine drives both through boots, wall steps, suspends and crashes."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.domain.activation.state import STATES, apply
from console.domain.canonical import Json
from console.domain.entries.entry import Reading
from console.domain.errors import Refused
from console.domain.outcomes import NOT_SHOWN
from tests.support.fakes import SECOND_NS, FakeMachine
from tests.vectors.told import PEOPLE, REQUESTED, THRESHOLDS, Log


def elapsed_ns(readings: Sequence[Reading]) -> int:
    """Return the time between the first and the last reading: the model's whole notion of time."""
    return sum(
        max(0, b.up_ns - a.up_ns) if a.boot == b.boot else max(0, b.wall_ms - a.wall_ms) * 1_000_000
        for a, b in pairwise(readings)
    )


def went_back(readings: Sequence[Reading]) -> bool:
    """Return whether a boot showed an earlier wall clock than the reading before it."""
    return any(a.boot != b.boot and b.wall_ms < a.wall_ms for a, b in pairwise(readings))


class Machine(RuleBasedStateMachine):
    """What the actions do, each only where the model allows; where the model forbids, the program must refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.machine, self.log = FakeMachine(), Log()
        self.log.write("activation.requested", self.machine.now, REQUESTED)
        self.folded = self.log.now()
        self.seen_elapsed: dict[str, int] = {}
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
            enough = all(len({m for g, m in self.approvals if g == group}) >= n for group, n in THRESHOLDS.items())
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

    @rule(seconds=st.integers(0, 900) | st.integers(0, 4000), wall=st.sampled_from([0, 0, 0, -3000, -1, 1, 3000]))
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
        decision=st.sampled_from(["extend", "reset", "resume"]),
        group=st.sampled_from(["it", "legal"]),
        amount=st.sampled_from([1, 600, 1200]),
    )
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

    @rule(decision=st.sampled_from(["extend", "reset", "resume"]))
    def agree(self, decision: str) -> None:
        """Both roles say yes to the same, one after the other."""
        for group in ("it", "legal"):
            self.second(decision, group, 1)

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
        assert {release.seq for release in activation.unresolved()} == {s for s, o in self.shown.items() if o is None}

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
                self.true_ns >= self.seconds * SECOND_NS and self.folded.state(self.machine.now) in ("open", "frozen")
            )

    @invariant()
    def within_a_boot_time_never_runs_back(self) -> None:
        """From its first entry in a boot on, whatever happens to the wall clock; and entries never take time back."""
        span, now = self.folded.requested, self.machine.now
        for name, elapsed in (("entries", span.elapsed_ns), (span.last.boot, span.until(now))):
            if name in ("entries", now.boot):
                assert elapsed >= self.seen_elapsed.get(name, 0)
                self.seen_elapsed[name] = elapsed

    @invariant()
    def nothing_is_open_without_its_quorum_or_after_its_end(self) -> None:
        """The two sentences that matter."""
        if self.folded.state(self.machine.now) in ("open", "frozen", "ended", "closed"):
            assert not any(self.folded.missing().values())
        if self.folded.state(self.machine.now) in ("open", "frozen"):
            assert self.folded.seconds_left(self.machine.now) > 0


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=70, stateful_step_count=40, deadline=None)
