# SPDX-License-Identifier: Apache-2.0
"""What time is it? Two people of two groups read their own watches and sign it, after this station's clock was set."""

from PySide6.QtCore import Signal

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group
from console.gui.snapshot import Snapshot
from console.language import say

NOBODY = ("", say("Nobody is chosen yet"))
WHY = say("This clock is only what somebody set it to. When it was set, codes that change with the time wait for this.")
HOW = say("Two people of different groups read their own watches, and each signs on their own token.")
NOT_THIS = say("Do not read the time from this screen: it is in doubt.")


class ClockScreen(Page):
    """Reports what two people say the time is."""

    attest_asked = Signal(str, str, str)
    """First member, second member, date and time as typed."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("What time is it?"))
        self.readable()
        self._first, self._second = form.choice([NOBODY]), form.choice([NOBODY])
        self._time = form.line("2026-11-24 02:15")
        frame, column = card()
        for told in (WHY, HOW, NOT_THIS):
            column.addWidget(PlainLabel(told))
        column.addWidget(Field(say("First person"), self._first))
        column.addWidget(Field(say("Second person"), self._second, say("Of another group.")))
        column.addWidget(
            Field(say("Date and time on your watches"), self._time, say("Local time, like 2026-11-24 02:15."))
        )
        column.addLayout(row(button(say("Both sign this time"), self._ask, weight="primary")))
        self.column.addLayout(row(button(say("Back"), self.back_asked.emit)))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def begin(self) -> None:
        """Ask anew, with no time left over from before."""
        self.messages.clear()
        self._time.clear()
        self.reveal(self._first)

    def present(self, snapshot: Snapshot) -> None:
        """Offer everybody who can sign here."""
        rows = [NOBODY, *((p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders())]
        form.fill(self._first, rows)
        form.fill(self._second, rows)

    def forget(self) -> None:
        """Name nobody and no time: the station is locked."""
        self.messages.clear()
        self._time.clear()
        for box in (self._first, self._second):
            form.fill(box, [NOBODY])

    def _ask(self) -> None:
        first, second = str(self._first.currentData()), str(self._second.currentData())
        if first and second:
            self.attest_asked.emit(first, second, self._time.text().strip())
        else:
            self.say_problem(say("Two people are needed."), say("Choose one of each of two groups."))
