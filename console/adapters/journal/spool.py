# SPDX-License-Identifier: Apache-2.0
"""The spool of one log: sealed records in a file on the second medium, their head in the HSM.

A record is acknowledged when the file is synced and the HSM holds the head over it. After anything that failed in
between, file and head are read again before the next record: which of them came through, only they can say.
"""

import errno
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, cast

from console.adapters.journal.context import Context
from console.adapters.journal.mirror import frame, record_at
from console.adapters.journal.placement import Prepared
from console.adapters.machine import open_plain, remove_durably, sync_folder
from console.domain import canonical
from console.domain.canonical import Json, from_base64, shaped, to_base64
from console.domain.entries import entry as journal
from console.domain.entries.entry import Entry
from console.domain.errors import Corrupt, Unavailable
from console.domain.journal import checkpoint
from console.domain.journal.spool import (
    ID_BYTES,
    MAX_RECORD_BYTES,
    Head,
    Signed,
    check_chain,
    compose,
    hash_of,
    head_text,
    is_head_of,
    message,
    open_head,
    parse,
    reference,
)

NOWHERE = bytes(32)
"""Stands for the root before an entry that has no place in the log yet."""


class Stored(NamedTuple):
    """One record with the sealed openings of its fields."""

    signed: Signed
    openings: Mapping[str, bytes]


