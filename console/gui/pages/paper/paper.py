# SPDX-License-Identifier: Apache-2.0
"""When nothing takes entries: what is written by hand, and two people who let one-time codes be given on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from console.actions.paper import mode
from console.gui.kit import form
from console.gui.kit.files import write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, marked, row
from console.gui.phrases import group, moment
from console.gui.shell.desk import Desk, call, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import paper

if TYPE_CHECKING:
    from console.actions.console import Console

NOBODY = ("", say("Nobody is chosen yet"))
WHY = say(
    "Two keyholders of two groups accept it, each on their own token. Then one-time codes are given, nothing else."
)
FORMS = say("Each number is on one form. Print them in peace, and keep them beside the station. No secret is on them.")
Result = Mapping[str, Any]


class PaperScreen(Page):
    """Shows what is done, step by step; reports who accepts paper mode, and which forms are wanted."""

    accept_asked = Signal(str)
    reserve_asked = Signal(int, str)
    """How many, folder for the forms."""
    forms_asked = Signal(str)
    """Folder for all forms that are not used."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("When nothing takes entries"))
        self.readable()
        self._who, self._told = form.choice([NOBODY]), QVBoxLayout()
        self._count, self._folder = form.number(1, 500, 20), form.line()
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(PlainLabel(say("Paper mode"), role="heading"))
        column.addWidget(PlainLabel(WHY))
        column.addWidget(Field(say("Who accepts it"), self._who))
        column.addLayout(row(button(say("Accept paper mode"), self._accept, weight="primary")))
        reserving, beside = card()
        beside.addWidget(PlainLabel(say("In peace: numbered forms to print"), role="heading"))
        beside.addWidget(PlainLabel(FORMS))
        beside.addWidget(Field(say("How many"), self._count))
        beside.addWidget(Field(say("Folder for the forms"), self._folder))
        beside.addLayout(
            row(
                button(say("Reserve and save these forms"), self._reserve),
                button(say("Save again what is not used"), lambda: self.forms_asked.emit(self._where())),
            )
        )
        self.column.addLayout(row(button(say("Back to the journal"), self.back_asked.emit)))
        self.column.addLayout(self._told)
        self.column.addWidget(self.parts((say("Paper mode"), frame), (say("Forms to print"), reserving)))
        self.column.addStretch(1)

    def show_state(self, value: View) -> None:
        """Show which light is on, how paper mode stands, and what is written by hand."""
        clear_layout(self._told)
        frame, column = card()
        for line in paper.standing(value, moment):
            column.addWidget(PlainLabel(line))
        column.addWidget(PlainLabel(paper.steps_title(value), role="heading"))
        for step in paper.steps(value):
            self._add_step(column, step)
        self._told.addWidget(frame)

    def _add_step(self, column: QVBoxLayout, step: paper.Step) -> None:
        # A ring at what only people can tell would look like something to press.
        if step.tone == paper.PLAIN:
            column.addWidget(PlainLabel(step.text))
        else:
            column.addLayout(marked(step.tone, PlainLabel(step.text)))

    def present(self, snapshot: Snapshot) -> None:
        """Offer everybody who can sign here."""
        form.fill(self._who, [NOBODY, *((p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders())])

    def forget(self) -> None:
        """Name nobody: the station is locked."""
        self.messages.clear()
        clear_layout(self._told)
        form.fill(self._who, [NOBODY])

    def _where(self) -> str:
        return self._folder.text().strip()

    def _reserve(self) -> None:
        self.reserve_asked.emit(self._count.value(), self._where())

    def _accept(self) -> None:
        if member := str(self._who.currentData()):
            self.accept_asked.emit(member)
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who accepts it."))


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
        def failed(error: Any) -> None:
            say_error(self._screen, error)

        self._desk.hands.worker.run("", call(mode.status), self._screen.show_state, failed)

    def _accept(self, member: str) -> None:
        def done(value: Result) -> None:
            self._screen.show_state(value)
            self._screen.say_done(say("That is signed."))

        self._desk.act(
            self._screen,
            say("Accepting paper mode"),
            call(mode.accept, member),
            done,
            pin_of=member,
            why=say("To accept that one-time codes are given while nothing takes entries."),
        )

    def _reserve(self, count: int, folder: str) -> None:
        def reserve(console: "Console") -> Result:
            return _written(folder, mode.forms(console, mode.reserve(console, count)))

        self._desk.act(self._screen, say("Printing"), reserve, self._saved)

    def _again(self, folder: str) -> None:
        def save(console: "Console") -> Result:
            return _written(folder, mode.forms(console))

        self._desk.act(self._screen, say("Printing"), save, self._saved)

    def _saved(self, value: Result) -> None:
        told = say("Written: {file} in {where}. Print it, and keep it beside the station.", **value)
        self._screen.say_done(told)
        self._read()


def _written(folder: str, made: tuple[str, bytes]) -> Result:
    name, pages = made
    return {"file": name, "where": write_all(folder, {name: pages})}
