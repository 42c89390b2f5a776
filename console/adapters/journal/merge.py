# SPDX-License-Identifier: Apache-2.0
"""What waits in the spool, put into the log; and the log's last words on a full disk.

Every step may be the last of this process: records that the log has are not put there again, a spool that is settled
is only removed, and the file goes before the head.
"""

from collections.abc import Callable, Sequence

from console.adapters.journal.database import foreign_errors
from console.adapters.journal.history import Inner
from console.adapters.journal.journal import Journal, append_prepared
from console.adapters.journal.log import Log
from console.adapters.journal.placement import Prepared
from console.adapters.journal.spool import Spool
from console.domain.entries.entry import Draft, Entry
from console.domain.entries.event import Event
from console.domain.entries.recording import RecordingDiskFull, RecordingDiskRoom
from console.domain.errors import Unavailable
from console.domain.journal import spool as rules
from console.domain.journal.spool import MERGED, place_of

RETREAT = frozenset({"disk_full", "journal_unavailable"})
"""What the log answers when it cannot take entries, and another medium can."""
BATCH = 64
DISK_FULL, DISK_ROOM = "recording.disk_full", "recording.disk_room"

NewId = Callable[[], str]


def merge(log: Journal, spool: Spool, new_id: NewId) -> None:
    """Put into the log what it lacks of the spool, settle it, and remove it. Raises what ``Journal.append`` does."""
    if not spool.records:
        return
    done, head = merged_of(log, spool), spool.anchor()
    waiting = [*zip(spool.entries(), spool.records, strict=True)]
    for first in range(done, len(waiting), BATCH):
        batch = enumerate(waiting[first : first + BATCH], first)
        prepared = [
            Prepared(rules.merged(entry, head.spool, n, stored.signed), dict(entry.c), dict(stored.openings))
            for n, (entry, stored) in batch
        ]
        append_prepared(log, prepared)
    log.append([rules.settled(new_id(), head)], critical=True)
    spool.remove()


def merged_of(inner: Inner, spool: Spool) -> int:
    """Return how many records of the open spool the log has."""
    if not spool.records:
        return 0
    id_ = rules.parse(spool.records[0].signed.data).spool
    return sum(place_of(entry)[0] == id_ for entry in inner.entries(type_=MERGED))


def append(log: Journal, drafts: Sequence[Draft], new_id: NewId, *, critical: bool) -> list[Entry]:
    """Append to the log; when that finds the disk full, once more into the room that was held in reserve on it."""
    was_short = log.log.reserve
    try:
        return log.append(drafts, critical=critical)
    except Unavailable:
        if was_short or not log.log.reserve:
            raise
    # The transaction is proven absent: the log was opened again and does not have it.
    log.append([by_program(RecordingDiskFull(), new_id)], critical=True)
    return log.append(drafts, critical=critical)


def note_room(log: Journal, new_id: NewId) -> None:
    """Write down once that the disk is full, and once that it no longer is."""
    full, room = (next(log.entries(type_=type_, newest_first=True, limit=1), None) for type_ in (DISK_FULL, DISK_ROOM))
    was_full = full is not None and (room is None or room.seq < full.seq)
    if log.log.reserve != was_full:
        log.append([by_program(RecordingDiskFull() if log.log.reserve else RecordingDiskRoom(), new_id)])


def probe(log: Journal) -> None:
    """Commit one page that says nothing, on a disk that is nearly full; raises ``Unavailable`` when it does not go."""
    if log.log.reserve:
        log.thread.run(_probe)


def _probe(log: Log) -> None:
    with foreign_errors():
        (count,) = log.db.execute("PRAGMA user_version").fetchone()
        log.db.execute(f"PRAGMA user_version={(count + 1) % 1000}")


def by_program(said: Event, new_id: NewId) -> Draft:
    """Return the draft of an entry that the program itself causes."""
    return said.to_draft(actor="program", proof="program", id_=new_id())
