# SPDX-License-Identifier: Apache-2.0
"""A log whose database cannot be opened just now: what the second medium tells of it, for reading.

Nothing says that the medium is complete: only the checkpoint that the HSM holds, whose root must come out. Nothing of
it counts that the log key did not sign: whoever has the medium can seal entries of their own to the station's key.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NoReturn

from console.adapters.journal.context import Context, OpenSealed
from console.adapters.journal.mirror_log import MirrorLog
from console.adapters.journal.no_database import NoDatabase
from console.adapters.journal.search import is_sought
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Checkpoint, Entry
from console.domain.errors import Corrupt, Unavailable
from console.domain.journal import checkpoint
from console.domain.journal.search import Search
from console.domain.record.counsel import CounselKey


class MirrorJournal(NoDatabase):
    """Reads as the port ``Journal`` does; whatever needs the database raises ``Unavailable`` (journal_unavailable)."""

    def __init__(self, why: str, detail: str, context: Context, open_sealed: OpenSealed) -> None:
        self.why: str | None = why
        self.writable = None
        """No log takes entries."""
        self._detail, self._context = detail, context
        self.reasons: tuple[str, ...] = ()
        """Why the alarm is on: the second medium tells another history than the HSM; empty when it is not."""
        anchors = [checkpoint.open_note(note, [context.key]) for note in context.anchors()]
        self.anchor = max(anchors, key=lambda anchor: anchor.size, default=None)
        sizes = {anchor.size for anchor in anchors}
        self._told = MirrorLog(context, open_sealed, kinds=None, sizes=sizes)
        self._size = self._told.signed()
        for anchor in (anchor for anchor in anchors if anchor.size <= self._told.size()):
            self._size = max(self._size, anchor.size)
            if self._told.root_at(anchor.size) != anchor.root:
                self.reasons = ("root_differs",)

    def size(self) -> int:
        """Return how many entries the second medium tells, and the log key signed."""
        return self._size

    def alarm(self) -> list[str]:
        """Return why nothing is written at all: the medium tells another history than the HSM."""
        return list(self.reasons)

    def root_at(self, size: int) -> bytes:
        """Return a root that is known; refuse for another size."""
        try:
            return self._told.root_at(size)
        except KeyError:
            self._refuse()

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
        found = [
            entry
            for entry in self._told.all_entries()[: self._size]
            if act in (None, entry.act)
            and type_ in (None, entry.type)
            and after < entry.seq
            and (before is None or entry.seq < before)
        ]
        yield from (found[::-1] if newest_first else found)[:limit]

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return sought entries of the second medium below ``before``, newest first, and how far it looked."""
        told = self.entries(before=before, newest_first=True)
        found = list(islice((entry for entry in told if is_sought(entry, self.open_fields, sought)), limit))
        return found, found[-1].seq if len(found) == limit else 0

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Return the committed fields that this station can open; ``Corrupt`` when one does not fit."""
        return self._refuse() if counsel is not None else self._told.open_fields(entry)

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint that the HSM holds."""
        if self.anchor is None:
            self._refuse()
        return self.anchor

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the empty proof for the same size; refuse for any other."""
        newest = self.anchor.size if self.anchor else None
        return [] if newest is not None and old_size == (size or newest) == newest else self._refuse()

    def verify(
        self, *, deep: bool = False, entry: int | None = None, progress: Callable[[int, int], bool] | None = None
    ) -> Object:
        """Refuse."""
        self._refuse()

    def status(self) -> Object:
        """Return what is known."""
        anchored = self.anchor.size if self.anchor else 0
        owed = max(anchored, self._told.size()) - self._size
        findings: list[Object] = [{"code": "journal_unavailable", "why": self._detail}]
        if owed:
            findings.append({"code": "mirror_missing", "owed": owed})
        return {
            "size": self._size,
            "signed": anchored,
            "anchored": anchored,
            "alarm": self.alarm(),
            "before": list(self._context.before),
            "findings": findings,
        }

    def newest(self) -> Checkpoint | None:
        """Return the newest checkpoint that the HSM holds, if it holds one."""
        return self.anchor

    def raise_alarm(self, why: str) -> None:
        """Take no entry any more, for this reason."""
        self.reasons = (*self.reasons, why)

    def _refuse(self) -> NoReturn:
        if self.reasons:
            raise Corrupt("journal_alarm", why=",".join(self.reasons))
        raise Unavailable("journal_unavailable", why=self._detail)
