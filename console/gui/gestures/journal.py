# SPDX-License-Identifier: Apache-2.0
"""Gestures about the journal: turn its pages, verify it, stop verifying."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from console.domain.errors import ConsoleError
from console.gui.desk import Desk, say_error
from console.gui.screens.journal import JournalScreen
from console.gui.snapshot import Snapshot

if TYPE_CHECKING:
    from console.actions.ports import Console

Result = Mapping[str, Any]


class JournalGestures(QObject):
    """Joins the journal screen to ``actions.journal``."""

    _went_on = Signal(int, int)

    def __init__(self, desk: Desk, screen: JournalScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._stop = threading.Event()
        screen.page_asked.connect(self._page)
        screen.verify_asked.connect(self._verify)
        screen.cancel_asked.connect(self._stop.set)
        self._went_on.connect(screen.show_progress, Qt.ConnectionType.QueuedConnection)
        desk.hands.window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """A page stands still while it is read."""

    def forget(self) -> None:
        """Stop whatever goes on: the station is being locked."""
        self._stop.set()
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "journal":
            from console.wording import ENTRY_TYPES

            self._screen.set_words(ENTRY_TYPES)
            self._screen.newest()

    def _page(self, type_: str | None, before: int | None) -> None:
        def page(console: "Console") -> Result:
            from console.actions import journal

            return journal.list_entries(console, type_=type_, before=before, newest_first=True)

        def failed(error: Any) -> None:
            say_error(self._screen, error)

        self._desk.hands.worker.run(
            "", page, lambda found: self._screen.show_page(found["entries"], found["size"]), failed
        )

    def _verify(self) -> None:
        self._stop.clear()

        def verify(console: "Console") -> Result:
            from console.actions import journal

            return journal.verify(console, progress=self._progress)

        def failed(_: ConsoleError) -> bool:
            self._screen.stop_verifying()
            return False

        self._desk.act(self._screen, "Verifying", verify, self._show_verdict, failed=failed)

    def _progress(self, done: int, total: int) -> bool:
        self._went_on.emit(done, total)
        return not self._stop.is_set()

    def _show_verdict(self, verdict: Result) -> None:
        from console.wording import finding

        told = [f"Entry {row['seq']}: {finding(str(row['code']))}." for row in verdict["findings"]]
        self._screen.show_verdict(verdict, told)
