# SPDX-License-Identifier: Apache-2.0
"""One person: whether their token still works, how they are reached, and who is called in their place."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.phrases import group
from console.gui.snapshot import Person, View
from console.language import say

NOBODY = ("", say("Nobody is named"))


class Reach(QFrame):
    """Reports whose token shall be proven, and which contact card shall be kept."""

    prove_asked = Signal(str)
    contact_asked = Signal(str, object)
    """Member, and the fields of the card; an empty one stays as it was."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._complain = complain
        self._people: tuple[Person, ...] = ()
        self._cards: Mapping[str, View] = {}
        self._who, self._deputy = form.choice([]), form.choice([NOBODY])
        self._who.currentIndexChanged.connect(lambda _: self._show_card())
        self._lines = {"phone": form.line(), "mail": form.line(), "reach": form.line()}
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("One person: their token, and how they are reached"), role="heading"))
        column.addWidget(Field(say("Person"), self._who))
        column.addWidget(PlainLabel(say("Once a month: the token signs and opens a test. It is journaled.")))
        column.addLayout(row(button(say("Prove the token"), self._ask_prove)))
        column.addWidget(Field(say("Telephone"), self._lines["phone"]))
        column.addWidget(Field(say("Mail"), self._lines["mail"]))
        column.addWidget(Field(say("When and how to reach them"), self._lines["reach"]))
        column.addWidget(Field(say("Who is called next"), self._deputy, say("Somebody of the same group.")))
        column.addWidget(PlainLabel(say("What you leave empty stays as it was."), role="muted"))
        column.addLayout(row(button(say("Keep this contact card"), self._ask_contact)))

    def offer(self, people: Sequence[Person], rows: Sequence[View]) -> None:
        """Offer these people; ``rows``: everybody with their contact card."""
        self._people = tuple(people)
        self._cards = {str(told["id"]): told for told in rows}
        form.fill(self._who, [(p.id, f"{p.name} ({group(p.role)})") for p in people])

    def forget(self) -> None:
        """Show nobody: the station is locked."""
        self.offer((), ())
        for edit in self._lines.values():
            edit.clear()

    def _show_card(self) -> None:
        """Fill the fields when another person is chosen; never while somebody types."""
        who = next((p for p in self._people if p.id == self._who.currentData()), None)
        if who is None:
            return
        told = self._cards[who.id]
        for name, edit in self._lines.items():
            edit.setText(str(told[name]))
        same = [(p.id, p.name) for p in self._people if p.role == who.role and p.id != who.id]
        form.fill(self._deputy, [NOBODY, *same])
        self._deputy.setCurrentIndex(max(0, self._deputy.findData(told["deputy"])))

    def _ask_prove(self) -> None:
        if member := self._chosen():
            self.prove_asked.emit(member)

    def _ask_contact(self) -> None:
        if member := self._chosen():
            card = {name: edit.text().strip() for name, edit in self._lines.items()}
            card["deputy"] = str(self._deputy.currentData() or "")
            self.contact_asked.emit(member, card)

    def _chosen(self) -> str:
        member = str(self._who.currentData() or "")
        if not member:
            self._complain(say("Nobody is chosen."), say("Choose the person."))
        return member
