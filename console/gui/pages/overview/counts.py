# SPDX-License-Identifier: Apache-2.0
"""What goes on in numbers, for whoever reads along; and the same in 24 letters for the telephone."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from console.actions import overview
from console.domain.handoff.spoken import spelled
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.pages.overview.telephone import TelephoneScreen
from console.gui.phrases import STATES, moment
from console.gui.shell.desk import Desk, call, say_error
from console.gui.shell.station_words import owed_in_full
from console.gui.snapshot import Person, Snapshot, View
from console.language import say
from console.sentences import overview as said

ALOUD = say("Read these numbers aloud. The 24 letters that prove them need somebody with the role compliance.")
OWED_LATER = say("Secrets that were shown must be changed, and people told of an erasure. Until then it stands here.")
Result = Mapping[str, Any]


class CountsScreen(Page):
    """Shows counts; reports for whom the state shall be put into letters."""

    code_asked = Signal(str)
    again_asked = Signal()
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("In numbers"))
        self.readable()
        self._who, self._facts, self._letters = form.choice([]), QVBoxLayout(), QVBoxLayout()
        self._calling = self._make_calling()
        self.column.addLayout(
            row(
                button(say("Back to the journal"), self.back_asked.emit),
                button(say("Count again"), self.again_asked.emit),
            )
        )
        self.column.addLayout(self._facts)
        self._aloud = PlainLabel(ALOUD)
        self._aloud.hide()
        self.column.addWidget(self._aloud)
        self.column.addWidget(self._calling)
        self.column.addLayout(self._letters)
        self.column.addStretch(1)

    def show_counts(self, value: View, snapshot: Snapshot) -> None:
        """Show the counts, and for whom the state can be told."""
        clear_layout(self._facts)
        self._facts.addWidget(_owed(snapshot))
        frame, column = card()
        column.addLayout(_grid(said.facts(value)))
        for name, states in value["jurisdictions"].items():
            told = ", ".join(f"{count} × {STATES[state][0]}" for state, count in states.items())
            column.addWidget(PlainLabel(f"{name}: {told}"))
        column.addWidget(PlainLabel(say("Counted {at}", at=moment(value["at"])), role="muted"))
        self._facts.addWidget(frame)
        readers = [(p.id, p.name) for p in snapshot.people if p.role == "compliance"]
        form.fill(self._who, readers)
        self._calling.setVisible(bool(readers))
        self._aloud.setVisible(not readers)

    def show_code(self, value: View, spelled: list[tuple[str, str]]) -> None:
        """Show the letters, and how each group is read aloud."""
        clear_layout(self._letters)
        frame, column = card()
        column.addWidget(PlainLabel(say("Read these six groups aloud, from the top"), role="heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        for line, (group, words) in enumerate(spelled):
            grid.addWidget(PlainLabel(group, role="big", wrap=False), line, 0)
            grid.addWidget(PlainLabel(words), line, 1)
        column.addLayout(grid)
        column.addWidget(PlainLabel(say("They say:"), role="field"))
        column.addLayout(_grid(said.told(value)))
        self._letters.addWidget(frame)
        self.reveal(frame)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        clear_layout(self._facts)
        clear_layout(self._letters)

    def _make_calling(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Somebody on the telephone reads along"), role="heading"))
        told = say("24 letters say how things stand. Whoever holds the token they are for can tell that they are true.")
        column.addWidget(PlainLabel(told))
        column.addWidget(Field(say("For whom"), self._who))
        column.addLayout(row(button(say("Put the state into letters"), self._ask_code)))
        return frame

    def _ask_code(self) -> None:
        self.messages.clear()
        self.code_asked.emit(str(self._who.currentData()))


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
        def show(found: Result) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_counts(found, self._desk.snapshot)

        self._desk.hands.worker.run("", call(overview.overview), show, lambda error: say_error(self._screen, error))

    def _code(self, member: str) -> None:
        def show(found: Result) -> None:
            self._screen.show_code(found, [(group, spelled(group)) for group in found["groups"].split()])

        self._desk.act(self._screen, say("Putting it into letters"), call(overview.status_code, member), show)


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
        why = say("To tell whether these letters are from your station.")
        self._desk.act_locked(
            self._screen,
            say("Checking"),
            call(overview.check_status, typed),
            self._screen.show_told,
            pin_of=self._me.id,
            why=why,
        )


def _owed(snapshot: Snapshot) -> QFrame:
    """It says so as well when there is nothing: whoever looks for it must find it."""
    frame, column = card()
    told = owed_in_full(snapshot)
    state = PlainLabel(say("What is owed") if told else say("Nothing is owed now."), role="heading", wrap=False)
    column.addLayout(row(StateMark("warning" if told else "good"), state))
    for line in told:
        column.addWidget(PlainLabel(line))
    column.addWidget(PlainLabel(OWED_LATER, role="muted"))
    return frame


def _grid(pairs: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setColumnStretch(1, 1)
    for line, (label, words) in enumerate(pairs):
        grid.addWidget(PlainLabel(label[:1].upper() + label[1:], role="field", wrap=False), line, 0)
        grid.addWidget(PlainLabel(words), line, 1)
    return grid
