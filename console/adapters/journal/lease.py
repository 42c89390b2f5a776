# SPDX-License-Identifier: Apache-2.0
"""The lease: one process at a time holds the station, and only while it acts."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from console.adapters.machine import LEASE
from console.domain.errors import Unavailable

_PAUSE_SECONDS = 0.01


@contextmanager
def lease(folder: Path, seconds: float = 5.0) -> Iterator[None]:
    """Hold the station in ``folder`` for the body; ``Unavailable`` (station_in_use) after ``seconds`` of waiting.

    The kernel drops the lock when the process dies, so there is nothing to clean up after a kill.
    """
    descriptor = _open(folder / LEASE)
    try:
        _wait_for(descriptor, time.monotonic() + seconds)
        # The number is for people; on a disk that is full or read-only the lock holds without it.
        with suppress(OSError):
            os.pwrite(descriptor, str(os.getpid()).ljust(20).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise Unavailable("file_unreadable", file=str(path), why=os.strerror(error.errno or 0)) from error
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _wait_for(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
                raise Unavailable("station_in_use", holder=holder) from error
        time.sleep(_PAUSE_SECONDS)
