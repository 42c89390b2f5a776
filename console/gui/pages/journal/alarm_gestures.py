# SPDX-License-Identifier: Apache-2.0
"""Gestures under the journal's alarm: begin a new journal, sign it; and turn to that page while the alarm stands."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.widgets import Page
from console.gui.pages.journal.alarm import AlarmScreen
from console.gui.phrases import missing
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say
from console.wording import after_new_log

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
BEGUN = say("The new journal has begun, and everything goes on. Write its new key onto the grab card.")


class AlarmGestures(QObject):
    """Joins the alarm's page to ``actions.renewal``; ``board`` is where people go on once it is over."""

    def __init__(self, desk: Desk, screen: AlarmScreen, board: Page) -> None:
        super().__init__()
        self._desk, self._screen, self._board = desk, screen, board
        self._stands = self._was_turned_to = False
        screen.begin_asked.connect(self._begin)
        screen.sign_asked.connect(self._sign)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Show the alarm while it stands; turn to it when it comes, and away from it when it is over."""
        before, self._stands = self._stands, snapshot.alarm is not None
        if snapshot.alarm is not None:
            from console.wording import finding

            told = [f"{finding(code)[:1].upper()}{finding(code)[1:].rstrip('.')}." for code in snapshot.alarm.codes]
            self._screen.show_alarm(snapshot, told)
        if self._stands and not self._was_turned_to:
            # While a PIN is asked no page can be chosen: then the next look does it.
            self._desk.hands.window.choose("alarm")
            self._screen.focus()
            self._was_turned_to = self._desk.hands.window.page is self._screen
        elif before and not self._stands:
            self.forget()
            self._desk.hands.window.choose("board")

    def forget(self) -> None:
        """The station is being locked."""
        self._stands = self._was_turned_to = False
        self._screen.forget()

    def _begin(self, reason: str) -> None:
        def propose(console: "Console") -> Result:
            from console.actions.journal import renewal

            return renewal.propose(console, reason)

        def done(_: Result) -> None:
            self._desk.look_then(self._screen.focus)

        self._desk.act(self._screen, say("Reading what is known"), propose, done)

    def _sign(self, proposal: str, member: str) -> None:
        def sign(console: "Console") -> Result:
            from console.actions.journal import renewal

            return renewal.sign(console, proposal, member)

        def done(result: Result) -> None:
            if result["in_force"]:
                self._desk.look_then(lambda: self._board.say_done(" ".join((BEGUN, *after_new_log(result)))))
            else:
                self._screen.say_done(say("Signed. {missing}.", missing=missing(result["missing"])))
                self._desk.look_then(self._screen.focus)

        self._desk.act(
            self._screen,
            say("Signing"),
            sign,
            done,
            pin_of=member,
            ends_lease=True,
            why=say("To sign the new journal that you have just read."),
        )
