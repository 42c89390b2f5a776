# SPDX-License-Identifier: Apache-2.0
"""Gestures about what goes on in numbers, at the station and at the other end of the telephone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.overview.counts import CountsScreen
from console.gui.pages.overview.telephone import TelephoneScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Person, Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


class CountsGestures(QObject):
    """Joins the page to ``actions.overview``."""

    def __init__(self, desk: Desk, screen: CountsScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        screen.again_asked.connect(self._read)
        screen.code_asked.connect(self._code)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Numbers stand still while they are read aloud."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "counts":
            self._read()

    def _read(self) -> None:
        def read(console: "Console") -> Result:
            from console.actions import overview

            return overview.overview(console)

        def show(found: Result) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_counts(found, self._desk.snapshot)

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._screen, error))

    def _code(self, member: str) -> None:
        def code(console: "Console") -> Result:
            from console.actions import overview

            return overview.status_code(console, member)

        def show(found: Result) -> None:
            from console.domain.handoff.spoken import spelled

            self._screen.show_code(found, [(group, spelled(group)) for group in found["groups"].split()])

        self._desk.act(self._screen, say("Putting it into letters"), code, show)


class TelephoneGestures(QObject):
    """Joins the page of one's own console to ``actions.overview``."""

    def __init__(self, desk: Desk, screen: TelephoneScreen, me: Person) -> None:
        super().__init__()
        self._desk, self._screen, self._me = desk, screen, me
        screen.check_asked.connect(self._check)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """There is no station here."""

    def forget(self) -> None:
        """Whoever sat here has gone."""
        self._screen.forget()

    def _check(self, typed: str) -> None:
        def check(own: Any) -> Result:
            from console.actions import overview

            return overview.check_status(own, typed)

        why = say("To tell whether these letters are from your station.")
        self._desk.act_locked(self._screen, say("Checking"), check, self._screen.show_told, pin_of=self._me.id, why=why)
