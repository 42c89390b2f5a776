# SPDX-License-Identifier: Apache-2.0
"""One keyholder's no: apart from the yes, with its reason, and asked twice, as one is enough to end a request."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.decision import Complain
from console.gui.kit.form import Field, People
from console.gui.kit.typed_text import once
from console.gui.kit.widgets import PlainLabel
from console.gui.snapshot import Person, choices_of
from console.language import say


class Denial(QFrame):
    """Reports who denies a request, and why."""

    denied = Signal(str, str)
    """Member, reason."""

    def __init__(self, complain: Complain, reveal: Callable[[QWidget], None]) -> None:
        super().__init__()
        once(self)
        self.setObjectName("card")
        self._complain, self._reveal = complain, reveal
        self._people, self._why = People(), form.text()
        self._person = Field(say("Who denies it"), self._people)
        self._reason = Field(say("Reason"), self._why, say("In whole words; it stands in the journal."))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("One denial is enough: then the request is over."), role="heading"))
        for field in (self._person, self._reason):
            column.addWidget(field)
        column.addWidget(Twice(say("Deny"), say("Yes, deny it: the request is over"), self._deny))

    def offer(self, people: Sequence[Person]) -> None:
        """Offer these people; who was chosen stays chosen."""
        self._people.offer(choices_of(people))

    def clear(self) -> None:
        """Empty what the last keyholder chose and typed."""
        self._people.clear()
        self._why.clear()
        self._reason.show_wrong("")

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason."""
        self._reason.show_wrong(sentence)

    def _deny(self) -> None:
        nobody = "" if self._people.value() else say("Nobody is chosen.")
        self._reason.show_wrong("")
        self._person.show_wrong(nobody)
        if nobody:
            lead = (self._person.label, lambda: self._reveal(self._people))
            self._complain(nobody, say("Choose who denies it."), [lead])
        else:
            self.denied.emit(self._people.value(), self._why.toPlainText())
