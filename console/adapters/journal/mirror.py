# SPDX-License-Identifier: Apache-2.0
"""The mirror: every critical entry once more, sealed, on the second medium.

A record is seq (8 bytes) ‖ length (4 bytes) ‖ sealed bytes, big-endian. A medium that is missing or full never
stops the journal: the records stay owed for the length of the lease, are tried again, and the status says so.
"""

import errno
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from console.domain.errors import Corrupt

MIRROR_NAME = "journal.mirror"
_HEAD = struct.Struct(">QI")


class Mirror:
    """One append-only file in the mirror folder."""

    def __init__(self, folder: Path, seal: Callable[[bytes], bytes]) -> None:
        self._path = folder / MIRROR_NAME
        self._seal = seal
        self._file: BinaryIO | None = None
        self.owed: list[bytes] = []
        """Sealed records that are not on the medium yet."""

    def add(self, seq: int, plain: bytes) -> None:
        """Seal one record and count it as owed; ``settle`` writes it."""
        sealed = self._seal(plain)
        self.owed.append(_HEAD.pack(seq, len(sealed)) + sealed)

    def settle(self) -> None:
        """Write what is owed, durably; on an error it stays owed."""
        if not self.owed:
            return
        try:
            self._write(b"".join(self.owed))
        except OSError:
            self.close()
            return
        self.owed.clear()

    def missing(self) -> bool:
        """Return whether records are owed or the medium is not there."""
        return bool(self.owed) or not self._path.parent.is_dir()

    def close(self) -> None:
        """Give the file back."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _write(self, data: bytes) -> None:
        file = self._file or self._open()
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, "short write")
        os.fsync(file.fileno())

    def _open(self) -> BinaryIO:
        if not self._path.parent.is_dir():
            raise FileNotFoundError(self._path.parent)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        # A record torn by a power cut would make everything after it unreadable.
        file.truncate(_whole_bytes(file))
        file.seek(0, os.SEEK_END)
        self._file = file
        return file


def read_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (seq, sealed bytes) of each record; ``Corrupt`` when the last one is torn."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            if len(head) < _HEAD.size:
                raise Corrupt("mirror_torn")
            seq, length = _HEAD.unpack(head)
            sealed = file.read(length)
            if len(sealed) < length:
                raise Corrupt("mirror_torn")
            yield seq, sealed


def _whole_bytes(file: BinaryIO) -> int:
    """Return the length of the file up to the end of its last whole record."""
    size, end = file.seek(0, os.SEEK_END), 0
    while end + _HEAD.size <= size:
        file.seek(end)
        _, length = _HEAD.unpack(file.read(_HEAD.size))
        if end + _HEAD.size + length > size:
            break
        end += _HEAD.size + length
    return end
