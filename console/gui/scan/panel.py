# SPDX-License-Identifier: Apache-2.0
"""Scanning in the place of the page: camera, typing scanner and files fill one message, picture by picture."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from console.domain.errors import ConsoleError
from console.gui.kit.columns import Sides
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.readback import ReadBack
from console.gui.kit.widgets import Page, PlainLabel, announce, button, card, row
from console.gui.scan import arrival
from console.gui.scan.arrival import Told
from console.gui.scan.boxes import Standing, in_words
from console.gui.scan.camera_box import CameraBox
from console.gui.scan.camera_feed import Eye
from console.gui.scan.pieces import Gathering
from console.gui.scan.scanner_line import ScannerLine
from console.language import say
from console.ports.codes import Codes

FILES = say("Files: PNG, JPEG or PDF")


class ScanPanel(Page):
    """Collects the pictures of one message; reports it when it is whole, and again when it shall be taken."""

    whole = Signal(bytes)
    """Every picture is here: this is what they hold. Somebody says in words what it is, or refuses it."""
    read_asked = Signal(object)
    """Files with pictures; none while somebody only passes by."""
    closed = Signal(object, object)
    """What was taken or None, and what was said of it."""

    def __init__(self, eye: Eye, codes: Codes) -> None:
        super().__init__(say("Scan"))
        self.wanted: Sequence[str] = ()
        self.ticket = 0
        self._gathering = Gathering()
        self._arrival: tuple[bytes | None, Told] = (None, {})
        self._camera, self._scanner, self._files = CameraBox(eye), ScannerLine(codes), FilesField(FILES)
        self._standing, self._event = Standing(), PlainLabel()
        self._words = ReadBack()
        self._take = button(say("Take it"), self._give, weight="primary")
        self._lay_out()
        self._camera.seen.connect(self.take_all)
        self._scanner.scanned.connect(lambda text: self.take_all([text]))
        for source in (self._camera, self._scanner):
            source.failed.connect(self._explain)
        self._scanner.learning.connect(self._turn_to_scanner)
        self._files.named.connect(lambda: self.read_asked.emit(self._files.names()))

    def _lay_out(self) -> None:
        for widget in (self._standing, self._event, self._words):
            self.column.addWidget(widget)
        anew = button(say("Begin anew"), self.begin_anew)
        back = button(say("Back without taking it"), self.close_it)
        self.column.addLayout(row(self._take, anew, back))
        self._by_camera, left = card()
        left.addWidget(self._camera, 1)
        otherwise, right = card()
        right.addWidget(self._scanner)
        right.addWidget(Field(FILES, self._files))
        right.addStretch(1)
        sides = Sides()
        sides.parts.addWidget(self._by_camera, 1)
        sides.parts.addWidget(otherwise, 1)
        self.column.addWidget(sides, 1)

    def present(self, label: str, wanted: Sequence[str]) -> None:
        """Begin to scan what this label names, of these kinds."""
        self.wanted = wanted
        title = say("Scan: {label}", label=label)
        self.title.setText(title)
        self.setAccessibleName(title)
        self._scanner.begin()
        self.begin_anew()
        self._scanner.focus()

    def begin_anew(self) -> None:
        """Forget every picture."""
        self.messages.clear()
        self._files.clear()
        self._gathering = Gathering()
        self.ticket += 1
        self._forget_arrival()
        self._event.setText(say("Hold each picture still before the camera, in any order."))
        self._standing.show_frames(*self._gathering.standing())

    def take_all(self, texts: Sequence[str]) -> None:
        """Take the texts of pictures, whoever read them."""
        for text in texts:
            news = self._gathering.take(text)
            if news is None:
                continue
            if news.error is not None:
                self._explain(news.error)
                continue
            self._event.setText(news.text)
            if news.is_odd:
                announce(self._event, news.text)
                continue
            self._standing.show_frames(*self._gathering.standing())
            if self._gathering.is_complete():
                self._complete()

    def show_arrival(self, data: bytes, told: Told) -> None:
        """Say in words what is whole now; it may be taken."""
        self._arrival = (data, told)
        self._words.show_lines(say("This came in"), arrival.lines(told))
        self._words.show()
        if not self._scanner.is_in_use:
            # What a scanner types next must not press a button: its Enter would.
            self.reveal(self._take)
        announce(self._words, arrival.spoken(told))

    def show_refused(self, what: str, now: str) -> None:
        """Say why what came does not belong here, or cannot be read."""
        self._forget_arrival()
        self.say_problem(what, now)

    def close_it(self) -> None:
        """Take nothing."""
        self._leave(None, {})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def _turn_to_scanner(self, is_learning: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Give the calibration code the room of the camera."""
        self.messages.clear()
        self._by_camera.setVisible(not is_learning)
        (self._camera.end if is_learning else self._camera.begin)()

    def _give(self) -> None:
        data, told = self._arrival
        if data is None:
            self.say_problem(in_words(*self._gathering.standing()), say("Scan what is missing, then take it."))
        else:
            self._leave(data, told)

    def _explain(self, error: ConsoleError) -> None:
        """Say an error in words; what is here already stays."""
        from console.gui.explanations import explain

        told = explain(error)
        self.say_problem(told.what, told.now)

    def _complete(self) -> None:
        try:
            data = self._gathering.data()
        except ConsoleError as error:
            # What is damaged as a whole says not which of its pictures is.
            self.begin_anew()
            self._explain(error)
            return
        announce(self._standing, in_words(*self._gathering.standing()))
        self.whole.emit(data)

    def _forget_arrival(self) -> None:
        self._arrival = (None, {})
        self._words.forget()
        self._words.hide()

    def _leave(self, data: bytes | None, told: Told) -> None:
        self._camera.end()
        self.begin_anew()
        self.closed.emit(data, told)
