# SPDX-License-Identifier: Apache-2.0
"""The line into which a typing scanner types, and the code by which it learns this computer's keyboard."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError, Refused
from console.domain.handoff import frames, scanner
from console.gui.kit.form import Field
from console.gui.kit.picture_view import PictureView
from console.gui.kit.widgets import PlainLabel, announce, button, row
from console.language import say

if TYPE_CHECKING:
    from console.ports.codes import Codes

CODE_PIXELS = 336


class ScannerLine(QWidget):
    """Turns what a scanner types into what it read; the layout that it learnt holds as long as the window."""

    scanned = Signal(str)
    learning = Signal(bool)
    """Whether the calibration code is shown; what was said before is over."""
    failed = Signal(object)
    """A ``ConsoleError``: what was typed is none, or the keyboard cannot be learnt."""

    def __init__(self, codes: "Codes") -> None:
        super().__init__()
        self._codes, self._layout = codes, scanner.AS_TYPED
        self._is_learning = False
        self.is_in_use = False
        """Whether something was typed since scanning began."""
        self._line, self._code, self._told = QLineEdit(), PictureView(), PlainLabel()
        self._code.setMinimumSize(CODE_PIXELS, CODE_PIXELS)
        self._line.setMaxLength(scanner.MAX_TYPED + 1)
        self._line.returnPressed.connect(self._typed)
        hint = say("Put the focus here, then scan. The scanner must send Enter after each code.")
        self._learn = button(say("It types wrong letters"), self._turn)
        column, sides = QVBoxLayout(), QHBoxLayout(self)
        column.addWidget(Field(say("A scanner that types"), self._line, hint))
        column.addLayout(row(self._learn))
        column.addWidget(self._told)
        column.addStretch(1)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.addLayout(column, 1)
        sides.addWidget(self._code)
        self._set_learning(on=False)

    def begin(self) -> None:
        """Forget what was typed; what was learnt stays."""
        self._line.clear()
        self.is_in_use = False
        self._set_learning(on=False)

    def focus(self) -> None:
        """Let the next scan be typed here."""
        self._line.setFocus()

    def _typed(self) -> None:
        typed = self._line.text()
        self._line.clear()
        self.is_in_use = True
        try:
            if self._is_learning:
                self._learn_from(typed)
            else:
                self.scanned.emit(_read(self._layout, typed))
        except ConsoleError as error:
            self.failed.emit(error)
        # A message takes the focus, and its end gives it away: the next scan belongs here all the same.
        self._line.setFocus()

    def _learn_from(self, typed: str) -> None:
        self._layout = scanner.read_calibration(typed)
        self._set_learning(on=False)
        self._tell(say("The keyboard of the scanner is learnt. Scan the pictures now."))

    def _turn(self) -> None:
        self._set_learning(on=not self._is_learning)
        if self._is_learning:
            self._tell(say("Scan this calibration code once, with nothing else before it."))
        self._line.setFocus()

    def _set_learning(self, *, on: bool) -> None:
        self._is_learning = on
        self._told.setVisible(False)
        self._code.setVisible(on)
        self._code.show_picture(self._codes.render(scanner.CALIBRATION) if on else b"")
        self._code.setAccessibleName(say("The calibration code"))
        name = say("Stop learning") if on else say("It types wrong letters")
        self._learn.setText(name)
        self._learn.setAccessibleName(name)
        self.learning.emit(on)

    def _tell(self, text: str) -> None:
        self._told.setText(text)
        self._told.show()
        announce(self._told, text)


def _read(layout: scanner.Layout, typed: str) -> str:
    """Return what was scanned; ``Refused`` as ``Layout.read``, and scanner_garbled for what is no picture of ours."""
    text = layout.read(typed)
    try:
        frames.parse(text)
    except Refused as error:
        # Letters may be changed over by a keyboard and still be letters.
        raise Refused("scanner_garbled") if error.code == "handoff_not_a_frame" else error from error
    return text
