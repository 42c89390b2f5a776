# SPDX-License-Identifier: Apache-2.0
"""Somebody sets the clock while the window is open: the journal says so at once, not when something is written next."""

from typing import Protocol

from PySide6.QtCore import QObject, QSocketNotifier

from console.gui.shell.worker import Worker


class Watch(Protocol):
    """Becomes readable when the clock is set."""

    def fileno(self) -> int: ...
    def was_set(self) -> bool: ...
    def close(self) -> None: ...


class ClockWatch(QObject):
    """Lets the worker open the station anew: whoever opens the journal compares the clocks and writes it down."""

    def __init__(self, worker: Worker, watch: Watch) -> None:
        super().__init__()
        self._worker, self._watch = worker, watch
        self._notifier = QSocketNotifier(watch.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._look)

    def end(self) -> None:
        """Watch no more."""
        self._notifier.setEnabled(False)
        self._watch.close()

    def _look(self) -> None:
        if self._watch.was_set():
            # The first ends a lease that is held, the second opens the station anew.
            for _ in range(2):
                self._worker.run("", _nothing, _nothing, _nothing, ends_lease=True)


def _nothing(_: object) -> None:
    """A station that is locked, or in use elsewhere, is opened sooner or later, and the clocks are compared then."""
