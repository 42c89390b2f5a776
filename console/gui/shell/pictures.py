# SPDX-License-Identifier: Apache-2.0
"""Something handed over as pictures on the whole page: they go round by themselves, stand still, go step by step.

What is shown here is sealed to its reader, or public: whoever films it learns nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from console.domain.errors import ConsoleError
from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.picture_view import PictureGrid, PictureView
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.shell.full_screen import FillButton
from console.language import say

if TYPE_CHECKING:
    from console.ports.codes import Codes

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
    from console.actions.handoff import transfer

    return HandOver(stem, data, tuple(transfer.pictures(codes, data)))


class Round:
    """Which of the pictures go round, and which of them is shown."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.numbers = list(range(1, count + 1))
        self._at = 0

    @property
    def number(self) -> int:
        """The number of the picture that is shown."""
        return self.numbers[self._at]

    def step(self, by: int) -> None:
        """Go on, or back."""
        self._at = (self._at + by) % len(self.numbers)

    def narrow(self, typed: str) -> None:
        """Let only the pictures with these numbers go round; none: all. ``Refused`` (frame_numbers_wrong)."""
        self.numbers = frames.read_spans(typed, self.count) or list(range(1, self.count + 1))
        self._at = 0

    def in_words(self) -> str:
        """Return which picture is shown, and whether others are left out."""
        told = say("Picture {at} of {count}", at=self.number, count=self.count)
        if len(self.numbers) == self.count:
            return told
        return say("{picture}. Only these are shown: {numbers}.", picture=told, numbers=frames.spans(self.numbers))


class PicturesPanel(Page):
    """Shows the pictures of one object until somebody says that they were taken."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(say("Pictures"))
        self._pictures: Sequence[bytes] = ()
        self._turns = Round(1)
        self._save: Callable[[], None] = lambda: None
        self._round = QTimer(self)
        self._round.setInterval(ROUND_MS)
        self._round.timeout.connect(lambda: self._step(1))
        self._told, self._where = PlainLabel(), PlainLabel(role="heading")
        self._view, self._grid, self._fill = PictureView(), PictureGrid(), FillButton()
        self._pause, self._all = button(say("Pause"), self._turn), button(say("All at once"), self._turn_grid)
        self._lacking, self._around = form.line(), QFrame()
        hint = say("As they are read out to you, like 2, 5-7. Then only these go round. Empty: all.")
        self._field = Field(say("Numbers that are missing there"), self._lacking, hint)
        self._lacking.editingFinished.connect(self._narrow)
        self._fill.turned.connect(lambda on: self._set_around(visible=not on))
        self._lay_out()

    def _lay_out(self) -> None:
        self.column.addWidget(self._told)
        buttons = row(
            button(say("Done"), self.close_it, weight="primary"),
            self._pause,
            button(say("Back one"), lambda: self._by_hand(-1)),
            button(say("On one"), lambda: self._by_hand(1)),
            self._all,
            self._fill,
            button(say("Save as files"), lambda: self._save()),  # noqa: PLW0108 - it changes
        )
        buttons.setContentsMargins(0, 0, 0, 0)
        self._around.setLayout(buttons)
        self._keys = PlainLabel(
            say("Space pauses. The arrows step. F11 fills the screen. Escape goes back."), role="muted"
        )
        for widget in (self._around, self._where, self._view, self._grid, self._field, self._keys):
            self.column.addWidget(widget, 1 if widget in (self._view, self._grid) else 0)

    def present(self, title: str, told: str, pictures: Sequence[bytes], save: Callable[[], None]) -> None:
        """Begin to show; ``save`` writes the same as files."""
        self.messages.clear()
        self.title.setText(title)
        self.setAccessibleName(title)
        self._told.setText(told)
        self._pictures, self._turns, self._save = pictures, Round(len(pictures)), save
        self._lacking.clear()
        self._field.show_wrong("")
        self._set_grid(on=False)
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
            self._fill.end()
            self._round.stop()
            self._pictures = ()
            self._view.show_picture(b"")
            self._grid.show_pictures(())
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pauses, the arrows step, F11 fills the screen, Escape goes back."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self._by_hand(-1),
            Qt.Key.Key_Right: lambda: self._by_hand(1),
            Qt.Key.Key_Space: self._turn,
            Qt.Key.Key_F11: self._fill.turn,
            Qt.Key.Key_Escape: self._fill.turn if self._fill.is_on else self.close_it,
        }
        if event.key() in keys:
            keys[event.key()]()
        else:
            super().keyPressEvent(event)

    def _narrow(self) -> None:
        from console.gui.explanations import explain

        try:
            self._turns.narrow(self._lacking.text())
        except ConsoleError as error:
            told = explain(error)
            self._field.show_wrong(f"{told.what} {told.now}")
            return
        self._field.show_wrong("")
        self._show()

    def _turn(self) -> None:
        self._set_going(going=not self._round.isActive())

    def _turn_grid(self) -> None:
        self._set_grid(on=self._grid.isHidden())
        self._show()

    def _set_grid(self, *, on: bool) -> None:
        self._grid.setVisible(on)
        self._view.setVisible(not on)
        self._set_going(going=not on and len(self._turns.numbers) > 1)
        name = say("One after the other") if on else say("All at once")
        self._all.setText(name)
        self._all.setAccessibleName(name)

    def _set_going(self, *, going: bool) -> None:
        (self._round.start if going else self._round.stop)()
        name = say("Pause") if going else say("Go on")
        self._pause.setText(name)
        self._pause.setAccessibleName(name)

    def _set_around(self, *, visible: bool) -> None:
        for widget in (self.title, self._told, self._around, self._field):
            widget.setVisible(visible)

    def _by_hand(self, by: int) -> None:
        self._set_going(going=False)
        self._step(by)

    def _step(self, by: int) -> None:
        self._turns.step(by)
        self._show()

    def _show(self) -> None:
        if not self._pictures:
            return
        numbers, where = self._turns.numbers, self._turns.in_words()
        if self._grid.isHidden():
            self._view.show_picture(self._pictures[self._turns.number - 1])
            self._view.setAccessibleName(where)
        else:
            where = say("Pictures {numbers}", numbers=frames.spans(numbers))
            self._grid.show_pictures([(number, self._pictures[number - 1]) for number in numbers])
        self._where.setText(where)
