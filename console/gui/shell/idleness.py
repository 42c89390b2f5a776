# SPDX-License-Identifier: Apache-2.0
"""Nobody is there any more, or somebody presses the keys that lock: seen in every window, list and menu."""

import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from console.domain.station import is_idle_over
from console.gui.shell.window import Window
from console.gui.snapshot import up_seconds
from console.language import say, say_count

TOUCHES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel)
TICK_MS = 1000
SLEPT_SECONDS = 1
"""The keeper ends after a suspend of this length, too."""


class IdleLock(QObject):
    """Calls ``lock`` with the reason: some minutes without a touch, a sleep, or Control L."""

    def __init__(self, window: Window, minutes: int, lock: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._minutes, self._lock = window, minutes, lock
        self._touched, self._asleep = up_seconds(), asleep_seconds()
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self.look(up_seconds(), asleep_seconds()))
        self._timer.start(TICK_MS)
        cast(QApplication, QApplication.instance()).installEventFilter(self)

    def look(self, now: float, asleep: float) -> None:
        """Lock if nobody has been there for too long, or the machine has slept: seconds since its start."""
        slept, self._asleep = asleep - self._asleep > SLEPT_SECONDS, asleep
        if slept:
            self._lock(say("Locked because this computer was asleep."))
        elif is_idle_over(now - self._touched, self._minutes * 60, shows_code=self._window.panels.shows_code()):
            self._lock(
                say_count(
                    self._minutes,
                    "Locked because nobody was here for 1 minute.",
                    "Locked because nobody was here for {count} minutes.",
                )
            )

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Begin to count anew at every touch. Lists of files take the keys for themselves: not these."""
        if event.type() in TOUCHES:
            self._touched = up_seconds()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and _locks(event):
            self._lock("")
            return True
        return False


def _locks(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.ControlModifier


def asleep_seconds() -> float:
    """Return for how long this machine was suspended since its start."""
    return up_seconds() - time.clock_gettime(time.CLOCK_MONOTONIC)
