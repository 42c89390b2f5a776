# SPDX-License-Identifier: Apache-2.0
"""The journal as the actions see it: append, read, prove, verify, export."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from console.adapters.journal.cache import Cache
from console.adapters.journal.closing import Closing
from console.adapters.journal.context import Context
from console.adapters.journal.database import BALLAST_BYTES, create_database, foreign_errors
from console.adapters.journal.log import Log
from console.adapters.journal.log_proofs import LogProofs
from console.adapters.journal.placement import Placed, Prepared, prepare
from console.adapters.journal.reader import Filter, read_chunk
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Checkpoint, Draft, Entry, check_opening, entry_of, parse, scope_of
from console.domain.entries.log import LogRenewed
from console.domain.errors import Corrupt, Unavailable
from console.domain.journal.opening import check_sealed, open_opening
from console.domain.journal.search import Search

if TYPE_CHECKING:
    from console.domain.record.counsel import CounselKey  # few verbs need it


def create(path: Path, key: bytearray, context: Context) -> None:
    """Make an empty journal at ``path``; only the founding of a station does this."""
    create_database(path, key, context.log, context.mode)


def open_journal(path: Path, key: bytearray, context: Context, *, ballast_bytes: int = BALLAST_BYTES) -> "Journal":
    """Open the journal under the lease, compare it with the anchors and start its thread.

    ``Corrupt``: journal_missing, journal_not_encrypted, journal_of_another_station, journal_key_wrong,
    journal_damaged. What the anchors say against it is no error here: reading goes on, ``append`` raises
    ``Corrupt`` (journal_alarm), and ``status`` says why.
    """
    return Journal(Log(path, key, context, ballast_bytes=ballast_bytes), context)


class Journal(LogProofs, Closing):
    """One open journal; ``close`` it before the lease ends."""

    def __init__(self, log: Log, context: Context) -> None:
        self.log = log
        self.writable: Journal | None = self
        """What takes entries as long as its disk does."""
        self.why: str | None = None
        """Why it takes no entries from the first: it does."""
        log.reasons += _of_the_renewal(log, context)
        super().__init__(JournalThread(log), context)
        if context.barred is None:
            # On a disk that takes nothing now, it is written in front of the next entry that is taken.
            with suppress(Unavailable):
                self.thread.run(_note_breaks)
        self._recall = Cache(self.size, partial(_oldest_first, self.thread))

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append in one transaction, in this order, and return when it is durable.

        Critical entries are signed, anchored and mirrored then, too; if that fails its error is raised although
        the entries stand. ``Unavailable`` (disk_full, journal_unavailable), ``Corrupt`` (journal_alarm).
        """
        self.log.check_writable()
        appended = append_prepared(self, [prepare(self.context, draft) for draft in drafts], critical=critical)
        self._recall.add(appended)
        return appended

    def size(self) -> int:
        """Return the number of durable entries."""
        return self.log.tree.size

    def alarm(self) -> list[str]:
        """Return why nothing is written any more; empty while all is well."""
        return list(self.log.reasons)

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
        """Yield entries with ``after`` < seq < ``before``, filtered; exact, however far projections lag."""
        whole = (act or type_) and after == -1 and before is None
        if whole and ((limit is None and not newest_first) or self._recall.knows(act, type_)):
            found = self._recall.entries(act, type_)
            yield from (found[::-1] if newest_first else found)[:limit]
            return
        last = self.size() if before is None else min(before, self.size())
        yield from _stored(self.thread, Filter(act, type_, after, last, newest_first=newest_first), limit)

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return sought entries below ``before``, newest first, and down to which entry this page has looked (0: all).

        ``Corrupt`` (not_canonical) for an entry that is none.
        """
        from console.adapters.journal import search as seeking

        last = self.size() if before is None else min(before, self.size())
        return seeking.seek(self.thread, self.open_fields, sought, last, limit)

    def open_fields(self, entry: Entry, counsel: "CounselKey | None" = None) -> dict[str, Json]:
        """Return the committed fields that this station, or a key of counsel's, opens; ``Corrupt`` when one does not
        fit."""
        if not entry.c:
            return {}
        if counsel is not None:
            opened = counsel.open(entry, _sealed(self.thread, entry.seq))
            return {name: opening.value for name, opening in opened.items()}
        key = self.context.opening_key(scope_of(entry), create=False)
        if key is None:
            return {}
        sealed = _sealed(self.thread, entry.seq)
        return {name: open_field(entry, name, sealed.get(name), key) for name in entry.c}

    def status(self) -> Object:
        """Return the state of recording: sizes, alarm, and findings that stop nothing but must be seen."""
        return cast(Object, self.thread.run(lambda log: _status(log, self.context)))

    def copy_to(self, file: PurePath) -> bool:
        """Copy the database to a file, between two commits."""
        from console.adapters.journal.export import copy_database  # only a backup needs it

        copy_database(self.thread, Path(file))
        return True

    def newest(self) -> Checkpoint | None:
        """Return the newest signed checkpoint that is known, whether it covers everything or not."""
        return self.log.signing.newest

    def raise_alarm(self, why: str) -> None:
        """Take no entry any more, for this reason; called before anybody appends."""
        self.log.reasons = (*self.log.reasons, why)

    def close(self) -> None:
        """Sign, anchor if the log grew, and close; a second call does nothing."""
        self.thread.close()


def _sealed(thread: JournalThread, seq: int) -> dict[str, bytes]:
    query = "SELECT name, sealed FROM field WHERE seq=?"
    return dict(thread.run(lambda log: log.db.execute(query, (seq,)).fetchall()))


def append_prepared(journal: Journal, prepared: Sequence[Prepared], *, critical: bool = False) -> list[Entry]:
    """Append entries whose fields are committed to and sealed already, as ``Journal.append`` does."""
    places = journal.thread.append(prepared, critical=critical)
    return [_entry(journal.context, item, place) for item, place in zip(prepared, places, strict=True)]


def _note_breaks(log: Log) -> None:
    """Write down what the clocks did since the newest entry, if they did anything."""
    if not log.reasons and log.breaks.are_due():
        log.write([])


def _oldest_first(
    thread: JournalThread, act: str | None, type_: str | None, after: int, before: int
) -> Iterator[Entry]:
    return _stored(thread, Filter(act, type_, after, before, newest_first=False), None)


def _stored(thread: JournalThread, wanted: Filter, limit: int | None) -> Iterator[Entry]:
    left = limit
    while left is None or left > 0:
        answer = thread.run(partial(read_chunk, wanted=wanted, limit=left))
        bodies, rest = cast(tuple[list[bytes], Filter | None], answer)
        for body in bodies:
            yield _parsed(body)
        if rest is None:
            return
        wanted = rest
        left = None if left is None else left - len(bodies)


def _entry(context: Context, prepared: Prepared, place: Placed) -> Entry:
    return entry_of(
        prepared.draft,
        place.data,
        log=context.log,
        mode=context.mode,
        seq=place.seq,
        prev=place.prev,
        reading=place.reading,
        commitments=prepared.commitments,
    )


@lru_cache(maxsize=4096)
def _parsed(body: bytes) -> Entry:
    """Parse an entry once: one act folds the same entries several times, and equal bytes are equal entries."""
    return parse(body)


def open_field(entry: Entry, name: str, sealed: bytes | None, key: bytes) -> Json:
    """Return one field's value; ``Corrupt`` when its opening is lost, swapped or does not open the commitment."""
    opening = open_opening(key, check_sealed(entry, name, sealed), entry_id=entry.id, name=name)
    check_opening(entry, name, opening)
    return opening.value


