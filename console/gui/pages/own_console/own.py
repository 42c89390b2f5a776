# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console: know the station, take a request in, read it, decide, hand the answer back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.decision import Decision
from console.gui.kit.denial import Denial
from console.gui.kit.form import Field
from console.gui.kit.readback import Line, ReadBack
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.scan.field import ScanField
from console.gui.snapshot import Person, View
from console.language import say

COMPARE = say("Type the twelve words from paper, or as two founders read them aloud. Never from the card itself.")
NEXT = say(
    "The station's people need your card, and its twelve words by voice. "
    "Then they send you a change: sign it under Changes. When it is in force, the station's card comes."
)


class OwnScreen(Page):
    """Shows what this console knows and what it is asked; reports what its keyholder does."""

    pin_asked = Signal(object, object)
    """The card, the twelve words."""
    read_asked = Signal(object)
    """A request."""
    agree_asked = Signal(object, object)
    """Matters as typed, what was confirmed."""
    refuse_asked = Signal(str, bool)
    """Reason, and whether it shall end though it may be open already."""
    card_asked = Signal(str)
    """Folder for the files of this person's own card."""
    show_asked = Signal(str)
    """Folder for the answer's files."""

    def __init__(self, name: str) -> None:
        super().__init__(say("The console of {name}", name=name))
        self.readable()
        self._knows, self._mode = PlainLabel(), PlainLabel()
        self._mode.set_tone("warning")
        self._card, self._words = (
            ScanField(say("The station's card: file or pictures"), [frames.PIN_CARD]),
            form.line(),
        )
        self._request = ScanField(say("The request: file or pictures"), [frames.ERRAND])
        self._folder = form.line()
        self._folder.setText("~/Documents")
        self._read_back = ReadBack()
        self._decision = Decision(self.say_problem, self.reveal)
        self._decision.approved.connect(lambda _, *said: self.agree_asked.emit(*said))
        self._denial = Denial(self.say_problem, self.reveal)
        self._denial.denied.connect(lambda _, why: self.refuse_asked.emit(why, False))
        self._veto_why = form.line()
        self._mine = _mine(lambda: self.card_asked.emit(self._folder.text().strip()))
        self._pinning, self._asking = self._make_pinning(), self._make_asking()
        self._answer = self._make_answer()
        self._answers = self.parts(
            (say("Approve it"), self._decision),
            (say("Deny it"), self._denial),
            (say("End the session, though it may be open"), self._make_veto()),
        )
        for widget in (
            self._mode,
            self._knows,
            self._pinning,
            self._mine,
            self._asking,
            self._read_back,
            self._answers,
            self._answer,
        ):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        for widget in (self._mode, self._mine, self._pinning, self._asking):
            widget.hide()
        self._knows.setText(say("One moment: this console is being opened."))
        self.forget()

    def show_pinned(self, station: str, *, is_drill: bool, has_card: bool) -> None:
        """Show which station is known; without one only a card can be taken in, and one's own shown again."""
        self._knows.setText(station or say("This console knows no station yet."))
        self._mode.setText(say("▲  THIS IS A DRILL: nothing here opens anything real.") if is_drill else "")
        self._mode.setVisible(is_drill)
        self._mine.setVisible(has_card and not station)
        self._pinning.setVisible(not station)
        self._asking.setVisible(bool(station))
        self.forget()

    def show_request(self, title: str, lines: Sequence[Line], me: Person, confirms: Sequence[str], said: View) -> None:
        """Read a request back, and let its keyholder decide."""
        self._read_back.show_lines(title, lines)
        self._clear()
        self._decision.offer([me], confirms, said)
        self._denial.offer([me])
        for widget in (self._read_back, self._answers):
            widget.show()
        self._answer.hide()
        self.reveal(self._read_back)

    def show_answered(self) -> None:
        """Offer the answer once more."""
        self._clear()
        self._answers.hide()
        self._answer.show()

    def forget(self) -> None:
        """Show no request."""
        self._read_back.forget()
        self._clear()
        for files in (self._card, self._request):
            files.clear()
        for widget in (self._read_back, self._answers, self._answer):
            widget.hide()

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason of a denial."""
        self._denial.show_reason_wrong(sentence)

    def _clear(self) -> None:
        for part in (self._decision, self._denial, self._veto_why):
            part.clear()
        self._answers.turn_to(self._decision)

    def _make_pinning(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Which station is yours"), role="heading"))
        column.addWidget(Field(say("The station's card: file or pictures"), self._card))
        column.addWidget(Field(say("Its twelve words"), self._words, COMPARE))
        column.addLayout(row(button(say("Know this station"), self._ask_pin, weight="primary")))
        return frame

    def _make_asking(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Take a request in"), role="heading"))
        column.addWidget(Field(say("The request: file or pictures"), self._request))
        column.addLayout(row(button(say("Read it"), self._ask_read, weight="primary")))
        return frame

    def _make_veto(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("End the session, though it may be open"), role="heading"))
        column.addWidget(Field(say("Reason, if you end it"), self._veto_why))
        column.addWidget(Twice(say("End the session"), say("Yes, end it: nothing more can be shown"), self._ask_veto))
        return frame

    def _make_answer(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Hand the answer back"), role="heading"))
        column.addWidget(Field(say("Folder, if you save it as files"), self._folder))
        show = button(say("Show the answer as pictures"), self._ask_show, weight="primary")
        column.addLayout(row(show))
        return frame

    def _ask_show(self) -> None:
        self.show_asked.emit(self._folder.text().strip())

    def _ask_pin(self) -> None:
        words = self._words.text().replace(",", " ").split()
        card = self._card.given()
        if card is None:
            self.say_problem(*self._card.lacking())
        elif not words:
            self.say_problem(
                say("The twelve words are missing."), say("Type them from paper, or as they are read to you.")
            )
        else:
            self.pin_asked.emit(card, words)

    def _ask_read(self) -> None:
        request = self._request.given()
        if request is not None:
            self.read_asked.emit(request)
        else:
            self.say_problem(*self._request.lacking())

    def _ask_veto(self) -> None:
        self.refuse_asked.emit(self._veto_why.text(), True)


def _mine(show: Callable[[], None]) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("Until then: your own card"), role="heading"))
    column.addWidget(PlainLabel(NEXT))
    column.addLayout(row(button(say("Show my card and its words"), show)))
    return frame
