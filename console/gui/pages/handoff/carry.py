# SPDX-License-Identifier: Apache-2.0
"""Carrying an object by hand: a file as pictures or as lines to read aloud, and back again."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from console.actions.handoff import transfer
from console.gui.kit import form
from console.gui.kit.files import FilesField, read_all, write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk
from console.gui.shell.pictures import HandOver
from console.gui.snapshot import Snapshot
from console.language import say

OUT, BACK = say("What goes out: one file"), say("What came back: pictures or a file")
BYTES = 300
"""The most that every camera reads from a screen (docs/performance.md)."""
FILMED = say("Never a secret: whoever films these pictures has the file.")
Result = Mapping[str, Any]
Taken = tuple[Result, bytes]
TAKEN = say("It is: {kind}, {bytes} bytes. Nothing of it is verified here. It is in {where}: {name}.")


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


class CarryGestures(QObject):
    """Joins the page to ``actions.handoff``."""

    def __init__(self, desk: Desk, screen: CarryScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        screen.show_asked.connect(self._show)
        screen.spoken_asked.connect(self._speak)
        screen.take_asked.connect(self._take)
        screen.heard_asked.connect(self._hear)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Nothing here depends on what goes on."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _show(self, names: Sequence[str], size: int, folder: str) -> None:
        def drawn(_: object) -> HandOver:
            from console.wiring.station import codes

            name, data = _first(names)
            made = transfer.pictures(codes(), data, frame_bytes=size)
            return HandOver(Path(name).stem, data, tuple(made))

        def done(sent: HandOver) -> None:
            self._desk.hands.show_pictures(
                say("A file as pictures"), say("Whoever films them has the file."), sent, folder
            )

        self._desk.act_locked(self._screen, say("Drawing the pictures"), drawn, done)

    def _speak(self, names: Sequence[str]) -> None:
        def spoken(_: object) -> Result:
            return transfer.spoken(_first(names)[1])

        def done(value: Result) -> None:
            self._screen.show_lines([*value["names"], "", *value["text"]])

        self._desk.act_locked(self._screen, say("Writing the lines"), spoken, done)

    def _take(self, data: bytes, folder: str) -> None:
        def taken() -> Taken:
            return {"kind": transfer.kind_of(data), "bytes": len(data)}, data

        self._keep(taken, folder)

    def _hear(self, lines: Sequence[str], folder: str) -> None:
        def heard() -> Taken:
            return transfer.heard("\n".join(lines))

        self._keep(heard, folder)

    def _keep(self, read: Callable[[], Taken], folder: str) -> None:
        def kept(_: object) -> Result:
            value, data = read()
            name = f"{value['kind']}.bg"
            return {**value, "name": name, "where": write_all(folder, {name: data})}

        def done(value: Result) -> None:
            self._screen.say_done(TAKEN.format(**value))

        self._desk.act_locked(self._screen, say("Reading"), kept, done)


def _first(names: Sequence[str]) -> tuple[str, bytes]:
    return next(iter(read_all(names[:1]).items()))
