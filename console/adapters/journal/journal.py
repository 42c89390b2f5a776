# SPDX-License-Identifier: Apache-2.0
"""The journal as the actions see it: append, read, prove, verify, export."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePath
from typing import cast

from console.adapters.journal import tail
from console.adapters.journal.database import BALLAST_BYTES, create_database
from console.adapters.journal.log import Log
from console.adapters.journal.needs import Needs
from console.adapters.journal.placing import Placed, Prepared, prepare
from console.adapters.journal.reader import Filter, read_chunk
from console.adapters.journal.thread import JournalThread
from console.domain import merkle
from console.domain.canonical import Object
from console.domain.errors import Corrupt, Unavailable
from console.domain.journal import (
    Checkpoint,
    Draft,
    Entry,
    check_opening,
    entry_of,
    parse,
    scope_of,
)
from console.domain.opening import open_opening


def create(path: Path, key: bytearray, needs: Needs) -> None:
    """Make an empty journal at ``path``; only the founding of a station does this."""
    create_database(path, key, needs.log, needs.mode)


def open_journal(
    path: Path, key: bytearray, needs: Needs, *, ballast_bytes: int = BALLAST_BYTES
) -> "Journal":
    """Open the journal under the lease, compare it with the anchors and start its thread.

    ``Corrupt``: journal_missing, journal_not_encrypted, journal_of_another_station, journal_key_wrong,
    journal_damaged. What the anchors say against it is no error here: reading goes on, ``append`` raises
    ``Corrupt`` (journal_alarm), and ``status`` says why.
    """
    return Journal(Log(path, key, needs, ballast_bytes=ballast_bytes), needs)


class Journal:
    """One open journal; ``close`` it before the lease ends."""

    def __init__(self, log: Log, needs: Needs) -> None:
        self._log, self._needs = log, needs
        self._thread = JournalThread(log)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append in one transaction, in this order, and return when it is durable.

        Critical entries are signed, anchored and mirrored then, too; if that fails its error is raised although
        the entries stand. ``Unavailable`` (disk_full, journal_unavailable), ``Corrupt`` (journal_alarm).
        """
        self._log.check_writable()
        if self._log.reserve and not critical:
            raise Unavailable("disk_full")
        prepared = [prepare(self._needs, draft) for draft in drafts]
        places = self._thread.append(prepared, critical=critical)
        return [self._entry(item, place) for item, place in zip(prepared, places, strict=True)]

    def size(self) -> int:
        """Return the number of durable entries."""
        return self._log.tree.size

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
        last = self.size() if before is None else min(before, self.size())
        wanted = Filter(act, type_, after, last, newest_first=newest_first)
        left = limit
        while left is None or left > 0:
            bodies, rest = self._read(wanted, left)
            for body in bodies:
                yield _parsed(body)
            if rest is None:
                return
            wanted = rest
            left = None if left is None else left - len(bodies)

    def open_fields(self, entry: Entry) -> dict[str, object]:
        """Return the committed fields that this station can open; ``Corrupt`` when one does not fit."""
        if not entry.c:
            return {}
        key = self._needs.opening_key(scope_of(entry), create=False)
        if key is None:
            return {}
        sealed = dict(
            self._thread.run(
                lambda log: log.db.execute(
                    "SELECT name, sealed FROM field WHERE seq=?", (entry.seq,)
                ).fetchall()
            )
        )
        return {name: open_field(entry, name, sealed.get(name), key) for name in entry.c}

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything acknowledged, signing it now if need be."""
        return cast(Checkpoint, self._thread.run(Log.sign))

    def prove_consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that the newest checkpoint continues the log of ``old_size`` entries."""

        def prove(log: Log) -> list[bytes]:
            return merkle.consistency_proof(old_size, log.sign().size, tail.node_source(log.db))

        return cast(list[bytes], self._thread.run(prove))

    def verify(self, *, deep: bool = False, progress: Callable[[int, int], bool] | None = None) -> Object:
        """Return the verdict of `journal verify`; ``progress(done, total)`` may return False to cancel."""
        from console.adapters.journal import verify  # as export below: few verbs need it

        return verify.verify(self._thread, self._needs, deep=deep, progress=progress)

    def export(self, folder: PurePath, *, audience: str) -> Object:
        """Write the tiles, openings, policy, format page and verifier into an empty folder."""
        from console.adapters.journal import export

        return export.export(self._thread, self._needs, Path(folder), audience)

    def status(self) -> Object:
        """Return the state of recording: sizes, alarm, and findings that stop nothing but must be seen."""
        return cast(Object, self._thread.run(_status))

    def close(self) -> None:
        """Sign, anchor if the log grew, and close; a second call does nothing."""
        self._thread.close()

    def _read(self, wanted: Filter, limit: int | None) -> tuple[list[bytes], Filter | None]:
        answer = self._thread.run(lambda log: read_chunk(log, wanted, limit))
        return cast(tuple[list[bytes], Filter | None], answer)

    def _entry(self, prepared: Prepared, place: Placed) -> Entry:
        return entry_of(
            prepared.draft, place.data, log=self._needs.log, mode=self._needs.mode, seq=place.seq,
            prev=place.prev, reading=place.reading, commitments=prepared.commitments,
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _parsed(body: bytes) -> Entry:
    """Parse an entry once: one act folds the same entries several times, and equal bytes are equal entries."""
    return parse(body)


def open_field(entry: Entry, name: str, sealed: bytes | None, key: bytes) -> object:
    """Return one field's value; ``Corrupt`` when its opening is lost, swapped or does not open the commitment."""
    if sealed is None:
        raise Corrupt("opening_lost", seq=entry.seq, field=name)
    if hashlib.sha256(sealed).digest() != entry.c[name][1]:
        raise Corrupt("opening_swapped", seq=entry.seq, field=name)
    opening = open_opening(key, sealed, entry_id=entry.id, name=name)
    check_opening(entry, name, opening)
    return opening.value


def _status(log: Log) -> Object:
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
        "findings": findings,
    }
