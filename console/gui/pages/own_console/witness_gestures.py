# SPDX-License-Identifier: Apache-2.0
"""Gestures of a witness on their own console: compare, sign, hand the answer back."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.own_console.witness import WitnessScreen
from console.gui.shell.desk import Desk
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.own_console.answer import OwnConsole

Result = Mapping[str, Any]
ANEW = say("The station began its journal anew after an alarm: ask who signed that. ")


class WitnessGestures(QObject):
    """Joins the witness's page to ``actions.own_witness``."""

    def __init__(self, desk: Desk, screen: WitnessScreen, me: str) -> None:
        super().__init__()
        self._desk, self._screen, self._me = desk, screen, me
        screen.sign_asked.connect(self._sign)
        screen.key_asked.connect(self._show_line)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """There is no station here."""

    def forget(self) -> None:
        """Its keyholder has gone."""
        self._screen.forget()

    def _show_line(self) -> None:
        def line(own: "OwnConsole") -> Result:
            from console.actions.own_console import witness

            return witness.key(own)

        self._act(say("Looking"), line, lambda value: self._screen.show_line(str(value["line"])))

    def _sign(self, request: bytes, folder: str) -> None:
        def sign(own: "OwnConsole") -> tuple[Result, HandOver]:
            from console.actions.own_console import witness
            from console.wiring.station import codes

            value, data = witness.cosign(own, request)
            return value, handed_over(codes(), "cosigned", data)

        def done(signed: tuple[Result, HandOver]) -> None:
            value, sent = signed
            anew = ANEW if value["journal"] > 1 else ""
            told = say(
                "{size} entries, root {root}; {before} were known here.",
                size=value["size"],
                root=value["root"],
                before=value["before"],
            )
            self._screen.say_done(
                say(
                    "{anew}Signed: {told} Its line, to be read out or typed: {line}",
                    anew=anew,
                    told=told,
                    line=value["line"],
                )
            )
            self._desk.hands.show_pictures(say("Your signature as a witness"), f"{anew}{told}", sent, folder)

        self._act(say("Comparing and signing"), sign, done, why=say("To sign the state of the journal."))

    def _act(self, title: str, action: Callable[[Any], Any], done: Callable[[Any], None], *, why: str = "") -> None:
        self._desk.act_locked(self._screen, title, action, done, pin_of=self._me if why else "", why=why)
