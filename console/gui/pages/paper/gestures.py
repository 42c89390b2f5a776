# SPDX-License-Identifier: Apache-2.0
"""Gestures of the last step of the retreat: how it stands, who accepts paper mode, forms printed in peace."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import write_all
from console.gui.pages.paper.paper import PaperScreen
from console.gui.shell.desk import Desk, say_error
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


class PaperGestures(QObject):
    """Joins the page to ``actions.papermode``."""

    def __init__(self, desk: Desk, screen: PaperScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        screen.accept_asked.connect(self._accept)
        screen.reserve_asked.connect(self._reserve)
        screen.forms_asked.connect(self._again)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        self._window.page_chosen.connect(lambda name: self._read() if name == "paper" else None)
        desk.show_on(screen)

    def _read(self) -> None:
        def read(console: "Console") -> Result:
            from console.actions.paper import mode

            return mode.status(console)

        def failed(error: Any) -> None:
            say_error(self._screen, error)

        self._desk.hands.worker.run("", read, self._screen.show_state, failed)

    def _accept(self, member: str) -> None:
        def accept(console: "Console") -> Result:
            from console.actions.paper import mode

            return mode.accept(console, member)

        def done(value: Result) -> None:
            self._screen.show_state(value)
            self._screen.say_done(say("That is signed."))

        self._desk.act(
            self._screen,
            say("Accepting paper mode"),
            accept,
            done,
            pin_of=member,
            why=say("To accept that one-time codes are given while nothing takes entries."),
        )

    def _reserve(self, count: int, folder: str) -> None:
        def reserve(console: "Console") -> Result:
            from console.actions.paper import mode

            return _written(folder, mode.forms(console, mode.reserve(console, count)))

        self._desk.act(self._screen, say("Printing"), reserve, self._saved)

    def _again(self, folder: str) -> None:
        def save(console: "Console") -> Result:
            from console.actions.paper import mode

            return _written(folder, mode.forms(console))

        self._desk.act(self._screen, say("Printing"), save, self._saved)

    def _saved(self, value: Result) -> None:
        told = say("Written: {file} in {where}. Print it, and keep it beside the station.", **value)
        self._screen.say_done(told)
        self._read()


def _written(folder: str, made: tuple[str, bytes]) -> Result:
    name, pages = made
    return {"file": name, "where": write_all(folder, {name: pages})}
