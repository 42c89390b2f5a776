# SPDX-License-Identifier: Apache-2.0
"""Gesture by which two people say what time it is, so that time-based codes are shown again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.moment import zoned
from console.gui.kit.widgets import Page
from console.gui.pages.activation.clock import ClockScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.shell.desk import Desk
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
ATTESTED = say("The time is signed; this clock differs by {seconds} seconds.")
AGAIN = say(" Show the code again.")


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
        def attest(console: "Console") -> Result:
            from console.actions.station import clock

            return clock.attest(console, [first, second], zoned(typed))

        def done(result: Result) -> None:
            self._window.choose(self._before)
            page, told = self._window.page, ATTESTED.format(seconds=result["seconds_apart"])
            if isinstance(page, Page):
                page.say_done(told + AGAIN if page is self._session else told)

        self._desk.act(
            self._screen,
            say("Signing the time"),
            attest,
            done,
            pin_of=first,
            why=say("To sign the time that you have read from your watch."),
        )
