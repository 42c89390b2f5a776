# SPDX-License-Identifier: Apache-2.0
"""The port for reading the journal."""

from collections.abc import Iterator
from typing import Protocol

from console.domain.canonical import Json
from console.domain.entries.entry import Entry
from console.domain.journal.search import Search
from console.domain.record.counsel import CounselKey


class Entries(Protocol):
    """Tells the acknowledged entries."""

    def size(self) -> int:
        """Return the number of acknowledged entries."""

    def entries(
        self,
        *,
        act: str | None = None,
        type_: str | None = None,
        after: int = -1,
        before: int | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Yield entries with ``after`` < seq < ``before``, filtered."""

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Return the committed fields of an entry that this station, or a key of counsel's, can open, each checked."""

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return one page, newest first, and down to which entry it has looked (0: no more)."""
