# SPDX-License-Identifier: Apache-2.0
"""One break-glass, from request to close."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from console.domain.canonical import Object
from console.domain.entries.event import Event, Seen, commitment


class Decision(TypedDict):
    """The members that every decision has, to write them once."""

    by: str
    request: bytes
    group: str
    member: str
    approval: bytes
    seen: Seen
    time: str | None
    signed: Object


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DecisionEvent(Event):
    """What somebody decided about a request, on their token."""

    by: str
    """station, or own_console: where it was given."""
    request: bytes
    group: str
    member: str
    """The pseudonym of who decided."""
    approval: bytes
    """SHA-256 of what they signed."""
    seen: Seen
    time: str | None = None
    """RFC 3339, of the console where it was given."""
    signed: Object | None = commitment(member="approval")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OverEvent(Event):
    """An activation is over."""

    why: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TurnEvent(Event):
    """Both groups agreed to go on."""

    amount: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationRequested(Event):
    """A request was filed."""

    TYPE = "activation.requested"
    request: bytes
    """SHA-256 of the signed request."""
    policy: int
    items: tuple[tuple[str, int, int], ...]
    """(credential, version, item) each."""
    thresholds: Mapping[str, int]
    seconds: int
    releases: int
    valid_seconds: int
    seconds_hard_max: int
    releases_hard_max: int
    category: str
    jurisdictions: tuple[str, ...]
    prepared: str | None = None
    """The id of the prepared request that it follows."""
    signed: Object | None = commitment(member="request")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationAsked(Event):
    """A request went to a keyholder's own console."""

    TYPE = "activation.asked"
    request: bytes
    member: str
    decision: str
    amount: int
    ordinal: int
    policy: int
    seen: Seen


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationApproved(DecisionEvent):
    """Somebody approved."""

    TYPE = "activation.approved"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationDenied(DecisionEvent):
    """Somebody denied a request, which ends it."""

    TYPE = "activation.denied"
    why: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationSeconded(DecisionEvent):
    """Somebody agrees to an extension, a reset or going on."""

    TYPE = "activation.seconded"
    decision: str
    amount: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationExtended(TurnEvent):
    """More time: ``amount`` is in seconds."""

    TYPE = "activation.extended"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationReset(TurnEvent):
    """More showings."""

    TYPE = "activation.reset"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationResumed(TurnEvent):
    """Going on after the clock went back."""

    TYPE = "activation.resumed"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationWithdrawn(OverEvent):
    """The request was taken back."""

    TYPE = "activation.withdrawn"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationExpired(OverEvent):
    """The request was not opened in time, or its key is gone."""

    TYPE = "activation.expired"
    noticed_late_seconds: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationOpened(Event):
    """The glass is broken."""

    TYPE = "activation.opened"
    seconds: int
    releases: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationFrozen(Event):
    """The budget of showings is used up."""

    TYPE = "activation.frozen"
    why: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationRefused(Event):
    """The program refused something."""

    TYPE = "activation.refused"
    code: str
    verb: str
    member: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationRebooted(Event):
    """The machine was started again while it was live."""

    TYPE = "activation.rebooted"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationEnded(OverEvent):
    """The activation ended: by somebody, by a veto, by time."""

    TYPE = "activation.ended"
    noticed_late_seconds: int | None = None
    by: str | None = None
    """This and the next ones: of a veto, as of a decision."""
    request: bytes | None = None
    group: str | None = None
    member: str | None = None
    approval: bytes | None = None
    seen: Seen | None = None
    time: str | None = None
    signed: Object | None = commitment(member="approval")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ActivationClosed(OverEvent):
    """Everything that it owed is done."""

    TYPE = "activation.closed"
