# SPDX-License-Identifier: Apache-2.0
"""The counsel track: its notes, its keys, who opened them."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WrapsEvent(Event):
    """A key of counsel's and the files that wrap it."""

    key: str
    wraps: tuple[tuple[str, str, bytes], ...]
    """(pseudonym or ``sheets``, print of the key, SHA-256 of the file) each."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CounselEntry(Event):
    """A note for counsel alone, sealed to the key that it names."""

    TYPE = "counsel.entry"
    key: str
    kind: str | None = commitment()
    title: str | None = commitment()
    text: str | None = commitment()
    matter: str | None = commitment(null=True)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CounselKeyMade(WrapsEvent):
    """A key for counsel's notes about something was made."""

    TYPE = "counsel.key_made"
    about: Object | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CounselWrapped(WrapsEvent):
    """A newcomer was admitted to what a key opens."""

    TYPE = "counsel.wrapped"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CounselOpened(Event):
    """A reader is about to read."""

    TYPE = "counsel.opened"
    purpose: str
    """read, export or admit."""
    keys: tuple[str, ...]
    entries: tuple[int, ...]
    in_log: str
