# SPDX-License-Identifier: Apache-2.0
"""One break-glass from request to close: a state machine folded from the journal and the present clock reading.

    requested ── quorum ──> approved ── open ──> open ──> ended ──> closed
        │                      │                  │ ▲
        ├─> denied             ├─> expired        ▼ │ both roles
        ├─> withdrawn          └─> withdrawn     frozen
        └─> expired

- Before opening, time runs against ``valid_seconds``; after it, against ``seconds`` and what was added to them.
- Time is the suspend-inclusive clock. Across a reboot the time off counts by wall clock, never less than zero;
  a wall clock earlier than the last entry freezes until both roles go on; it does not end.
- The budget of showings freezes when it is used up, until both roles reset it. Frozen time still runs.
- Nothing here opens anything: see ``envelope``. ``at`` is always the caller's reading of the clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from console.domain import kinds
from console.domain.activation import ceremony
from console.domain.entries.activation import (
    ActivationApproved,
    ActivationExtended,
    ActivationFrozen,
    ActivationOpened,
    ActivationRequested,
    ActivationReset,
    ActivationResumed,
    ActivationSeconded,
    DecisionEvent,
    OverEvent,
    TurnEvent,
)
from console.domain.entries.credential import CredentialResealIntended
from console.domain.entries.entry import Reading
from console.domain.entries.event import Recorded
from console.domain.entries.recovery import RecoveryUsed
from console.domain.entries.release import ReleaseIntended, ReleaseOutcome
from console.domain.errors import Misused, Refused
from console.domain.kinds import Kind
from console.domain.outcomes import NOT_SHOWN

STATES = ("requested", "approved", "open", "frozen", "ended", "closed", "denied", "withdrawn", "expired")
OVER = ("ended", "closed", "denied", "withdrawn", "expired")
OVER_BY = {f"activation.{state}": state for state in OVER}

SOON_SECONDS = 600

_MS = 1_000_000
_SECOND = 1_000_000_000


@dataclass(frozen=True)
class Span:
    """Time elapsed since a start, as far as the last reading knows; nanoseconds."""

    elapsed_ns: int
    last: Reading

    def until(self, at: Reading) -> int:
        """Return the nanoseconds elapsed at a later reading: suspend-inclusive, across a boot by wall clock."""
        if at.boot == self.last.boot:
            return self.elapsed_ns + max(0, at.up_ns - self.last.up_ns)
        return self.elapsed_ns + max(0, at.wall_ms - self.last.wall_ms) * _MS

    def is_back(self, at: Reading) -> bool:
        """Return whether another boot shows an earlier wall clock: the time off is unknown."""
        return at.boot != self.last.boot and at.wall_ms < self.last.wall_ms

    def moved(self, at: Reading) -> "Span":
        """Return the span as of a later reading."""
        return Span(self.until(at), at)


@dataclass(frozen=True)
class Release:
    """One showing: intended at ``seq``, and what came of it (None while unknown)."""

    seq: int
    credential: str
    version: int
    item: int
    kind: Kind
    outcome: str | None = None
    is_use: bool = False
    """It signed something with a key that nobody saw."""


@dataclass(frozen=True)
class Activation:
    """The state of one activation as the journal tells it; ask ``state(at)`` what it is now."""

    id: str
    thresholds: Mapping[str, int]
    items: tuple[tuple[str, int, int], ...]
    seconds: int
    releases: int
    valid_seconds: int
    seconds_hard_max: int
    releases_hard_max: int
    request: ActivationRequested = field(compare=False)
    requested: Span
    opened: Span | None = None
    approvals: tuple[tuple[str, str], ...] = ()
    recovered: tuple[str, ...] = ()
    """The groups whose recovery sheets stand in for their approvals."""
    seconded: tuple[tuple[str, str, int], ...] = ()
    """(decision, group, amount) of the extension, reset or resumption being collected."""
    turns: int = 0
    frozen_why: str | None = None
    clock_back: bool = False
    """An entry came after the clock went back, and the roles have not gone on since."""
    shown: tuple[Release, ...] = ()
    resealed: int = 0
    """How many items were opened to be sealed again: each counts like a showing, and nobody saw anything."""
    over: str | None = None
    ended_why: str | None = None

    def missing(self) -> dict[str, int]:
        """Return per group how many approvals are still missing."""
        return ceremony.quorum_missing(self.thresholds, self.approvals, self.recovered)

    def state(self, at: Reading) -> str:
        """Return the state at this reading of the clock."""
        if self.over:
            return self.over
        if self.opened is None:
            if self._spent(self.requested, self.valid_seconds, at):
                return "expired"
            return "requested" if any(self.missing().values()) else "approved"
        if self._spent(self.opened, self.seconds, at):
            return "ended"
        return "frozen" if self.why_frozen(at) else "open"

    def why_frozen(self, at: Reading) -> str | None:
        """Return ``budget`` or ``clock`` while an open activation stands still, else None."""
        back = self.clock_back or (self.opened is not None and self.opened.is_back(at))
        return "clock" if back else self.frozen_why

    @staticmethod
    def _spent(span: Span, seconds: int, at: Reading) -> bool:
        return span.until(at) >= seconds * _SECOND

    def seconds_left(self, at: Reading) -> int:
        """Return the whole seconds until it expires or ends."""
        span, limit = (self.opened, self.seconds) if self.opened else (self.requested, self.valid_seconds)
        return max(0, limit - span.until(at) // _SECOND)

    def seconds_overdue(self, at: Reading) -> int:
        """Return the whole seconds since it should have expired or ended."""
        span, limit = (self.opened, self.seconds) if self.opened else (self.requested, self.valid_seconds)
        return max(0, span.until(at) // _SECOND - limit)

    def releases_used(self) -> int:
        """Return how many showings count: all but those known to have shown nothing, and each item re-sealed."""
        return self.resealed + sum(release.outcome != NOT_SHOWN for release in self.shown)

    def releases_left(self) -> int:
        """Return how many showings are left in the budget."""
        return max(0, self.releases - self.releases_used())

    def warnings(self, at: Reading) -> list[str]:
        """Return what both faces say while approvers can still be reached: last_release, ends_soon."""
        if self.state(at) != "open":
            return []
        due = {"last_release": self.releases_left() == 1, "ends_soon": self.seconds_left(at) <= SOON_SECONDS}
        return [code for code, is_due in due.items() if is_due]

    def exposed(self) -> dict[str, int]:
        """Return credential -> version of everything shown that owes rotation (codes are burnt instead)."""
        return {
            release.credential: release.version
            for release in self.shown
            if release.outcome != NOT_SHOWN and not release.kind.burns and not release.is_use
        }

    def unresolved(self) -> list[Release]:
        """Return the showings whose outcome nobody wrote down."""
        return [release for release in self.shown if release.outcome is None]

    def check_state(self, at: Reading, *allowed: str) -> None:
        """Raise ``Refused`` (activation_state) unless the state is one of these."""
        state = self.state(at)
        if state not in allowed:
            raise Refused("activation_state", activation=self.id, state=state, needed=" or ".join(allowed))

    def check_second(self, decision: str, amount: int, at: Reading) -> None:
        """Raise ``Refused`` unless an extension, reset or resumption by this amount may be seconded now."""
        self.check_state(at, "open", "frozen")
        if decision != "resume" and amount < 1:
            raise Refused("amount_too_small", decision=decision)
        if decision == "resume" and self.why_frozen(at) != "clock":
            raise Refused("not_frozen_by_clock")
        if decision == "extend" and self.seconds + amount > self.seconds_hard_max:
            raise Refused("beyond_hard_maximum", limit=self.seconds_hard_max // 60, unit="minutes")
        if decision == "reset" and self.releases + amount > self.releases_hard_max:
            raise Refused("beyond_hard_maximum", limit=self.releases_hard_max, unit="releases")

    def second_missing(self, decision: str, amount: int) -> list[str]:
        """Return the groups whose word is still missing for this decision and amount."""
        said = {group for what, group, much in self.seconded if (what, much) == (decision, amount)}
        return [group for group in sorted(self.thresholds) if group not in said]


def fold(entries: Iterable[Recorded], id_: str, suspended: Collection[str] = ()) -> Activation:
    """Return the activation that these entries tell of; ``Refused`` (unknown_activation) without a request.

    What people who are suspended now (by their pseudonyms) have said does not count.
    """
    activation: Activation | None = None
    for entry in entries:
        if entry.type == ActivationRequested.TYPE:
            activation = _requested(entry, id_)
        elif activation is not None and suspended and _member(entry) in suspended:
            activation = _moved(activation, entry)
        elif activation is not None:
            activation = apply(activation, entry)
    if activation is None:
        raise Refused("unknown_activation", activation=id_)
    return activation


def apply(activation: Activation, entry: Recorded) -> Activation:
    """Return the activation after one more entry of its stream; entries of other kinds only move the clock."""
    moved, change = _moved(activation, entry), _CHANGES.get(entry.type)
    return change(moved, entry) if change else moved


def _moved(activation: Activation, entry: Recorded) -> Activation:
    return replace(
        activation,
        requested=activation.requested.moved(entry.t),
        opened=activation.opened and activation.opened.moved(entry.t),
        # The entry itself moves the last reading: without this note, the first one written would thaw.
        clock_back=activation.why_frozen(entry.t) == "clock",
    )


def _member(entry: Recorded) -> str | None:
    """Return the pseudonym of whoever gave their word in an entry, or None."""
    if entry.type == RecoveryUsed.TYPE:
        return RecoveryUsed.read(entry).member
    return DecisionEvent.read(entry).member if entry.type in _WORDS else None


def _requested(entry: Recorded, id_: str) -> Activation:
    said = ActivationRequested.read(entry)
    return Activation(
        id=id_,
        request=said,
        requested=Span(0, entry.t),
        thresholds=said.thresholds,
        items=said.items,
        seconds=said.seconds,
        releases=said.releases,
        valid_seconds=said.valid_seconds,
        seconds_hard_max=said.seconds_hard_max,
        releases_hard_max=said.releases_hard_max,
    )


def _approved(activation: Activation, entry: Recorded) -> Activation:
    said = ActivationApproved.read(entry)
    return replace(activation, approvals=(*activation.approvals, (said.group, said.member)))


def _recovered(activation: Activation, entry: Recorded) -> Activation:
    return replace(activation, recovered=(*activation.recovered, RecoveryUsed.read(entry).slot))


def _opened(activation: Activation, entry: Recorded) -> Activation:
    return replace(activation, opened=Span(0, entry.t))


def _frozen(activation: Activation, entry: Recorded) -> Activation:
    return replace(activation, frozen_why=ActivationFrozen.read(entry).why)


def _seconded(activation: Activation, entry: Recorded) -> Activation:
    said = ActivationSeconded.read(entry)
    return replace(activation, seconded=(*activation.seconded, (said.decision, said.group, said.amount)))


def _turned(activation: Activation, entry: Recorded) -> Activation:
    amount = TurnEvent.read(entry).amount
    after = replace(activation, seconded=(), turns=activation.turns + 1)
    if entry.type == ActivationExtended.TYPE:
        return replace(after, seconds=activation.seconds + amount)
    if entry.type == ActivationReset.TYPE:
        return replace(after, releases=activation.releases + amount, frozen_why=None)
    return replace(after, clock_back=False)


def _intended(activation: Activation, entry: Recorded) -> Activation:
    said = ReleaseIntended.read(entry)
    kind, is_use = kinds.of(said.kind), said.use is not None
    release = Release(entry.seq, said.credential, said.version, said.item, kind, is_use=is_use)
    return replace(activation, shown=(*activation.shown, release))


def _resealing(activation: Activation, _: Recorded) -> Activation:
    return replace(activation, resealed=activation.resealed + 1)


def _outcome(activation: Activation, entry: Recorded) -> Activation:
    said = ReleaseOutcome.read(entry)
    if said.intent not in [release.seq for release in activation.shown]:
        raise Misused("outcome_without_intent", seq=entry.seq)
    shown = tuple(
        _concluded(release, said.outcome) if release.seq == said.intent else release for release in activation.shown
    )
    return replace(activation, shown=shown)


def _concluded(release: Release, outcome: str) -> Release:
    # Once it may have been seen, no later word takes that back.
    seen = release.outcome not in (None, NOT_SHOWN)
    return release if seen and outcome == NOT_SHOWN else replace(release, outcome=outcome)


def _over(activation: Activation, entry: Recorded) -> Activation:
    state = OVER_BY[entry.type]
    if activation.over and (activation.over, state) != ("ended", "closed"):
        return activation
    why = OverEvent.read(entry).why
    return replace(activation, over=state, ended_why=why or activation.ended_why or state)


_WORDS = (ActivationApproved.TYPE, ActivationSeconded.TYPE)

_CHANGES = {
    ActivationApproved.TYPE: _approved,
    RecoveryUsed.TYPE: _recovered,
    ActivationOpened.TYPE: _opened,
    ActivationFrozen.TYPE: _frozen,
    ActivationSeconded.TYPE: _seconded,
    ActivationExtended.TYPE: _turned,
    ActivationReset.TYPE: _turned,
    ActivationResumed.TYPE: _turned,
    ReleaseIntended.TYPE: _intended,
    ReleaseOutcome.TYPE: _outcome,
    CredentialResealIntended.TYPE: _resealing,
    **dict.fromkeys(OVER_BY, _over),
}
