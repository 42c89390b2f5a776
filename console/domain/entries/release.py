# SPDX-License-Identifier: Apache-2.0
"""Showings and uses of a secret."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ReleaseIntended(Event):
    """A secret is about to be shown, or used."""

    TYPE = "release.intended"
    credential: str
    version: int
    item: int
    kind: str
    number: int
    """The how manieth showing of its activation."""
    step: int | None = None
    """TOTP: the time step; HOTP: the number of the code."""
    computed: str | None = None
    """hsm or software: where the code was computed."""
    use: str | None = None
    """What a key signed that nobody saw."""
    algorithm: str | None = None
    signed: bytes | None = None
    """SHA-256 of what was signed."""
    paper: int | None = None
    """The number of the paper form, of a code that was given while nothing took entries."""
    paper_at: str | None = None
    claims: str | None = commitment()
    reason: str | None = commitment()

    def body(self) -> Object:
        """Return the members of the leaf's ``body``: of a showing, that it has no step is said, too."""
        shown: Object = {"step": self.step} if self.use is None else {}
        return {**super().body(), **shown}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ReleaseOutcome(Event):
    """What came of it."""

    TYPE = "release.outcome"
    intent: int
    """The number of the entry that intended it."""
    outcome: str
