# SPDX-License-Identifier: Apache-2.0
"""Witnesses outside."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True)
class WitnessAsked(Event):
    """A state was shown to a witness."""

    TYPE = "witness.asked"
    witness: str
    size: int
    root: bytes
    old: int
    """The size that the witness knew."""
    note: str


@dataclass(frozen=True, kw_only=True)
class WitnessCosigned(Event):
    """A witness signed a state."""

    TYPE = "witness.cosigned"
    witness: str
    size: int
    root: bytes
    time: str
    """RFC 3339, of the witness."""
    note: str
