# SPDX-License-Identifier: Apache-2.0
"""The end before its time by the veto of one keyholder, on their own token."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import PlainLabel
from console.gui.snapshot import Person, choices_of
from console.language import say


class Veto(QFrame):
    """Reports which keyholder ends the session, and why."""

    vetoed = Signal(str, str)
    """Member, reason."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._complain, self._people, self._why = complain, People(), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("A veto: one keyholder ends the session for good"), role="heading"))
        column.addWidget(Field(say("Who vetoes"), self._people))
        column.addWidget(Field(say("Reason of a veto"), self._why, say("One keyholder is enough to end it.")))
        column.addWidget(
            Twice(say("End the session by a veto"), say("Yes, this keyholder ends the session"), self._veto)
        )

    def offer(self, people: Sequence[Person]) -> None:
        """Offer these keyholders."""
        self._people.offer(choices_of(people))

    def _veto(self) -> None:
        if self._people.value():
            self.vetoed.emit(self._people.value(), self._why.text().strip())
        else:
            self._complain(say("Nobody is chosen."), say("Choose which keyholder ends the session."))
