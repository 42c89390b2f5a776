# SPDX-License-Identifier: Apache-2.0
"""The port for all logs of the station."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from console.domain.canonical import Object
from console.domain.entries.entry import Entry
from console.domain.renewal import Log
from console.ports.journal import Journal
from console.ports.medium import Medium


class OldJournal(Protocol):
    """The old log as one of its copies tells it; nothing of it is believed for standing there."""

    def size(self) -> int:
        """Return how many entries follow one another from the first."""

    def root_at(self, size: int) -> bytes:
        """Return the root at its size, or at one of the anchors' sizes."""

    def entries(self, *, type_: str) -> Iterator[Entry]:
        """Yield the entries of a type, in order."""

    def open_fields(self, entry: Entry) -> Object:
        """Return the committed fields that this station can open, each checked."""


class Copy(OldJournal, Protocol):
    """The copy on the second medium, which anybody can have written who had it."""

    def signed(self) -> int:
        """Return the greatest size whose root the log key signed, in a note beside the entries; 0 if none."""


class Logs(Protocol):
    """All logs of the station: the one that is written, those before it, and a new one after an alarm."""

    def current(self) -> Log:
        """Return the log that is written, or that stands under the alarm."""

    @property
    def new_keys(self) -> Mapping[str, str] | None:
        """The public keys of a new HSM (``log``: vkey, ``request``, ``journal``) that no roster names yet."""

    def alarms(self) -> Sequence[Object]:
        """Return every alarm after which a new log began, oldest first: {log, alarm, renewal}. They stay for ever."""

    def older(self, number: int, erased: frozenset[str] = ...) -> AbstractContextManager[Journal]:
        """Open an older log for reading, ``erased`` since in these scopes; ``Refused`` (unknown_log): there is none."""

    def mirrored(self, kinds: Collection[str], sizes: Collection[int]) -> Copy:
        """Return the current log as the second medium tells it: entries of these types, roots at these sizes."""

    def highest(self) -> int:
        """Return the highest number that any log of this station ever had, as far as files and HSM tell."""

    def create(self, new: Log) -> AbstractContextManager[Journal]:
        """Make the database of a new log under a fresh key, what a cut attempt left set aside; nothing is anchored."""

    def database_keys(self) -> dict[str, bytes]:
        """Return the database key of every log that this HSM opens, by the log's number."""

    def destroy_opening_keys(self, scopes: Collection[str]) -> None:
        """Destroy these for good, the copy for the recovery sheets first; a missing one is no error."""

    def copy_databases(self, journal: Journal, medium: Medium) -> list[str]:
        """Copy the databases of all logs, ``journal`` being the open one, as they are now; return their names."""
