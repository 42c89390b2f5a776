# SPDX-License-Identifier: Apache-2.0
"""Erasures, legal holds, notices."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyProposed(Event):
    """An erasure was proposed."""

    TYPE = "privacy.proposed"
    erasure: str
    document: Object


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyApproved(Event):
    """Somebody agreed to an erasure on their token."""

    TYPE = "privacy.approved"
    erasure: str
    group: str
    member: str | None = commitment()
    signature: bytes | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ErasureEvent(Event):
    """An erasure of the opening keys of these scopes."""

    erasure: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyErasing(ErasureEvent):
    """They are about to be destroyed."""

    TYPE = "privacy.erasing"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyErased(ErasureEvent):
    """They are destroyed."""

    TYPE = "privacy.erased"
    basis: str
    approved: tuple[str, ...]
    destroys: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyNotified(Event):
    """Whoever was given something knows that it was erased."""

    TYPE = "privacy.notified"
    erasure: str
    of: int
    """The number of the entry that gave it."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyHeld(Event):
    """A legal hold was placed."""

    TYPE = "privacy.held"
    hold: str
    on: tuple[str, ...]
    document: Object | None = commitment(member="hold")
    signature: bytes | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyHoldLifted(Event):
    """One group agrees that a hold ends."""

    TYPE = "privacy.hold_lifted"
    hold: str
    group: str
    roster: bytes
    member: str | None = commitment()
    signature: bytes | None = commitment()
    reason: str | None = commitment()
