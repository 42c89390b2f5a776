# SPDX-License-Identifier: Apache-2.0
"""One keyholder's yes: who, the matter number typed again, and what Legal confirms, in words of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.domain.activation.justification import check_restated
from console.domain.errors import Refused
from console.gui.explanations import explain
from console.gui.kit import form
from console.gui.kit.form import Field, Lead, People
from console.gui.kit.tick import Tick
from console.gui.kit.typed_text import once
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.snapshot import Person, View, choices_of
from console.language import say
from console.sentences.terms import PRIVILEGES

MISSING = say("It is missing or empty.")
Complain = Callable[[str, str, Sequence[Lead]], None]
"""Shows what happened, what to do now, and what leads to the fields."""


def _privilege(said: View) -> str:
    if said["privilege"] == "none":
        return say("I confirm that no privilege is claimed.")
    return say("I confirm the privilege basis: {privilege}.", privilege=PRIVILEGES[said["privilege"]])


CONFIRMS: Mapping[str, Callable[[View], str]] = {"privilege": _privilege}
"""What Legal confirms -> its words, which say again what the request says."""


class Decision(QFrame):
    """Reports an approval once it is complete; else complains."""

    approved = Signal(str, object, object)
    """Member, matters as typed, what was confirmed."""

    def __init__(self, complain: Complain, reveal: Callable[[QWidget], None]) -> None:
        super().__init__()
        once(self)
        self.setObjectName("card")
        self._complain, self._reveal = complain, reveal
        self._deciders: Sequence[Person] = ()
        self._legal_confirms: Sequence[str] = ()
        self._asked: Sequence[str] = ()
        """The matter numbers of the request."""
        self._people, self._typed = People(), form.line()
        hint = say("Each keyholder decides for themselves, on their own token.")
        self._person = Field(say("Who decides"), self._people, hint)
        self._people.changed.connect(self._offer_confirms)
        hint = say("Type it from what you were told, not from this page.")
        self._matters = Field(say("Matter number, typed again"), self._typed, hint)
        self._confirms = {name: Tick("") for name in CONFIRMS}
        self._lay_out()

    def offer(self, deciders: Sequence[Person], legal_confirms: Sequence[str], said: View) -> None:
        """Offer these people; who was chosen stays chosen. ``said``: what the request says, which Legal confirms."""
        self._deciders, self._legal_confirms, self._asked = deciders, legal_confirms, said["matters"]
        self._people.offer(choices_of(deciders))
        for name, box in self._confirms.items():
            box.setText(CONFIRMS[name](said))
            box.setAccessibleName(box.text())
        self._offer_confirms()

    def clear(self) -> None:
        """Empty what the last keyholder chose and typed."""
        self._typed.clear()
        self._people.clear()
        for box in self._confirms.values():
            box.setChecked(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("Your decision"), role="heading"))
        for widget in (self._person, self._matters, *self._confirms.values()):
            column.addWidget(widget)
        for box in self._confirms.values():
            # Its place stays free: else Approve would move away from under a click, and the click would tick it.
            policy = box.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            box.setSizePolicy(policy)
        column.addLayout(row(button(say("Approve"), self._approve, weight="primary")))

    def _offer_confirms(self) -> None:
        for name, box in self._confirms.items():
            box.setVisible(name in self._asked_confirms())

    def _asked_confirms(self) -> Sequence[str]:
        """Return what is to be confirmed; while nobody is chosen, what Legal would have to."""
        chosen = [person for person in self._deciders if self._people.value() in ("", person.id)]
        return self._legal_confirms if [person for person in chosen if person.role == "legal"] else ()

    def _approve(self) -> None:
        for field in (self._person, self._matters):
            field.show_wrong("")
        lacking = list(self._lacking())
        if lacking:
            self._complain(*lacking[0][0], [lead for _, lead in lacking])
        elif matters := self._restated():
            self.approved.emit(self._people.value(), matters, list(self._asked_confirms()))

    def _lacking(self) -> Iterator[tuple[tuple[str, str], Lead]]:
        """Yield for each thing that lacks what happened and what to do now, and what leads there."""
        if not self._people.value():
            self._person.show_wrong(say("Nobody is chosen."))
            yield (say("Nobody is chosen."), say("Choose who decides.")), self._lead(self._person)
        if not self._typed.text().strip():
            self._matters.show_wrong(MISSING)
            now = say("Type the number that you were told, then approve.")
            yield (say("The matter number was not typed."), now), self._lead(self._matters)
        now = say("Tick the box above Approve if you do confirm it. If you do not, deny it.")
        for box in (self._confirms[name] for name in self._asked_confirms()):
            if not box.isChecked():
                lead = box.text(), partial(self._reveal, box)
                yield (say("The privilege basis is not confirmed."), now), lead

    def _restated(self) -> Sequence[str]:
        """Return the numbers that were typed; none, and a complaint, if they are others: before any PIN is asked."""
        matters = self._typed.text().replace(",", " ").split()
        try:
            check_restated(self._asked, matters)
        except Refused as error:
            told = explain(error)
            self._matters.show_wrong(told.what)
            self._complain(told.what, told.now, [self._lead(self._matters)])
            return ()
        return matters

    def _lead(self, field: Field) -> Lead:
        return field.label, lambda: self._reveal(field.control)
