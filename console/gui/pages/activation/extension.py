# SPDX-License-Identifier: Apache-2.0
"""More time, more releases, going on after a clock step: one person of each role says so on their own token."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.snapshot import Person, choices_of
from console.language import say

MINUTES_MORE = 30


class More(QFrame):
    """Reports who agrees to what."""

    agreed = Signal(str, str, int)
    """Member, decision, amount (seconds for an extension, 0: as the request had it)."""

    far_asked = Signal()

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._complain = complain
        self._people, self._minutes = People(), form.number(1, 480, MINUTES_MORE)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("More time or more showings"), role="heading"))
        said = say("One person of each role must say so, each on their own token, for the same amount.")
        column.addWidget(PlainLabel(said))
        column.addWidget(Field(say("Keyholder"), self._people))
        column.addWidget(Field(say("Minutes more"), self._minutes))
        column.addLayout(
            row(
                button(say("Extend the time"), lambda: self._agree("extend", self._minutes.value() * 60)),
                button(say("Reset the showings"), lambda: self._agree("reset", 0)),
                button(say("Go on after a clock step"), lambda: self._agree("resume", 0)),
            )
        )
        column.addLayout(row(button(say("Ask somebody who is far away …"), self.far_asked.emit)))

    def offer(self, people: Sequence[Person]) -> None:
        """Offer these keyholders."""
        self._people.offer(choices_of(people))

    def _agree(self, decision: str, amount: int) -> None:
        if self._people.value():
            self.agreed.emit(self._people.value(), decision, amount)
            self._people.clear()
        else:
            self._complain(say("Nobody is chosen."), say("Choose which keyholder agrees."))
