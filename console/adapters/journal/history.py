# SPDX-License-Identifier: Apache-2.0
"""One history for readers: the log's entries, and behind them those that wait in the spool.

A record that was merged stands where it was merged, as the entry that it holds.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from console.adapters.journal.context import Context
from console.adapters.journal.journal import Journal, open_field
from console.adapters.journal.search import is_sought
from console.adapters.journal.spool import Spool
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Checkpoint, Entry, scope_of
from console.domain.journal import spool as rules
from console.domain.journal.proof import Proof
from console.domain.journal.search import Search
from console.domain.journal.spool import MERGED, REFERENCE, SETTLED, place_of, reference

if TYPE_CHECKING:
    from console.adapters.journal.mirror_journal import MirrorJournal
    from console.domain.record.counsel import CounselKey

Inner: TypeAlias = "Journal | MirrorJournal"


class History:
    """The reading half of the port ``Journal``."""

    def __init__(self, inner: Inner, spool: Spool, context: Context) -> None:
        self.inner, self._spool, self._context = inner, spool, context
        self._waiting: list[Entry] = []

    def size(self) -> int:
        """Return the number of entries in the log."""
        return self.inner.size()

    def alarm(self) -> list[str]:
        """Return why nothing is written any more; empty while all is well."""
        return self.inner.alarm()

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries of the log."""
        return self.inner.root_at(size)

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
        """Yield entries with ``after`` < seq < ``before``, filtered; those in the spool stand behind the others."""
        merged = [] if type_ in (MERGED, SETTLED) else list(self.inner.entries(type_=MERGED))
        if not merged and not self._waiting:
            return self.inner.entries(
                act=act, type_=type_, after=after, before=before, limit=limit, newest_first=newest_first
            )
        reserve = _Reserve(merged, self._waiting)
        found = [
            entry
            for entry in reserve.entries
            if act in (None, entry.act)
            and type_ in (None, entry.type)
            and after < entry.seq
            and (before is None or entry.seq < before)
        ]
        more = None if limit is None else limit + len(reserve.entries)
        told = self.inner.entries(
            act=act, type_=type_, after=after, before=before, limit=more, newest_first=newest_first
        )
        own = (reserve.told(entry) for entry in told if reserve.is_own(entry))
        found.sort(key=_seq, reverse=newest_first)
        return islice(heapq.merge(own, found, key=_seq, reverse=newest_first), limit)

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return a page of sought entries, newest first, and how far it looked; what was in a spool comes on top."""
        found, looked_to = self.inner.search(sought, before=before, limit=limit)
        merged = list(self.inner.entries(type_=MERGED))
        if not merged and not self._waiting:
            return found, looked_to
        reserve = _Reserve(merged, self._waiting)
        spooled = [
            entry
            for entry in reserve.entries
            if looked_to <= entry.seq
            and (before is None or entry.seq < before)
            and is_sought(entry, self.open_fields, sought)
        ]
        own = [reserve.told(entry) for entry in found if reserve.is_own(entry)]
        return sorted(own + spooled, key=_seq, reverse=True), looked_to

    def open_fields(self, entry: Entry, counsel: "CounselKey | None" = None) -> dict[str, Json]:
        """Return the committed fields that this station, or a key of counsel's, opens; each is checked."""
        if entry.seq < REFERENCE:
            return self.inner.open_fields(entry, counsel)
        key = self._context.opening_key(scope_of(entry), create=False) if entry.c else None
        stored = zip(self._spool.records, self._spool.entries(), strict=True)
        openings = next(record.openings for record, waiting in stored if waiting.id == entry.id)
        return {} if key is None else {n: open_field(entry, n, openings.get(n), key) for n in entry.c}

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything that is in the log."""
        return self.inner.checkpoint()

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the log of ``size`` entries, by default the newest, continues that of ``old_size``."""
        return self.inner.prove_consistency(old_size, size)

    def verify(
        self, *, deep: bool = False, entry: int | None = None, progress: Callable[[int, int], bool] | None = None
    ) -> Object:
        """Return the verdict on the log."""
        return self.inner.verify(deep=deep, entry=entry, progress=progress)

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: "Mapping[str, CounselKey] | None" = None,
        progress: Callable[[int, int], bool] | None = None,
    ) -> Object:
        """Write the log's tiles, openings, policy, format page and verifier into an empty folder."""
        return self.inner.export(folder, audience=audience, counsel=counsel, progress=progress)

    def copy_to(self, file: PurePath) -> bool:
        """Copy the log's database, if it is open."""
        return self.inner.copy_to(file)

    def prove(self, seq: int, *, audience: str, counsel: "Mapping[str, CounselKey] | None" = None) -> Proof:
        """Return the proof of one entry of the log."""
        return self.inner.prove(seq, audience=audience, counsel=counsel)


class _Reserve:
    """The entries of all spools, merged and waiting, and how others name them."""

    def __init__(self, merged: Sequence[Entry], waiting: Sequence[Entry]) -> None:
        self._places = {reference(*place_of(outer)): outer.seq for outer in merged}
        self.entries = [*(self.told(rules.expanded(outer)) for outer in merged), *map(self.told, waiting)]
        self._ids = {entry.id for entry in self.entries}

    def is_own(self, entry: Entry) -> bool:
        """Tell whether the log alone tells an entry: no record says the same."""
        return entry.type != MERGED and entry.id not in self._ids

    def told(self, entry: Entry) -> Entry:
        """Return an entry whose body names others by the place that they have in the log now."""
        named = {
            name: self._places[value]
            for name, value in entry.body.items()
            if type(value) is int and value in self._places
        }
        return replace(entry, body={**entry.body, **named}) if named else entry


def _seq(entry: Entry) -> int:
    return entry.seq
