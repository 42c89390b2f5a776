# SPDX-License-Identifier: Apache-2.0
"""A released secret on the screen: read straight from the locked memory while it is painted, never stored here.

``WindowScreen.show`` is called in the worker thread and waits; the panel reads the worker's memory until somebody
says what came of it or the time is over. What Qt copies while painting is short-lived, and cannot be wiped from here.
"""

import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from console.domain import kinds
from console.gui.kit.columns import Sides
from console.gui.kit.picture_view import PictureView
from console.gui.kit.theme import mono_font
from console.gui.kit.widgets import Page, PlainLabel, announce, button, card, row
from console.gui.phrases import in_fours, span, spoken
from console.gui.shell.full_screen import FillButton
from console.language import say
from console.sentences.kinds import KINDS, hint

MASK = "●" * 12
WARN_AT_SECONDS = (30, 10)
MAX_GROUPED_LETTERS, MAX_SPOKEN_BYTES, CHECKED_LETTERS = 256, 64, 4
COVERED = say("It is covered, so that nobody reads along. Press “Show” when you are ready; once more covers it.")


class Codes(Protocol):
    """What draws a QR picture: the port ``Codes``."""

    def render(self, text: str) -> bytes: ...


@dataclass
class Showing:
    """One showing: where the secret is, and for how long."""

    title: str
    secret: memoryview
    kind: str
    seconds: int
    picture: bytes

    @property
    def is_code(self) -> bool:
        """Whether it serves once, and soon: it is not covered at first. What a key signed is none."""
        kind = kinds.find(self.kind)
        return kind is not None and kind.shows_code

    def text(self) -> str:
        """Return the secret as text, for one painting."""
        return bytes(self.secret).decode()


