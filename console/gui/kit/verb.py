# SPDX-License-Identifier: Apache-2.0
"""The button: Enter and Space press it, a key held down never does, and a grave one waits before it hears anything."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

GRAVE_MS = 500
"""A key or a click that was meant for what stood here before comes within this time."""
GRAVE_WEIGHTS = ("primary", "danger")
ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESSES = (*ENTERS, Qt.Key.Key_Space, Qt.Key.Key_Select)
RELEASES = (QEvent.Type.MouseButtonRelease, QEvent.Type.KeyRelease)


def is_press(event: QEvent) -> bool:
    """Return whether an event presses the button that gets it."""
    if isinstance(event, QKeyEvent):
        return event.type() == QEvent.Type.KeyPress and event.key() in PRESSES
    return event.type() == QEvent.Type.MouseButtonPress


class Verb(QPushButton):
    """Says what it does; ``weight``: primary and danger are grave, as what they do cannot be taken back."""

    def __init__(self, text: str, pressed: Callable[[], object], *, weight: str, name: str) -> None:
        super().__init__(text)
        self.weight, self._appeared = weight, QElapsedTimer()
        self._appeared.start()
        self.setProperty("weight", weight)
        self.setAccessibleName(name or text)
        # Else a dialog's default button would take every Enter.
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: pressed())

    @property
    def hears(self) -> bool:
        """Whether a key or a click would press it now."""
        return self.weight not in GRAVE_WEIGHTS or self._appeared.elapsed() >= GRAVE_MS

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to wait: it has only just appeared under the hand."""
        self._appeared.start()
        super().showEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let no second click of a nervous hand press what has just come under it."""
        if self.hears:
            super().mousePressEvent(event)
        else:
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let one deliberate key press it."""
        if event.key() not in PRESSES:
            super().keyPressEvent(event)
        elif event.isAutoRepeat() or not self.hears:
            event.accept()
        elif event.key() in ENTERS:
            self.click()
        else:
            super().keyPressEvent(event)
