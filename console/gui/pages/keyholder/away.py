# SPDX-License-Identifier: Apache-2.0
"""People who are away: their console comes to know this station, and a change goes out to be signed there."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from console.domain.handoff import frames
from console.gui.kit import form, sizes
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group
from console.gui.scan.field import ScanField
from console.gui.snapshot import Person, View
from console.language import say
from console.sentences import change


class AwayScreen(Page):
    """Shows the open changes; reports which one goes out, what came back, and whose console is to know this station."""

    card_asked = Signal(str, str)
    """Member, folder for its files."""

    send_asked = Signal(str, str)
    """Proposal, folder for its files."""
    take_asked = Signal(str, object)
    """Proposal, the answer."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("People who are away"))
        self.readable()
        self._which = form.choice([])
        self._files = ScanField(say("Their answer: file or pictures"), [frames.SIGNATURE])
        sizes.keep(self._which, mostWidth=760)
        self._folder = form.line()
        self._folder.setText("~/Documents")
        self._who = form.choice([])
        self.column.addLayout(row(button(say("Back to people"), self.back_asked.emit)))
        self.column.addWidget(
            self.parts(
                (say("They sign a change"), self._signing()),
                (say("Their console comes to know this station"), self._introduction()),
            )
        )
        folder, column = card()
        column.addWidget(Field(say("Folder, if you save pictures as files"), self._folder))
        self.column.addWidget(folder)
        self.column.addStretch(1)

    def _introduction(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Their console comes to know this station"), role="heading"))
        column.addWidget(Field(say("Person"), self._who))
        column.addWidget(
            PlainLabel(say("Give them the twelve words another way than the pictures: on paper, or by voice."))
        )
        column.addLayout(row(button(say("Show the card"), self._send_card)))
        return frame

    def _signing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("They sign a change"), role="heading"))
        column.addWidget(Field(say("Change"), self._which))
        column.addWidget(PlainLabel(say("They take it in on their own console, read it there and sign it.")))
        column.addLayout(row(button(say("Show the pictures"), self._send, weight="primary")))
        column.addWidget(Field(say("Their answer: file or pictures"), self._files))
        column.addLayout(row(button(say("Take their signature in"), self._take)))
        return frame

    def offer(self, proposals: Sequence[View], people: Sequence[Person]) -> None:
        """Offer these open changes and these people."""
        form.fill(self._who, [(p.id, f"{p.name} ({group(p.role)})") for p in people if p.state != "suspended"])
        form.fill(self._which, [(value["proposal"], _named(value)) for value in proposals])

    def forget(self) -> None:
        """Name no file any more."""
        self._files.clear()

    def _send_card(self) -> None:
        if self._who.currentData():
            self.card_asked.emit(str(self._who.currentData()), self._folder.text().strip())

    def _send(self) -> None:
        if self._which.currentData():
            self.send_asked.emit(str(self._which.currentData()), self._folder.text().strip())

    def _take(self) -> None:
        data = self._files.given()
        if data is None:
            self.say_problem(*self._files.lacking())
        elif self._which.currentData():
            self.take_asked.emit(str(self._which.currentData()), data)


def _named(value: View) -> str:
    told = " ".join(change.change(row) for row in value["differences"])
    return say("Number {number}: {told}", number=value["number"], told=told)
