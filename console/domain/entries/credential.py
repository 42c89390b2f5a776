# SPDX-License-Identifier: Apache-2.0
"""Credentials: sealed, confirmed, their drift, and what an older log told of them."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CredentialSealed(Event):
    """A version was sealed."""

    TYPE = "credential.sealed"
    credential: str
    kind: str
    class_: str
    version: int
    state: str
    """sealed or candidate."""
    epoch: int
    roster: bytes
    records: tuple[bytes | None, ...]
    """Per item the SHA-256 of its sealed record; None where it lies in an older version."""
    sealed_by: str
    source: str | None = None
    settles: tuple[str, ...] | None = None
    """The activations whose debt it settles."""
    expires_ms: int | None = None
    resealed_from: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CredentialConfirmed(Event):
    """Somebody confirmed that a new version works."""

    TYPE = "credential.confirmed"
    credential: str
    version: int
    settles: tuple[str, ...]
    confirmation: Object | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CredentialDrift(Event):
    """How far a target's codes were found away."""

    TYPE = "credential.drift"
    credential: str
    version: int
    kind: str
    offset: int
    next: int | None = None
    """HOTP: the number of the next code."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CredentialResealIntended(Event):
    """An item is about to be opened to be sealed again."""

    TYPE = "credential.reseal_intended"
    credential: str
    version: int
    item: int
    kind: str
    number: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CredentialRestated(Event):
    """What an older log told of a credential since it was sealed."""

    TYPE = "credential.restated"
    credential: str
    exposed: int
    """The newest version that was shown, 0 if none."""
    taken: tuple[tuple[int, int], ...]
    """(version, item) of each that is gone."""
    step: int | None
    """TOTP: up to which step codes may have been shown."""
