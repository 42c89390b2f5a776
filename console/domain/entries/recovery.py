# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets: printed, read back, tried, used."""

from dataclasses import dataclass
from typing import TypedDict

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


class SheetNames(TypedDict):
    """How entries name a set, to write it once."""

    slot: str
    generation: int
    point: bytes
    sign: bytes | None
    check: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SheetsEvent(Event):
    """What each of them says of the set."""

    slot: str
    generation: int
    point: bytes
    sign: bytes | None = None
    check: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecoveryPrinted(SheetsEvent):
    """A new set was printed."""

    TYPE = "recovery.printed"
    needed: int
    sheets: tuple[tuple[str, int], ...]
    """Per group how many."""
    copies: int
    pages: int
    to: str
    holders: tuple[tuple[str, ...], ...] | None = commitment()
    """Per group its name, then who keeps a sheet."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecoveryProven(SheetsEvent):
    """Sheets of a set were read back from paper."""

    TYPE = "recovery.proven"
    sheets: tuple[tuple[str, int], ...]
    """Which: (group, number)."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecoveryDrilled(SheetsEvent):
    """A set in force was tried."""

    TYPE = "recovery.drilled"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecoveryUsed(SheetsEvent):
    """A set stood in for a group; it is spent."""

    TYPE = "recovery.used"
    purpose: str
    """activation, step or counsel."""
    request: bytes | None = None
    proposal: str | None = None
    again: bool
    member: str | None = None
    """The pseudonym of the witness."""
    stand_in: bytes | None = None
    signed_stand_in: Object | None = commitment(member="stand_in")
    stood_in: Object | None = commitment()
    """Purpose step: {present, again}."""
    reason: str | None = commitment(member="again")
    """Purpose counsel: why a spent set is used once more; committed to even if there is none."""

    def committed(self) -> Object:
        """Return the fields that are committed to."""
        always: Object = {"again": None} if self.purpose == "counsel" else {}
        return {**always, **super().committed()}
