# SPDX-License-Identifier: Apache-2.0
"""How far a long work has come, on stderr while that is a terminal; Ctrl-C stops it where it may be stopped."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from console.language import say
from console.wording import pace

FIRST_S, EACH_S = 1.0, 0.2
"""What is done within a second needs no progress."""
_CLEAR = "\r\x1b[K"

Progress = Callable[[int, int], bool]


class Shown:
    """Fits ``progress`` of the actions: told how much is done, it says whether to go on."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = time.monotonic()
        self._next = self._begun + FIRST_S
        self._stopped = self._dirty = False

    def __call__(self, done: int, total: int) -> bool:
        """Show it, at most five times a second; False when somebody has called it off."""
        now = time.monotonic()
        if now >= self._next and sys.stderr.isatty():
            self._next, self._dirty = now + EACH_S, True
            told = pace(done, total, now - self._begun)
            sys.stderr.write(f"{_CLEAR}{say('{what}: {told} Ctrl-C stops it.', what=self._what, told=told)}")
            sys.stderr.flush()
        return not self._stopped

    def stop(self, *_: object) -> None:
        """End it at the next step."""
        self._stopped = True

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._dirty:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


@contextmanager
def shown(what: str) -> Iterator[Progress]:
    """Lend what shows the progress of a work that may be stopped between two steps."""
    progress = Shown(what)
    on_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, progress.stop) if on_main else None
    try:
        yield progress
    finally:
        if on_main:
            signal.signal(signal.SIGINT, before)
        progress.clear()
