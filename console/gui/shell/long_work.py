# SPDX-License-Identifier: Apache-2.0
"""Work that takes longer than a second: how far it is, how long the rest will take, and a button that stops it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from console.domain.errors import Cancelled, ConsoleError
from console.gui.kit.widgets import Page, announce, button, spread
from console.gui.shell.desk import Desk
from console.language import say
from console.wording import pace

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

T = TypeVar("T")


class ProgressRow(QWidget):
    """A bar and a button, seen once the work takes longer than a second."""

    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._begun = 0.0
        self._bar = QProgressBar()
        line = spread(self._bar, button(say("Stop"), self.stop_asked.emit))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self.hide()

    def begin(self) -> None:
        """Count the time from now."""
        self._begun = time.monotonic()

    def show_progress(self, what: str, done: int, total: int) -> None:
        """Show how far it is."""
        seconds = time.monotonic() - self._begun
        if seconds < 1:
            return
        self._bar.setAccessibleName(what)
        self._bar.setMaximum(max(1, total))
        self._bar.setValue(done)
        self._bar.setFormat(f"{what}: {pace(done, total, seconds)}")
        self.show()


class LongWork(QObject):
    """Runs such work in the worker; called off, it ends without a word."""

    _went_on = Signal(int, int)

    def __init__(self, desk: Desk, page: Page, progress: ProgressRow, what: str) -> None:
        super().__init__(page)
        self._desk, self._page, self._row, self._what = desk, page, progress, what
        self._stop = threading.Event()
        progress.stop_asked.connect(self.stop)
        desk.stops.append(self._call_off)
        self._went_on.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def stop(self) -> None:
        """Stop it at its next step."""
        self._stop.set()

    def _call_off(self) -> None:
        self.stop()
        self._row.hide()

    def run(self, action: "Callable[[Console, Progress], T]", done: Callable[[T], None], **options: Any) -> None:
        """Run ``action(console, progress)`` and call ``done`` with its result; ``options`` as ``Desk.act`` has them."""
        self._stop.clear()
        self._row.begin()

        def run(console: "Console") -> T | None:
            try:
                return action(console, self._progress)
            except Cancelled:
                return None

        def over(result: T | None) -> None:
            self._row.hide()
            if result is not None:
                done(result)

        def failed(_: ConsoleError) -> bool:
            self._row.hide()
            return False

        self._desk.act(self._page, self._what, run, over, failed=failed, **options)

    def _show(self, done: int, total: int) -> None:
        was_hidden = self._row.isHidden()
        self._row.show_progress(self._what, done, total)
        if was_hidden and not self._row.isHidden():
            # Not the focus: by now somebody may be typing, here or on another page.
            self._page.bring_in_sight(self._row)
            announce(self._row, self._what)

    def _progress(self, done: int, total: int) -> bool:
        self._went_on.emit(done, total)
        return not self._stop.is_set()
