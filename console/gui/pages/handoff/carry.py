# SPDX-License-Identifier: Apache-2.0
"""Carrying an object by hand: a file as pictures or as lines to read aloud, and back again."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from console.gui.kit import form
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.scan.field import ScanField
from console.language import say

OUT, BACK = say("What goes out: one file"), say("What came back: pictures or a file")
BYTES = 300
"""The most that every camera reads from a screen (docs/performance.md)."""
FILMED = say("Never a secret: whoever films these pictures has the file.")


class CarryScreen(Page):
    """Reports what is to be shown or read out, and what came back."""

    show_asked = Signal(object, int, str)
    """Files, bytes in one picture, folder."""
    spoken_asked = Signal(object)
    take_asked = Signal(object, str)
    """What came back, folder for it."""
    heard_asked = Signal(object, str)
    """Lines as typed, folder."""

    def __init__(self) -> None:
        super().__init__(say("Files as pictures, and back"))
        self.readable()
        self._out, self._came, self._typed = FilesField(OUT), ScanField(BACK), form.text()
        self._bytes, self._spoken = form.number(50, BYTES, BYTES), PlainLabel()
        self._folder = form.line()
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(PlainLabel(say("A file goes out"), role="heading"))
        column.addWidget(PlainLabel(FILMED, role="muted"))
        column.addWidget(Field(OUT, self._out))
        column.addWidget(
            Field(say("Bytes in one picture"), self._bytes, say("Fewer are easier to take, and are more pictures."))
        )
        column.addLayout(
            row(
                button(say("Show it as pictures"), lambda: self._ask_out(self._show), weight="primary"),
                button(say("Show the lines to read aloud"), lambda: self._ask_out(self.spoken_asked.emit)),
            )
        )
        column.addWidget(self._spoken)
        going = frame
        frame, column = card()
        column.addWidget(PlainLabel(say("Something came back"), role="heading"))
        column.addWidget(Field(BACK, self._came))
        column.addWidget(Field(say("or the lines that were read aloud"), self._typed, say("One line under the other.")))
        column.addWidget(Field(say("Folder for pictures and files"), self._folder))
        column.addLayout(
            row(button(say("Keep it as a file"), self._ask_take), button(say("Read the lines"), self._ask_heard))
        )
        self.column.addWidget(self.parts((say("A file goes out"), going), (say("Something came back"), frame)))
        self.column.addStretch(1)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show lines to read aloud."""
        self._spoken.setText("\n".join(lines))

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._spoken.clear()
        self._typed.clear()
        for files in (self._out, self._came):
            files.clear()

    def _show(self, names: Sequence[str]) -> None:
        self.show_asked.emit(names, self._bytes.value(), self._folder.text().strip())

    def _ask_take(self) -> None:
        data = self._came.given()
        if data is not None:
            self.take_asked.emit(data, self._folder.text().strip())
        else:
            self.say_problem(*self._came.lacking())

    def _ask_heard(self) -> None:
        lines = self._typed.toPlainText().splitlines()
        if lines:
            self.heard_asked.emit(lines, self._folder.text().strip())
        else:
            self.say_problem(say("No line is typed."), say("Type the lines as they are read to you."))

    def _ask_out(self, then: Callable[[Sequence[str]], object]) -> None:
        if self._out.names():
            then(self._out.names())
        else:
            self.say_problem(say("Nothing is chosen."), say("Choose a file."))