def _of_the_renewal(log: Log, context: Context) -> tuple[str, ...]:
    """Return what stands against a log that follows another one, or that another one follows."""
    if context.barred is not None:
        return (context.barred,)
    if context.renewal is None:
        return ()
    with foreign_errors():
        row = log.db.execute("SELECT body FROM entry WHERE seq=0").fetchone()
    first = parse(row[0]) if row else None
    # Two new logs of one old log have the same name: only the hash of the renewal tells them apart.
    return () if first is not None and _renewal_in(first) == context.renewal else ("renewal_differs",)


def _renewal_in(first: Entry) -> bytes | None:
    """Return the hash of the renewal that a first entry names; None if it is no such entry."""
    try:
        return LogRenewed.read(first).renewal if first.type == LogRenewed.TYPE else None
    except Corrupt:
        return None


def _status(log: Log, context: Context) -> Object:
    findings: list[Object] = []
    signing = log.signing
    if signing.anchor_missing:
        findings.append({"code": "anchor_unavailable"})
    if not log.reasons:
        log.copy_to_mirror()
    if log.mirror.differs:
        findings.append({"code": "mirror_differs"})
    elif (behind := log.mirror.behind(log.tree.size)) > 0:
        findings.append({"code": "mirror_missing", "owed": behind})
    if signing.error is not None:
        findings.append({"code": "checkpoint_unsigned", "why": signing.error.code})
    if log.reserve:
        findings.append({"code": "disk_full"})
    return {
        "size": log.tree.size,
        "signed": signing.newest.size if signing.newest else 0,
        "anchored": signing.anchored,
        "alarm": list(log.reasons),
        "before": list(context.before),
        "findings": findings,
    }
