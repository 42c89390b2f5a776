# SPDX-License-Identifier: Apache-2.0
"""A button that lets a panel fill the screen, and gives the room back; a drill's banner stays visible."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy

from console.gui.shell.window import Window
from console.language import say


class FillButton(QPushButton):
    """Turns filling on and off."""

    turned = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._is_on = False
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _=False: self.turn())
        self._set(on=False)

    @property
    def is_on(self) -> bool:
        """Whether the panel fills the screen."""
        return self._is_on

    def turn(self) -> None:
        """Fill the screen, or stop it."""
        self._set(on=not self._is_on)

    def end(self) -> None:
        """Give the room back."""
        if self._is_on:
            self._set(on=False)

    def _set(self, *, on: bool) -> None:
        self._is_on = on
        name = say("Leave the full screen") if on else say("Fill the screen")
        self.setText(name)
        self.setAccessibleName(name)
        window = self.window()
        if isinstance(window, Window):
            _fill(window, on=on)
        self.turned.emit(on)


def _fill(window: Window, *, on: bool) -> None:
    """Let what is shown have the room of strip and rail, or give it back."""
    if on == window.rail.isHidden():
        return
    window.rail.setVisible(not on)
    window.strip.setVisible(not on)
    flag = Qt.WindowState.WindowFullScreen
    window.setWindowState(window.windowState() | flag if on else window.windowState() & ~flag)
