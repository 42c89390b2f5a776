# SPDX-License-Identifier: Apache-2.0
"""Drives the real window on a long journal from within its process, and times from the key to the painted rows.

    python -m tests.benchmarks.window_driver STATION ROUNDS FILE

Started by ``journal_window``. A heartbeat tells how long the window could not answer: the longest is its worst frame.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from console.confinement import shut_network

shut_network()

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer  # noqa: E402 - after the network is gone
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QTableView, QWidget  # noqa: E402

from console.gui.app import make_window  # noqa: E402
from console.gui.assembly import furnish  # noqa: E402
from console.gui.kit import theme  # noqa: E402
from console.gui.shell.window import Window  # noqa: E402
from console.settings import read  # noqa: E402

BEAT_MS, KEY_MS = 5, 40
REST_S, LIMIT_S = 0.6, 60.0
"""Between two measurements nothing is asked for so long that the station is given back."""
GO, SEARCH = "Go to an entry's number or a date, Control G", "Search"
FILTERS = {
    "kind": ("Which entries", "credential sealed"),
    "person": ("Whose", "By or about Anna Berg"),
    "time": ("When", "In the last 7 days"),
}
"""What is filtered by -> the field, and what is chosen in it."""


class Heart(QObject):
    """Beats while the window answers; remembers the longest pause between two beats, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.worst, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst, self._last = max(self.worst, (now - self._last) * 1e3 - BEAT_MS), now


class Eye(QObject):
    """Counts how often a table was painted with other rows than before."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._changed, self.seen = False, 0
        table.model().modelReset.connect(self._note)
        table.viewport().installEventFilter(self)

    def _note(self) -> None:
        self._changed = True

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Look on."""
        if event.type() == QEvent.Type.Paint and self._changed:
            self._changed = False
            self.seen += 1
        return False


class Driver:
    """Presses keys as a person does, one thing after the other."""

    def __init__(self, window: Window) -> None:
        self._window, self.heart = window, Heart()
        self._chance = random.Random(1)
        self.found: dict[str, list[float]] = {}

    def drive(self, rounds: int) -> None:
        """Take all measurements."""
        until(lambda: self._window.is_allowed("journal"))
        rest()
        self.heart.worst = 0.0
        self._open_first()
        self.found["worst frame, first open"] = [self.heart.worst]
        self.heart.worst = 0.0
        for _ in range(rounds):
            self._round()
        self.found["worst frame"] = [self.heart.worst]

    def _open_first(self) -> None:
        start = time.perf_counter()
        QTest.keyClick(self._window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
        self._eye = Eye(self._seen(QTableView))
        until(lambda: self._eye.seen > 0)
        self.found["first open"] = [(time.perf_counter() - start) * 1e3]

    def _round(self) -> None:
        self._window.choose("board")
        rest()
        self._timed("open", lambda: QTest.keyClick(self._window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier))
        go = self._seen(QLineEdit, GO)
        for _ in range(3):
            rest()
            go.setFocus()
            go.clear()
            QTest.keyClicks(go, str(self._chance.randrange(1000, self._size())), delay=KEY_MS)
            self._timed("jump", lambda: QTest.keyClick(go, Qt.Key.Key_Return))
        for name, (field, words) in FILTERS.items():
            box = self._seen(QComboBox, field)
            rest()
            self._timed(f"filter by {name}", partial(box.setCurrentIndex, box.findText(words)))
            self._timed("unfiltered again", partial(box.setCurrentIndex, 0))
        self._search("kieb", "search, a rare word")
        self._search("reading", "search, a common word")

    def _search(self, text: str, name: str) -> None:
        search = self._seen(QLineEdit, SEARCH)
        rest()
        QTest.keyClicks(search, text, delay=KEY_MS)
        self._timed(name, lambda: QTest.keyClick(search, Qt.Key.Key_Return))
        rest()
        search.clear()
        self._timed("unfiltered again", lambda: QTest.keyClick(search, Qt.Key.Key_Return))

    def _timed(self, name: str, act: Callable[[], object]) -> None:
        before, start = self._eye.seen, time.perf_counter()
        act()
        until(lambda: self._eye.seen > before)
        self.found.setdefault(name, []).append((time.perf_counter() - start) * 1e3)

    def _seen(self, kind: type[Any], name: str = "") -> Any:
        found: list[QWidget] = self._window.page.findChildren(kind)
        return next(w for w in found if name in ("", w.accessibleName()) and (name or w.isVisible()))

    def _size(self) -> int:
        return int(self._seen(QTableView).model().number_at(0))


def until(is_true: Callable[[], bool]) -> None:
    """Let the window live until something is true; the heartbeat wakes this at least."""
    end = time.monotonic() + LIMIT_S
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def rest() -> None:
    """Let the window live for a while in which nobody does anything."""
    end = time.monotonic() + REST_S
    until(lambda: time.monotonic() > end)


def main(station: str, rounds: str, file: str) -> int:
    """Open the window, drive it, write down what was measured."""
    settings = read(Path(station))
    theme.application()
    window, unlock = make_window(settings, None)
    window.show()
    furnish(settings, window, unlock)
    driver = Driver(window)
    try:
        driver.drive(int(rounds))
    finally:
        window.close()
    Path(file).write_text(json.dumps(driver.found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