class Spool:
    """What waits for the log. One thread uses it at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._path = context.mirror / context.reserve.name
        self.records: list[Stored] = []
        self.head: Head | None = None
        self.missing = False
        """The HSM holds a head, and the second medium does not answer or has no such file."""
        self._end = 0
        self._known = False

    def load(self, settled: Mapping[str, tuple[int, bytes]]) -> None:
        """Read file and head; those of a spool that the log has settled are what a crash left, and are removed.

        ``settled``: of each the number of records and the hash of the last. While the log cannot be read nobody knows
        that, and records are put behind those of a settled spool: they are kept, and wait like any others.

        Raises ``Corrupt``: spool_cut, spool_edited, spool_reordered, spool_replayed, spool_head.
        """
        self.records, self._end, self._known = [], 0, False
        notes = [note for note in self._context.reserve.heads() if is_head_of(note, self._context.log)]
        self.head = open_head(notes[-1], self._context.key) if notes else None
        is_read = self._read()
        if not self._forget_if(settled) and is_read:
            check_chain([stored.signed for stored in self.records], self.head, self._context.key)
        self._known = is_read
        self.missing = self.head is not None and not is_read
        if is_read and not self.records and self.head is None and self._path.exists():
            with suppress(Unavailable):  # torn before its first record was whole: nobody relies on it
                remove_durably(self._path)

    @property
    def id(self) -> str | None:
        """The spool that is open, if one is."""
        return self.head.spool if self.head else None

    def why_not(self) -> str | None:
        """Return why the second medium would take no record, as far as that can be seen; None when nothing is seen."""
        folder = self._path.parent
        if not self._known or not folder.is_dir():
            return "second medium missing"
        disk = os.statvfs(folder)
        if disk.f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK):
            return "second medium read-only"
        return "second medium full" if disk.f_bavail * disk.f_frsize < 2 * MAX_RECORD_BYTES else None

    def entries(self, first: int = 0) -> list[Entry]:
        """Return the entries from record ``first`` on, by the numbers that they have until they are in the log."""
        records = [parse(stored.signed.data) for stored in self.records[first:]]
        return [record.as_entry(reference(record.spool, record.n), NOWHERE) for record in records]

    def append(self, prepared: Sequence[Prepared], note: bytes | None) -> list[Entry]:
        """Put these entries behind the others and return when file and HSM hold them.

        ``note``: the newest checkpoint known. Raises ``Unavailable`` (spool_unavailable), and what the HSM raises.
        """
        if not self._known:
            self.load({})
        if not self._known:
            raise Unavailable("spool_unavailable", why="second medium missing")
        self._known = False
        first = len(self.records)
        added = self._made(prepared, note)
        self._write(b"".join(self._frame(n, stored) for n, stored in enumerate(added, first)))
        self.records += added
        self.anchor()
        self._known = True
        return self.entries(first)

    def anchor(self) -> Head:
        """Have the HSM hold the head over all records, and return it."""
        last = self.records[-1].signed.data
        spool, count, hash_ = parse(last).spool, len(self.records), hash_of(last)
        if self.head is None or (self.head.spool, self.head.count) != (spool, count):
            note = self._signed_note(head_text(self._context.log, spool, count, hash_))
            self._context.reserve.set_head(note)
            self.head = Head(spool, count, hash_, note)
        return self.head

    def remove(self) -> None:
        """Remove the file, then the head: the log has all of it."""
        if self._path.parent.is_dir():
            remove_durably(self._path)
        self._context.reserve.set_head(b"")
        self.records, self.head, self._end, self.missing = [], None, 0, False

    def _made(self, prepared: Sequence[Prepared], note: bytes | None) -> list[Stored]:
        previous = hash_of(self.records[-1].signed.data) if self.records else None
        spool = parse(self.records[0].signed.data).spool if self.records else self._context.random(ID_BYTES).hex()
        made = []
        for n, item in enumerate(prepared, len(self.records)):
            entry = journal.compose(
                item.draft,
                log=self._context.log,
                mode=self._context.mode,
                seq=0,
                prev=NOWHERE,
                reading=self._context.reading(),
                commitments=item.commitments,
            )
            data = compose(spool, n, previous, note, entry)
            if len(data) > MAX_RECORD_BYTES:
                raise Unavailable("spool_unavailable", why="entry too large")
            made.append(Stored(Signed(data, self._context.signer(message(data))), item.sealed))
            previous = hash_of(data)
        return made

    def _forget_if(self, settled: Mapping[str, tuple[int, bytes]]) -> bool:
        """Remove what the log has settled; return whether it had all of it. ``Corrupt``: spool_replayed."""
        spool = self.id or (parse(self.records[0].signed.data).spool if self.records else None)
        if spool is None or spool not in settled:
            return False
        count, last = settled[spool]
        if self.head is None or (self.head.count, self.head.hash) == (count, last):
            self.remove()
            return True
        if len(self.records) >= count and hash_of(self.records[count - 1].signed.data) != last:
            # Put back as it was before it was settled, and gone on with: two histories of one spool.
            raise Corrupt("spool_replayed", n=count - 1)
        if self.head.count <= count:
            raise Corrupt("spool_replayed", n=self.head.count - 1)
        return False

    def _read(self) -> bool:
        """Read the file; False when the second medium does not answer, or lacks the file that the head is of."""
        rows = []
        try:
            with os.fdopen(open_plain(self._path, os.O_RDONLY), "rb") as file:
                while row := record_at(file, self._end):
                    rows.append(row)
                    self._end = file.tell()
        except FileNotFoundError:
            # A head without a file: perhaps another medium lies there, or what the vanished one was mounted on.
            return self.head is None and self._path.parent.is_dir()
        except OSError:
            return False
        try:
            plain = self._context.reserve.open([sealed for _, _, sealed in rows]) if rows else []
            self.records = [_stored(data) for data in plain]
        except Corrupt as error:
            raise Corrupt("spool_edited", why=error.code) from error
        return True

    def _frame(self, n: int, stored: Stored) -> bytes:
        data, sig = stored.signed
        openings = {name: to_base64(sealed) for name, sealed in stored.openings.items()}
        plain = canonical.encode({"record": to_base64(data), "sig": to_base64(sig), "openings": openings})
        return frame(n, hash_of(data), self._context.reserve.seal(plain))

    def _write(self, data: bytes) -> None:
        try:
            is_new = not self._path.exists()
            descriptor = open_plain(self._path, os.O_WRONLY | os.O_CREAT)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            os.ftruncate(descriptor, self._end)
            if os.pwrite(descriptor, data, self._end) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
            if is_new:
                sync_folder(self._path.parent)
            self._end += len(data)
        except OSError as error:
            # Cut off again: after a failed sync the kernel calls pages clean that never reached the disk.
            with suppress(OSError):
                os.ftruncate(descriptor, self._end)
                if is_new:
                    self._path.unlink()
            raise _unavailable(error) from error
        finally:
            os.close(descriptor)

    def _signed_note(self, text: bytes) -> bytes:
        return checkpoint.assemble(text, self._context.key, self._context.signer(text))


def _stored(plain: bytes) -> Stored:
    with shaped("spool_edited"):
        value = canonical.decode_object(plain)
        openings = cast(dict[str, Json], value["openings"])
        return Stored(
            Signed(from_base64(value["record"]), from_base64(value["sig"])),
            {name: from_base64(text) for name, text in openings.items()},
        )


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable("spool_unavailable", why=os.strerror(error.errno or 0))
