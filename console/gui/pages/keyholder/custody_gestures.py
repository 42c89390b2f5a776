# SPDX-License-Identifier: Apache-2.0
"""Gestures about the custody register: read it, write down what became of an old token, print it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import write_all
from console.gui.pages.keyholder.custody import CustodyScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
REGISTER = "custody-register.pdf"


class CustodyGestures(QObject):
    """Joins the custody register to ``actions.custody``."""

    def __init__(self, desk: Desk, screen: CustodyScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        window = desk.hands.window
        screen.print_asked.connect(self._print)
        screen.fate_asked.connect(self._account)
        screen.back_asked.connect(lambda: window.choose("people"))
        window.page_chosen.connect(lambda name: self._read_register() if name == "custody" else None)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """It is read when its page is chosen."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _read_register(self) -> None:
        def read(console: "Console") -> Result:
            from console.actions.keyholder import custody

            return custody.register(console)

        self._desk.hands.worker.run("", read, self._screen.show_register, lambda error: say_error(self._screen, error))

    def _account(self, member: str, how: str, note: str) -> None:
        def account(console: "Console") -> Result:
            from console.actions.keyholder import custody

            return custody.account_for(console, member, how, note)

        def done(result: Result) -> None:
            self._screen.show_register(result)
            self._screen.say_done(say("It is written down."))

        self._desk.act(self._screen, say("Writing it down"), account, done)

    def _print(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            from console.actions.keyholder import custody

            return write_all(folder, {REGISTER: custody.printed(console)})

        self._desk.act(
            self._screen,
            say("Printing"),
            printed,
            lambda where: self._screen.say_done(say("Written: {register} in {where}.", register=REGISTER, where=where)),
        )
