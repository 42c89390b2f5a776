# SPDX-License-Identifier: Apache-2.0
"""Gestures on a keyholder's own console about a change of people or rules: read it, sign it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.gui.pages.own_console.step import StepScreen
from console.gui.shell.desk import Desk
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot, View
from console.language import say

if TYPE_CHECKING:
    from console.actions.own_console.answer import OwnConsole
    from console.domain.policy.succession import Step

BACK = say("The station's people take this in on the page People. No secret is in it.")


class StepGestures(QObject):
    """Joins the page to ``actions.enrolment`` as an own console has it."""

    def __init__(self, desk: Desk, screen: StepScreen, me: str) -> None:
        super().__init__()
        self._desk, self._screen, self._me = desk, screen, me
        self._step: Step | None = None
        screen.read_asked.connect(self._read)
        screen.sign_asked.connect(self._sign)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """There is no station here."""

    def forget(self) -> None:
        """Its keyholder has gone."""
        self._step = None
        self._screen.forget()

    def _read(self, change: bytes, spoken: Sequence[str]) -> None:
        def read(own: "OwnConsole") -> "tuple[Step, View]":
            from console.actions.keyholder import enrolment
            from console.actions.policy import steps

            step = enrolment.read_bundle(own, change, spoken)
            return step, steps.describe(step)

        def done(found: "tuple[Step, View]") -> None:
            self._step, value = found
            self._screen.show_change(value)

        self._desk.act_locked(self._screen, say("Reading the change"), read, done)

    def _sign(self, folder: str) -> None:
        step = self._step
        if step is None:
            return

        def sign(own: "OwnConsole") -> HandOver:
            from console.actions.keyholder import enrolment
            from console.wiring.station import codes

            return handed_over(codes(), f"{self._me}-{step.id}", enrolment.sign_elsewhere(own, step).encode())

        def done(sent: HandOver) -> None:
            self.forget()
            self._screen.say_done(say("The change is signed. Hand the signature back to the station."))
            self._desk.hands.show_pictures(say("Your signature"), BACK, sent, folder)

        self._desk.act_locked(
            self._screen,
            say("Signing"),
            sign,
            done,
            pin_of=self._me,
            why=say("To sign this change of people or rules."),
        )
