# SPDX-License-Identifier: Apache-2.0
"""The lease: one process at a time holds the station, and only while it acts."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.domain.errors import Unavailable

LOCK_NAME = "station.lock"
_PAUSE_SECONDS = 0.01


@contextmanager
def lease(folder: Path, seconds: float = 5.0) -> Iterator[None]:
    """Hold the station in ``folder`` for the body; ``Unavailable`` (station_in_use) after ``seconds`` of waiting.

    The kernel drops the lock when the process dies, so there is nothing to clean up after a kill.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(descriptor, time.monotonic() + seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
                raise Unavailable("station_in_use", holder=holder) from error
        time.sleep(_PAUSE_SECONDS)
