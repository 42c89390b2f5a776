# SPDX-License-Identifier: Apache-2.0
"""The mirror: the log once more, entry by entry, sealed, on the second medium.

A record is seq (8 bytes) ‖ length (4) ‖ leaf hash (32) ‖ sealed bytes ‖ length (4), big-endian; the records stand
in order of seq without a gap. How far the mirror got is read from the mirror itself, so that a kill or a missing
medium leaves nothing out: whoever comes next goes on where it ends. A medium that is missing or full stops nothing.

A mirror that is ahead of the log, or whose last entry is another than the log's, is evidence that one of the two was
put back from an old copy: it is left as it is, and said.
"""

import errno
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from console.adapters.machine import open_plain
from console.domain.errors import Corrupt

MIRROR_NAME = "journal.mirror"
MOST_AT_ONCE = 1024
"""Entries that one act copies at the most: a new medium is filled over several acts, never in one long wait."""

_HEAD = struct.Struct(">QI32s")
_FOOT = struct.Struct(">I")

Record = tuple[int, bytes, bytes]
"""seq, leaf hash, sealed bytes."""

Records = Callable[[int, int], Iterable[tuple[bytes, bytes]]]
"""The leaf hash and the plain record of the entries first <= seq < last."""


class Mirror:
    """One append-only file in the mirror folder."""

    def __init__(self, folder: Path, seal: Callable[[bytes], bytes], name: str = MIRROR_NAME) -> None:
        self._path = folder / name
        self._seal = seal
        self._file: BinaryIO | None = None
        self._next = 0
        self._last_leaf = b""
        self.differs = False
        """The mirror tells another history than the log; known after ``catch_up``."""

    def catch_up(self, size: int, records: Records) -> None:
        """Copy what a log of this size has and the mirror has not, durably; on an error it is left for later."""
        try:
            file = self._file or self._open()
            last = min(size, self._next + MOST_AT_ONCE)
            self.differs = self.differs or self._is_another(size, records)
            if last > self._next and not self.differs:
                self._write(file, b"".join(self._framed(records(self._next, last))))
                self._next = last
        except OSError:
            self.close()

    def behind(self, size: int) -> int:
        """Return how many entries of a log of this size the mirror lacks."""
        return size - self._next if self._file else size

    def missing(self) -> bool:
        """Return whether the medium is not there."""
        return not self._path.parent.is_dir()

    def close(self) -> None:
        """Give the file back."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _is_another(self, size: int, records: Records) -> bool:
        if self._next == 0:
            return False
        if self._next > size:
            return True
        ((leaf, _),) = records(self._next - 1, self._next)
        return leaf != self._last_leaf

    def _framed(self, plain: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
        for seq, (leaf, record) in enumerate(plain, self._next):
            sealed = self._seal(record)
            self._last_leaf = leaf
            yield frame(seq, leaf, sealed)

    @staticmethod
    def _write(file: BinaryIO, data: bytes) -> None:
        start = file.tell()
        try:
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, "short write")
            os.fsync(file.fileno())
        except OSError:
            # Cut off again: after a failed sync the kernel calls pages clean that never reached the disk.
            with suppress(OSError):
                file.truncate(start)
            raise

    def _open(self) -> BinaryIO:
        if self.missing():
            raise FileNotFoundError(self._path.parent)
        descriptor = open_plain(self._path, os.O_RDWR | os.O_CREAT)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        self._next, self._last_leaf = _next_of(file)
        file.seek(0, os.SEEK_END)
        self._file = file
        return file


def frame(seq: int, leaf: bytes, sealed: bytes) -> bytes:
    """Return one record as it stands in the file."""
    return _HEAD.pack(seq, len(sealed), leaf) + sealed + _FOOT.pack(len(sealed))


def read_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (seq, sealed bytes) of each record; ``Corrupt`` (mirror_torn) when the last one is torn."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        while record := record_at(file, file.tell()):
            yield record[0], record[2]
        if file.read(1):
            raise Corrupt("mirror_torn")


def _next_of(file: BinaryIO) -> tuple[int, bytes]:
    """Return the seq after the last whole record, and its leaf, having cut off what a power cut tore."""
    size = file.seek(0, os.SEEK_END)
    last = _last_record(file, size) or _cut_torn(file, size)
    return (last[0] + 1, last[1]) if last else (0, b"")


def _last_record(file: BinaryIO, size: int) -> Record | None:
    """Return the record that ends at ``size``; None if there is no whole one."""
    if size < _HEAD.size + _FOOT.size:
        return None
    file.seek(size - _FOOT.size)
    (length,) = _FOOT.unpack(file.read(_FOOT.size))
    start = size - _FOOT.size - length - _HEAD.size
    return record_at(file, start) if start >= 0 else None


def _cut_torn(file: BinaryIO, size: int) -> Record | None:
    last, end = None, 0
    while end < size and (record := record_at(file, end)):
        last, end = record, file.tell()
    file.truncate(end)
    return last


def record_at(file: BinaryIO, start: int) -> Record | None:
    """Return the record at ``start`` and stand behind it; None, standing at ``start``, if it is not whole."""
    file.seek(start)
    head = file.read(_HEAD.size)
    if len(head) == _HEAD.size:
        seq, length, leaf = _HEAD.unpack(head)
        # Room is made for what a head says before it is read: a torn one may say 4 GiB.
        if start + _HEAD.size + length + _FOOT.size <= os.fstat(file.fileno()).st_size:
            sealed, foot = file.read(length), file.read(_FOOT.size)
            if foot == _FOOT.pack(length):
                return seq, leaf, sealed
    file.seek(start)
    return None
