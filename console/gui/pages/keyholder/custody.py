# SPDX-License-Identifier: Apache-2.0
"""The custody register: who held which token from when to when, and what became of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.actions.keyholder import custody
from console.gui.kit import form
from console.gui.kit.files import write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.phrases import group, listed, moment
from console.gui.shell.desk import Desk, call, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.terms import ASSURANCES
from console.wording import TOKEN_FATES

if TYPE_CHECKING:
    from console.actions.console import Console

FATES = ("returned", "destroyed")
Result = Mapping[str, Any]
REGISTER = "custody-register.pdf"


class CustodyScreen(Page):
    """Shows the register; reports where it shall be printed to."""

    print_asked = Signal(str)
    """Folder for the page."""
    fate_asked = Signal(str, str, str)
    """Member, ``returned`` or ``destroyed``, who took it or watched."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Custody register"))
        self.readable()
        self._folder, self._rows = form.line(), QVBoxLayout()
        self._folder.setText("~/Documents")
        self._rows.setSpacing(14)
        self.column.addLayout(row(button(say("Back to people"), self.back_asked.emit)))
        self.column.addLayout(self._rows)
        self._whose, self._note = form.choice([]), form.line()
        self._how = form.choice([(name, TOKEN_FATES[name]) for name in FATES])
        frame, column = card()
        column.addWidget(Field(say("Folder for the printed page"), self._folder))
        column.addLayout(row(button(say("Print to a file (PDF)"), self._ask_print)))
        self._parts = self.parts((say("Print the register"), frame), (say("An old token was seen"), self._accounting()))
        self._parts.allow(self._frame, allowed=False)
        self.column.addWidget(self._parts)
        self.column.addStretch(1)

    def show_register(self, value: View) -> None:
        """Show every token that ever counted."""
        clear_layout(self._rows)
        for told in value["tokens"]:
            self._rows.addWidget(_token(told))
        owing = {
            told["member"]: told["name"]
            for told in value["tokens"]
            if told["until"] and told["token"] in ("not_returned", "returned")
        }
        form.fill(self._whose, list(owing.items()))
        self._parts.allow(self._frame, allowed=bool(owing))

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        clear_layout(self._rows)

    def _accounting(self) -> QFrame:
        self._frame, column = card()
        column.addWidget(PlainLabel(say("An old token was seen"), role="heading"))
        column.addWidget(Field(say("Whose"), self._whose))
        column.addWidget(Field(say("What became of it"), self._how))
        column.addWidget(Field(say("Who took it, or who watched"), self._note))
        column.addLayout(row(button(say("Write it down"), self._ask_fate)))
        return self._frame

    def _ask_fate(self) -> None:
        said = (str(self._whose.currentData()), str(self._how.currentData()))
        self.fate_asked.emit(*said, self._note.text().strip())

    def _ask_print(self) -> None:
        self.print_asked.emit(self._folder.text().strip())


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
        self._desk.hands.worker.run(
            "", call(custody.register), self._screen.show_register, lambda error: say_error(self._screen, error)
        )

    def _account(self, member: str, how: str, note: str) -> None:
        def done(result: Result) -> None:
            self._screen.show_register(result)
            self._screen.say_done(say("It is written down."))

        self._desk.act(self._screen, say("Writing it down"), call(custody.account_for, member, how, note), done)

    def _print(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            return write_all(folder, {REGISTER: custody.printed(console)})

        self._desk.act(
            self._screen,
            say("Printing"),
            printed,
            lambda where: self._screen.say_done(say("Written: {register} in {where}.", register=REGISTER, where=where)),
        )


def _token(told: View) -> QFrame:
    frame, column = card()
    heading = PlainLabel(f"{told['name']} ({group(told['role'])})", role="heading", wrap=False)
    column.addLayout(row(StateMark("warning" if told["unaccounted"] else "plain"), heading))
    for line in _lines(told):
        column.addWidget(PlainLabel(line))
    return frame


def _lines(told: View) -> Iterator[str]:
    until = say(" to {until}", until=moment(told["until"])) if told["until"] else ""
    kind = ASSURANCES.get(told["assurance"], told["assurance"])
    kind = kind[:1].upper() + kind[1:]
    yield say(
        "{kind}, key {key}: {token_fates}, from {since}{until}",
        kind=kind,
        key=told["key"],
        token_fates=TOKEN_FATES[told["token"]],
        since=moment(told["since"]),
        until=until,
    )
    yield say("Still opens: {live}", live=listed(told["live"]) or say("nothing"))
    if told["unaccounted"]:
        yield say("▲  Nobody has seen this token since. Ask for it, or seal again what it opens.")
