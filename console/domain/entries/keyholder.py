# SPDX-License-Identifier: Apache-2.0
"""People: enrolled, reached, suspended, and their tokens."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, Seen, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderEnrolled(Event):
    """A person has a pseudonym: the entry's subject."""

    TYPE = "keyholder.enrolled"
    role: str
    assurance: str
    member: str | None = commitment()
    name: str | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderProposed(Event):
    """A person to be enrolled was proposed with their card."""

    TYPE = "keyholder.proposed"
    proposal: str
    by_card: bool
    member: str | None = commitment()
    words: str | None = commitment()
    attested_by: str | None = commitment(null=True)
    token: Object | None = commitment()
    """How the token is found: module, label."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderContact(Event):
    """How a person is reached."""

    TYPE = "keyholder.contact"
    member: str | None = commitment()
    phone: str | None = commitment()
    mail: str | None = commitment()
    reach: str | None = commitment()
    deputy: str | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderSuspended(Event):
    """A person was suspended, on another one's token."""

    TYPE = "keyholder.suspended"
    member: str
    """The pseudonym of whom."""
    policy: int
    suspension: Object | None = commitment()
    """What was signed: ``actions.policy.suspension``."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderProven(Event):
    """A person's token has opened and signed what it should."""

    TYPE = "keyholder.proven"
    proof: Object | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderToken(Event):
    """What became of a token that is no longer used."""

    TYPE = "keyholder.token"
    how: str
    member: str | None = commitment()
    note: str | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KeyholderCarded(Event):
    """A card for a keyholder's own console was made."""

    TYPE = "keyholder.carded"
    member: str
    policy: int
    seen: Seen
