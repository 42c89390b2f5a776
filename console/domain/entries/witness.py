# SPDX-License-Identifier: Apache-2.0
"""Witnesses outside."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ShownEvent(Event):
    """A state of the log and its signed note, before a witness."""

    witness: str
    size: int
    root: bytes
    note: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WitnessAsked(ShownEvent):
    """A state was shown to a witness."""

    TYPE = "witness.asked"
    old: int
    """The size that the witness knew."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WitnessCosigned(ShownEvent):
    """A witness signed a state."""

    TYPE = "witness.cosigned"
    time: str
    """RFC 3339, of the witness."""
