# SPDX-License-Identifier: Apache-2.0
"""Paper forms and paper mode."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True)
class Numbers:
    """Paper forms by their numbers, both included."""

    first: int
    last: int


@dataclass(frozen=True)
class Accepted:
    """Who accepted paper mode: their pseudonym, and what they signed."""

    person: str
    signature: bytes


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NumbersEvent(Event):
    """Something was done with these numbers."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PaperReserved(NumbersEvent):
    """Numbers of forms were reserved."""

    TYPE = "paper.reserved"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PaperPrinted(NumbersEvent):
    """Blank forms were printed."""

    TYPE = "paper.printed"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PaperOutstanding(Event):
    """Forms that an older log reserved and nobody used."""

    TYPE = "paper.outstanding"
    numbers: tuple[Numbers, ...]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PaperTried(Event):
    """Paper mode was asked for while entries are taken."""

    TYPE = "paper.tried"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PaperMode(Event):
    """What was given while nothing took entries."""

    TYPE = "paper.mode"
    serial: int | None
    at: str
    anchor: bytes
    accepted: tuple[Accepted, ...]
    given: int
