# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console as a witness of the journal: take a request in, sign the state that it shows."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from console.actions.own_console import witness
from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk, call
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.own_console.answer import OwnConsole

REQUEST = say("The request to a witness: file or pictures")
SAID = say("Your console compares it with everything that it was shown before, and signs no other history.")
LINE = say("The quorum names this console among the rules by its line.")
Result = Mapping[str, Any]
ANEW = say("The station began its journal anew after an alarm: ask who signed that. ")


class WitnessScreen(Page):
    """Reports which request is to be signed, and that somebody wants the line for the rules."""

    sign_asked = Signal(object, str)
    """The request, folder for the answer's files."""
    key_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Be a witness of the journal"))
        self.readable()
        self._request, self._folder, self._line = (ScanField(REQUEST, [frames.WITNESS]), form.line(), PlainLabel())
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(PlainLabel(SAID))
        column.addWidget(Field(REQUEST, self._request))
        column.addWidget(Field(say("Folder, if you save the answer as files"), self._folder))
        column.addLayout(row(button(say("Compare and sign"), self._ask_sign, weight="primary")))
        signing = frame
        frame, column = card()
        column.addWidget(PlainLabel(LINE))
        column.addLayout(row(button(say("Show my line for the rules"), self.key_asked.emit)))
        column.addWidget(self._line)
        self._line.hide()
        self.column.addWidget(self.parts((say("Sign as a witness"), signing), (say("My line for the rules"), frame)))
        self.column.addStretch(1)

    def show_line(self, line: str) -> None:
        """Show by which line the quorum names this console."""
        self._line.setText(line)
        self._line.show()

    def forget(self) -> None:
        """Show no request: its keyholder has gone."""
        self._request.clear()
        self.messages.clear()

    def _ask_sign(self) -> None:
        request = self._request.given()
        if request is not None:
            self.sign_asked.emit(request, self._folder.text().strip())
        else:
            self.say_problem(*self._request.lacking())


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
        self._act(say("Looking"), call(witness.key), lambda value: self._screen.show_line(str(value["line"])))

    def _sign(self, request: bytes, folder: str) -> None:
        def sign(own: "OwnConsole") -> tuple[Result, HandOver]:
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
