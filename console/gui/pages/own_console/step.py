# SPDX-License-Identifier: Apache-2.0
"""A change of people or rules on a keyholder's own console: take it in, read it, sign it, hand the signature back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from console.actions.keyholder import enrolment
from console.actions.policy import steps
from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import change as changes

if TYPE_CHECKING:
    from console.actions.own_console.answer import OwnConsole
    from console.domain.policy.succession import Step

CHANGE = say("The change: file or pictures")
WORDS_HINT = say("Only if this console knows no station yet. From paper, or as two founders read them aloud.")
BACK = say("The station's people take this in on the page People. No secret is in it.")


class StepScreen(Page):
    """Shows a change in words; reports what is to be read, and that it is signed."""

    read_asked = Signal(object, object)
    """The change, the station's twelve words."""
    sign_asked = Signal(str)
    """Folder for the signature's files."""

    def __init__(self) -> None:
        super().__init__(say("Sign a change of people or rules"))
        self.readable()
        self._files, self._words, self._folder = ScanField(CHANGE, [frames.CHANGE]), form.line(), form.line()
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(Field(CHANGE, self._files))
        column.addWidget(Field(say("The station's twelve words"), self._words, WORDS_HINT))
        column.addLayout(row(button(say("Read the change"), self._ask_read, weight="primary")))
        self.column.addWidget(frame)
        self._read, inside = card()
        self._lines = QVBoxLayout()
        inside.addWidget(PlainLabel(say("What you would sign"), role="heading"))
        inside.addLayout(self._lines)
        inside.addWidget(Field(say("Folder, if you save the signature as files"), self._folder))
        sign = button(
            say("Sign this change"), lambda: self.sign_asked.emit(self._folder.text().strip()), weight="primary"
        )
        inside.addLayout(row(sign))
        self.column.addWidget(self._read)
        self.column.addStretch(1)
        self.forget()

    def show_change(self, value: View) -> None:
        """Say a change in words, before it is signed."""
        clear_layout(self._lines)
        self._lines.addWidget(PlainLabel(say("Change number {number}", number=value["number"])))
        for difference in value["differences"]:
            self._lines.addWidget(PlainLabel(changes.change(difference)))
        for mind in value["warnings"]:
            label = PlainLabel(say("▲  Mind: {warning}", warning=changes.warning(mind)))
            label.set_tone("warning")
            self._lines.addWidget(label)
        self._read.show()
        self.reveal(self._read)

    def forget(self) -> None:
        """Show no change: its keyholder has gone, or it is signed."""
        clear_layout(self._lines)
        self._files.clear()
        self._words.clear()
        self._read.hide()

    def _ask_read(self) -> None:
        change = self._files.given()
        if change is not None:
            self.read_asked.emit(change, self._words.text().replace(",", " ").split())
        else:
            self.say_problem(*self._files.lacking())


class StepGestures(QObject):
    """Joins the page to ``actions.enrolment`` as an own console has it."""

    def __init__(self, desk: Desk, screen: StepScreen, me: str) -> None:
        super().__init__()
        self._desk, self._screen, self._me = desk, screen, me
        self._step: Step | None = None
        screen.read_asked.connect(self._read)
        screen.sign_asked.connect(self._sign)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """There is no station here."""

    def forget(self) -> None:
        """Its keyholder has gone."""
        self._step = None
        self._screen.forget()

    def _read(self, change: bytes, spoken: Sequence[str]) -> None:
        def read(own: "OwnConsole") -> "tuple[Step, View]":
            step = enrolment.read_bundle(own, change, spoken)
            return step, steps.describe(step)

        def done(found: "tuple[Step, View]") -> None:
            self._step, value = found
            self._screen.show_change(value)

        self._desk.act_locked(self._screen, say("Reading the change"), read, done)

    def _sign(self, folder: str) -> None:
        step = self._step
        if step is None:
            return

        def sign(own: "OwnConsole") -> HandOver:
            from console.wiring.station import codes

            return handed_over(codes(), f"{self._me}-{step.id}", enrolment.sign_elsewhere(own, step).encode())

        def done(sent: HandOver) -> None:
            self.forget()
            self._screen.say_done(say("The change is signed. Hand the signature back to the station."))
            self._desk.hands.show_pictures(say("Your signature"), BACK, sent, folder)

        self._desk.act_locked(
            self._screen,
            say("Signing"),
            sign,
            done,
            pin_of=self._me,
            why=say("To sign this change of people or rules."),
        )
