# SPDX-License-Identifier: Apache-2.0
"""What time is it? Two people of two groups read their own watches and sign it, after this station's clock was set."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from console.actions.station import clock
from console.domain.moment import zoned
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.activation.session import SessionScreen
from console.gui.phrases import group
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say

NOBODY = ("", say("Nobody is chosen yet"))
WHY = say("This clock is only what somebody set it to. When it was set, codes that change with the time wait for this.")
HOW = say("Two people of different groups read their own watches, and each signs on their own token.")
NOT_THIS = say("Do not read the time from this screen: it is in doubt.")
Result = Mapping[str, Any]
ATTESTED = say("The time is signed; this clock differs by {seconds} seconds.")
AGAIN = say(" Show the code again.")


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


class ClockGestures(QObject):
    """Joins the page about the time to ``actions.clock``."""

    def __init__(self, desk: Desk, session: SessionScreen, screen: ClockScreen) -> None:
        super().__init__()
        self._desk, self._session, self._screen = desk, session, screen
        self._window, self._before = desk.hands.window, "session"
        screen.attest_asked.connect(self._attest)
        screen.back_asked.connect(lambda: self._window.choose(self._before))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(screen)

    def _chosen(self, name: str) -> None:
        """Begin anew, and remember from where people came."""
        if name == "clock":
            self._screen.begin()
        else:
            self._before = name

    def _attest(self, first: str, second: str, typed: str) -> None:
        def done(result: Result) -> None:
            self._window.choose(self._before)
            page, told = self._window.page, ATTESTED.format(seconds=result["seconds_apart"])
            if isinstance(page, Page):
                page.say_done(told + AGAIN if page is self._session else told)

        self._desk.act(
            self._screen,
            say("Signing the time"),
            lambda console: clock.attest(console, [first, second], zoned(typed)),
            done,
            pin_of=first,
            why=say("To sign the time that you have read from your watch."),
        )
