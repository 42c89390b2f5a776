# SPDX-License-Identifier: Apache-2.0
"""What left the journal: exports, proofs, states."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class JournalExported(Event):
    """An export is about to be written."""

    TYPE = "journal.exported"
    audience: str
    log: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class JournalProved(Event):
    """A proof of one entry is about to be given."""

    TYPE = "journal.proved"
    seq: int
    log: int
    audience: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class JournalHeadTaken(Event):
    """Somebody took the state of the journal along."""

    TYPE = "journal.head_taken"
    size: int
    root: bytes
    on: str
    """token, disk or receipt."""
    member: str | None = None
    """Who takes a receipt, as the person at the station says."""
