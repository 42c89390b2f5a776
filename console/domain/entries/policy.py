# SPDX-License-Identifier: Apache-2.0
"""People and rules: proposed, signed, in force."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PolicyProposed(Event):
    """Other people or rules were proposed."""

    TYPE = "policy.proposed"
    proposal: str
    number: int
    differences: tuple[Object, ...] | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PolicySigned(Event):
    """Somebody signed a proposal."""

    TYPE = "policy.signed"
    proposal: str
    number: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PolicyChanged(Event):
    """A proposal came into force."""

    TYPE = "policy.changed"
    number: int
    policy: bytes
    epoch: int
    roster: bytes
    rules: bytes
    by_sheets: str | None
    """The group whose recovery sheets signed in its stead."""
