# SPDX-License-Identifier: Apache-2.0
"""What one lease has read of the journal, kept: one act folds the same entries several times.

Under the lease nobody else appends, and no entry ever changes; so what was read stays true, and what was appended since
is put behind it. Nothing is kept beyond the lease.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock

from console.domain.entries.entry import Entry, parse

Stored = Callable[[str | None, str | None, int, int], Iterator[Entry]]
"""The entries of an act or of a type, or all, with ``after`` < seq < ``before``, oldest first."""

_Whole = tuple[str | None, str | None]
"""An act, or else a type."""


class Cache:
    """The entries of whole acts and whole types, each read from the database once."""

    def __init__(self, size: Callable[[], int], stored: Stored) -> None:
        self._size, self._stored = size, stored
        self._upto = 0
        self._kept: dict[_Whole, list[Entry]] = {}
        self._turn = Lock()

    def entries(self, act: str | None, type_: str | None) -> list[Entry]:
        """Return all entries of an act, or of a type, or of that type within an act, oldest first."""
        asked = _whole(act, type_)
        with self._turn:
            self._follow()
            if asked not in self._kept:
                self._kept[asked] = list(self._stored(asked[0], asked[1], -1, self._upto))
            found = self._kept[asked]
            return [entry for entry in found if act is None or type_ in (None, entry.type)]

    def knows(self, act: str | None, type_: str | None) -> bool:
        """Tell whether these are kept already: for the last few of many it is not worth reading all."""
        return _whole(act, type_) in self._kept

    def add(self, appended: Sequence[Entry]) -> None:
        """Put what was appended just now behind what is kept, so that it need not be read back.

        Where anything else came in between, both are read when they are asked for.
        """
        with self._turn:
            if self._kept and appended and appended[0].seq == self._upto:
                # As their bytes say them: whoever appended may still change what they were made of.
                self._put(parse(entry.data) for entry in appended)
                self._upto += len(appended)

    def _follow(self) -> None:
        size = self._size()
        if self._kept and size > self._upto:
            self._put(self._stored(None, None, self._upto - 1, size))
        self._upto = size

    def _put(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            for kept in ((entry.act, None), (None, entry.type)):
                if kept in self._kept:
                    self._kept[kept].append(entry)


def _whole(act: str | None, type_: str | None) -> _Whole:
    return (None, type_) if act is None else (act, None)