class SecretView(QWidget):
    """Paints the secret in big mono letters, in groups of four, or a mask whose length says nothing."""

    POINTS, MARGIN = 22, 12

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("Secret, hidden"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._showing: Showing | None = None
        self._revealed = False

    def present(self, showing: Showing | None, *, revealed: bool) -> None:
        """Show this secret, masked or revealed; None forgets it."""
        self._showing, self._revealed = showing, revealed
        # Never the secret itself: every program of this desktop session can read accessible names.
        self.setAccessibleName(
            say("Secret, on the screen") if showing is not None and revealed else say("Secret, hidden")
        )
        self.setMinimumHeight(self._height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size that holds all lines."""
        return QSize(420, self._height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the groups, wrapped at the edge."""
        painter = QPainter(self)
        painter.setFont(self._font())
        painter.setPen(QColor(self.palette().text().color()))
        metrics = QFontMetrics(painter.font())
        x, y, step = self.MARGIN, self.MARGIN, metrics.lineSpacing()
        for line in self._lines():
            for part in line:
                width = metrics.horizontalAdvance(part)
                if x + width > self.width() - self.MARGIN and x > self.MARGIN:
                    x, y = self.MARGIN, y + step
                painter.drawText(QRect(x, y, width + 4, step), Qt.AlignmentFlag.AlignVCenter, part)
                x += width + metrics.horizontalAdvance("0")
            x, y = self.MARGIN, y + step
        if self.hasFocus():
            painter.setPen(QColor(self.palette().highlight().color()))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _lines(self) -> list[list[str]]:
        if self._showing is None:
            return []
        if not self._revealed:
            return [[MASK]]
        text = self._showing.text()
        return [[line] for line in text.splitlines()] if "\n" in text else [in_fours(text)]

    def _font(self) -> QFont:
        many = self._showing is not None and self._revealed and len(self._showing.secret) > MAX_GROUPED_LETTERS
        return mono_font(11 if many else self.POINTS)

    def _height(self) -> int:
        metrics = QFontMetrics(self._font())
        letters = sum(len(part) + 1 for line in self._lines() for part in line)
        wrapped = -(-letters * metrics.horizontalAdvance("0") // 380) if len(self._lines()) == 1 else 0
        return 2 * self.MARGIN + metrics.lineSpacing() * max(1, len(self._lines()), wrapped)


class SecretPanel(Page):
    """The showing itself: the secret, its picture if it is a code, the time left, and what came of it."""

    answered = Signal(str)
    """``read_back``, ``not_read`` or, when the time was over, ``shown``."""

    def __init__(self) -> None:
        super().__init__(say("Secret on the screen"))
        self._showing: Showing | None = None
        self._revealed = False
        self._clock, self._tick = QElapsedTimer(), QTimer(self)
        self._tick.setInterval(250)
        self._tick.timeout.connect(self._count)
        self._warned: set[int] = set()
        self._hint, self._spoken, self._left = PlainLabel(), PlainLabel(), PlainLabel(role="heading")
        self._heard = PlainLabel()
        self._view, self._picture, self._fill = SecretView(), PictureView(), FillButton()
        self._reveal = button(say("Show"), self._turn)
        self._fill.turned.connect(self._leave_room)
        self._build()

    def _build(self) -> None:
        frame, column = card()
        sides, left = Sides(), QVBoxLayout()
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setWidget(self._view)
        room.viewport().setAutoFillBackground(False)
        self._view.setAutoFillBackground(False)
        room.setMinimumHeight(120)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Its text is the secret; what other programs of the session can read is its accessible name.
        self._spoken.setAccessibleName(say("How to read it aloud"))
        self._heard.setAccessibleName(say("What you must hear when it is read back"))
        for widget in (self._hint, room, self._spoken, self._heard):
            left.addWidget(widget)
        left.addLayout(row(self._reveal, self._fill))
        left.addStretch(1)
        sides.parts.addWidget(self._picture, 2)
        sides.parts.addLayout(left, 1)
        column.addWidget(sides, 1)
        column.addWidget(self._left)
        column.addLayout(
            row(
                button(say("I have it (read back)"), lambda: self.answer("read_back"), weight="primary"),
                button(say("Could not read it"), lambda: self.answer("not_read")),
            )
        )
        self.column.addWidget(frame, 1)

    def present(self, showing: Showing) -> None:
        """Begin a showing."""
        self._showing, self._warned = showing, set()
        self.title.setText(f"{showing.title} · {KINDS.get(showing.kind, showing.kind)}")
        for widget in (self._picture, self._fill):
            widget.setVisible(bool(showing.picture))
        self._picture.show_picture(showing.picture)
        self._picture.setAccessibleName(say("QR picture of the code"))
        self._set_revealed(revealed=showing.is_code)
        self._clock.start()
        self._tick.start()
        self._count()
        (self._view if self._revealed else self._reveal).setFocus(Qt.FocusReason.OtherFocusReason)

    def answer(self, outcome: str) -> None:
        """End the showing: wipe what is here, then say what came of it."""
        if self._showing is None:
            return
        self._tick.stop()
        self._showing = None
        self._view.present(None, revealed=False)
        self._picture.show_picture(b"")
        self._fill.end()
        self._spoken.clear()
        self._heard.clear()
        self.answered.emit(outcome)

    @property
    def is_showing(self) -> bool:
        """Whether a secret is on the screen."""
        return self._showing is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the full screen, or hides; it never ends a showing: a code would be lost by one stray key."""
        if event.key() == Qt.Key.Key_Escape and self._fill.is_on:
            self._fill.turn()
        elif event.key() == Qt.Key.Key_Escape:
            self._set_revealed(revealed=False)
        elif event.key() == Qt.Key.Key_F11 and self._showing and self._showing.picture:
            self._fill.turn()
        else:
            super().keyPressEvent(event)

    def _leave_room(self, is_filled: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        for widget in (self.title, self._hint):
            widget.setVisible(not is_filled)

    def _turn(self) -> None:
        self._set_revealed(revealed=not self._revealed)

    def _set_revealed(self, *, revealed: bool) -> None:
        self._revealed = revealed
        self._view.present(self._showing, revealed=revealed)
        self._reveal.setText(say("Hide") if revealed else say("Show"))
        self._reveal.setAccessibleName(say("Hide the secret") if revealed else say("Show the secret"))
        if self._showing is not None:
            self._hint.setText(hint(self._showing.kind) if revealed else COVERED)
        self._say_aloud()
        if self._showing and self._showing.picture:
            self._picture.setVisible(revealed)

    def _say_aloud(self) -> None:
        """Say how it is read aloud, and what whoever has it must say back."""
        short = self._showing is not None and len(self._showing.secret) <= MAX_SPOKEN_BYTES
        told = self._showing.text() if self._showing and self._revealed and short else ""
        told = "" if "\n" in told else told
        self._spoken.setText(say("Read aloud: {spoken}", spoken=spoken(told)) if told else "")
        last = spoken(told[-CHECKED_LETTERS:])
        self._heard.setText(
            say("Let them read all of it back. You must hear at the end: {last}", last=last) if told else ""
        )

    def _count(self) -> None:
        if self._showing is None:
            return
        left = self._showing.seconds - int(self._clock.elapsed() / 1000)
        self._left.setText(say("Hidden in {left}. It is journaled as shown either way.", left=span(left)))
        for limit in WARN_AT_SECONDS:
            if left <= limit and limit not in self._warned:
                self._warned.add(limit)
                announce(self._left, say("Hidden in {limit} seconds", limit=limit))
        if left <= 0:
            self.answer("shown")


class WindowScreen(QObject):
    """Fits the port ``Screen``: hands the secret to the panel and lets the worker wait for what came of it."""

    _wanted = Signal(object)

    def __init__(self, panel: SecretPanel, interrupt: Callable[[], None], resume: Callable[[], None]) -> None:
        super().__init__()
        self._panel, self._interrupt, self._resume = panel, interrupt, resume
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._codes: Codes | None = None
        self.is_shut = False
        """After the lock, until somebody begins something: nothing of the worker's is shown."""
        self._wanted.connect(self._present, Qt.ConnectionType.QueuedConnection)
        panel.answered.connect(self._answered)

    def drawing_with(self, codes: Codes) -> "WindowScreen":
        """Return this screen, which draws codes as pictures with the port of the open console."""
        self._codes = codes
        return self

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show the secret and return ``read_back``, ``not_read`` or ``shown``; called in the worker thread."""
        picture = b""
        if (found := kinds.find(kind)) and found.burns and self._codes is not None:
            picture = self._codes.render(bytes(secret).decode())
        showing = Showing(title, secret, kind, seconds, picture)
        self._wanted.emit(showing)
        try:
            return self._answers.get()
        finally:
            showing.picture = b""

    def end(self) -> None:
        """End a showing now, as if its time were over; the lock wins."""
        self._panel.answer("shown")

    def shut(self) -> None:
        """Show nothing any more of what was begun before: the station is locked."""
        self.is_shut = True
        self.end()

    def _present(self, showing: Showing) -> None:
        # What the worker still brings may arrive after the lock. It was journaled as shown before, and stays so.
        if self.is_shut:
            self._answers.put("shown")
            return
        self._interrupt()
        self._panel.present(showing)

    def _answered(self, outcome: str) -> None:
        self._resume()
        self._answers.put(outcome)
