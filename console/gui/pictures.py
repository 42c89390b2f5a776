# SPDX-License-Identifier: Apache-2.0
"""Something handed over as pictures on the whole page: they go round by themselves, stand still, go step by step.

What is shown here is sealed to its reader, or public: whoever films it learns nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.gui.widgets import Page, PlainLabel, button, row
from console.language import say

if TYPE_CHECKING:
    from console.actions.codes_port import Codes

ROUND_MS = 600
"""So long each picture stands: a telephone's camera takes one in half of it."""


@dataclass(frozen=True)
class HandOver:
    """One object that goes out: its bytes and its pictures; ``stem`` names its files."""

    stem: str
    data: bytes
    pictures: tuple[bytes, ...]

    def files(self) -> dict[str, bytes]:
        """Return file name -> bytes: the object itself, and every picture of it."""
        drawn = {f"{self.stem}-{number}.png": png for number, png in enumerate(self.pictures, 1)}
        return {f"{self.stem}.bg": self.data, **drawn}


def handed_over(codes: "Codes", stem: str, data: bytes) -> HandOver:
    """Return an object ready to be shown; drawing takes a while, so this is for the worker."""
    from console.actions import handoff

    return HandOver(stem, data, tuple(handoff.pictures(codes, data)))


class PictureView(QWidget):
    """Paints one picture as large as whole pixels of it allow: anything else would blur its edges."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setMinimumSize(420, 420)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, png: bytes) -> None:
        """Show these PNG bytes; empty shows nothing."""
        self._picture = QPixmap()
        self._picture.loadFromData(png, "PNG")
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it in the middle."""
        if self._picture.isNull():
            return
        side = self._picture.width()
        most = min(self.width(), self.height())
        drawn = side * max(1, most // side) if most >= side else most
        painter = QPainter(self)
        painter.drawPixmap((self.width() - drawn) // 2, 0, drawn, drawn, self._picture)
        painter.end()


class PicturesPanel(Page):
    """Shows the pictures of one object until somebody says that they were taken."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(say("Pictures"))
        self._pictures: Sequence[bytes] = ()
        self._at = 0
        self._save: Callable[[], None] = lambda: None
        self._round = QTimer(self)
        self._round.setInterval(ROUND_MS)
        self._round.timeout.connect(lambda: self._step(1))
        self._told, self._view, self._where = (
            PlainLabel(),
            PictureView(),
            PlainLabel(role="heading", wrap=False),
        )
        self._pause = button(say("Pause"), self._turn)
        self._files = button(say("Save as files"), self._save_files)
        self._lay_out()

    def _lay_out(self) -> None:
        self.column.addWidget(self._told)
        self.column.addWidget(self._view, 1)
        self.column.addLayout(row(
            button(say("Done"), self.close_it, weight="primary"), self._pause,
            button(say("Back one"), lambda: self._by_hand(-1)), button(say("On one"), lambda: self._by_hand(1)),
            self._files, self._where,
        ))  # fmt: skip
        self.column.addWidget(PlainLabel(say("Space pauses. The arrows step. Escape closes."), role="muted"))

    def present(self, title: str, told: str, pictures: Sequence[bytes], save: Callable[[], None]) -> None:
        """Begin to show; ``save`` writes the same as files."""
        self.messages.clear()
        self.title.setText(title)
        self.setAccessibleName(title)
        self._told.setText(told)
        self._pictures, self._at, self._save = pictures, 0, save
        self._set_going(going=len(pictures) > 1)
        self._show()
        self._pause.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_showing(self) -> bool:
        """Whether pictures are on the screen."""
        return bool(self._pictures)

    def close_it(self) -> None:
        """Show nothing any more."""
        if self._pictures:
            self._round.stop()
            self._pictures = ()
            self._view.show_picture(b"")
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows step, Escape closes."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        elif event.key() in steps:
            self._by_hand(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _save_files(self) -> None:
        self._save()

    def _turn(self) -> None:
        self._set_going(going=not self._round.isActive())

    def _set_going(self, *, going: bool) -> None:
        (self._round.start if going else self._round.stop)()
        name = say("Pause") if going else say("Go on")
        self._pause.setText(name)
        self._pause.setAccessibleName(name)

    def _by_hand(self, by: int) -> None:
        self._set_going(going=False)
        self._step(by)

    def _step(self, by: int) -> None:
        self._at = (self._at + by) % max(1, len(self._pictures))
        self._show()

    def _show(self) -> None:
        if self._pictures:
            self._view.show_picture(self._pictures[self._at])
            where = say("Picture {at} of {count}", at=self._at + 1, count=len(self._pictures))
            self._where.setText(where)
            self._view.setAccessibleName(where)
