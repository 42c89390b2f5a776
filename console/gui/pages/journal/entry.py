# SPDX-License-Identifier: Apache-2.0
"""One entry of the journal, whole: what it says, when it was surely written, and the signed state that proves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.actions.journal import reading as journal
from console.domain.errors import Cancelled, ConsoleError
from console.domain.journal.proof import SUFFIX
from console.gui.kit import form, sizes
from console.gui.kit.files import write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row, spread
from console.gui.pages.journal.entries import JournalScreen
from console.gui.phrases import breakable, moment, precise, short
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say, say_number
from console.sentences.entry_words import what_it_says, who
from console.sentences.privacy import READS_ALONG
from console.wording import PROOFS, entry_type
from console.wording import surely as surely_told

if TYPE_CHECKING:
    from console.actions.console import Console

NAME_PIXELS = 220
Entry = Mapping[str, Any]


class EntryScreen(Page):
    """Shows one entry; reports which other is wanted, and that its proof is."""

    entry_asked = Signal(object)
    proof_asked = Signal(object, str)
    """The entry, and the folder for its proof."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("An entry of the journal"))
        self.readable()
        self.number: int | None = None
        self._older = button(say("Older entry"), lambda: self._turn(-1))
        self._newer = button(say("Newer entry"), lambda: self._turn(1))
        self._body, self._folder = QVBoxLayout(), form.line()
        self._folder.setText("~/Documents")
        self.column.addLayout(row(button(say("Back to the journal"), self.back_asked.emit), self._newer, self._older))
        self.column.addLayout(self._body)
        self._proving = QWidget()
        lines = QVBoxLayout(self._proving)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(Field(say("Folder for proofs"), self._folder))
        lines.addLayout(row(button(say("Save the proof of this entry"), self._ask_proof)))
        self._reads_along = PlainLabel(READS_ALONG)
        self._reads_along.hide()
        self.column.addWidget(self._proving)
        self.column.addWidget(self._reads_along)
        self.column.addStretch(1)

    def show_entry(self, entry: Entry, size: int) -> None:
        """Show an entry as ``actions.journal.show_entry`` returns it, of a journal of ``size`` entries."""
        self.number = int(entry["seq"])
        title = say("Entry {number}: {what}", number=say_number(self.number), what=entry_type(str(entry["type"])))
        self.title.setText(title)
        self._older.setEnabled(self.number > 0)
        self._newer.setEnabled(self.number + 1 < size)
        clear_layout(self._body)
        self._show_rows(say("What it says"), [*_told(entry), *what_it_says(entry, precise)])
        self._show_proof(entry)

    def let_prove(self, *, may: bool) -> None:
        """Offer the proof: giving one away is an entry, which who reads along cannot write."""
        self._proving.setVisible(may)
        self._reads_along.setVisible(not may)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self.number = None
        self.title.setText(say("An entry of the journal"))
        clear_layout(self._body)

    def _show_rows(self, heading: str, rows: list[tuple[str, str]]) -> None:
        frame, column = card()
        column.addWidget(PlainLabel(heading, role="heading"))
        grid = QGridLayout()
        grid.setColumnMinimumWidth(0, sizes.grown(NAME_PIXELS))
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(rows):
            grid.addWidget(PlainLabel(name, role="field"), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(PlainLabel(breakable(value)), at, 1)
        column.addLayout(grid)
        self._body.addWidget(frame)

    def _show_proof(self, entry: Entry) -> None:
        frame, column = card()
        tone, words, lines = _proof(entry)
        state = PlainLabel(words, role="heading")
        state.set_tone(tone)
        column.addLayout(spread(StateMark(tone), state))
        for line in lines:
            column.addWidget(PlainLabel(breakable(line)))
        self._body.addWidget(frame)

    def _turn(self, by: int) -> None:
        if self.number is not None:
            self.entry_asked.emit(self.number + by)

    def _ask_proof(self) -> None:
        if self.number is not None:
            self.proof_asked.emit(self.number, self._folder.text().strip())


class EntryGestures(QObject):
    """Joins the journal page and that of one entry to ``actions.journal``."""

    def __init__(self, desk: Desk, journal: JournalScreen, entry: EntryScreen) -> None:
        super().__init__()
        self._desk, self._journal, self._entry = desk, journal, entry
        self._again: int | None = None
        """The entry that a lock took from the page."""
        journal.jump_asked.connect(self._jump)
        journal.entry_asked.connect(self._show)
        journal.typing.connect(self._get_ready)
        entry.entry_asked.connect(self._show)
        entry.proof_asked.connect(self._prove)
        entry.back_asked.connect(self._go_back)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """An entry never changes; what a lock took from the page comes back."""
        self._entry.let_prove(may=not snapshot.is_reading())
        again, self._again = self._again, None
        if again is not None and self._desk.hands.window.page is self._entry:
            self._show(again)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._again = self._entry.number if self._again is None else self._again
        self._entry.forget()

    def _get_ready(self) -> None:
        """Take the station while somebody still types: opening it takes longer than what they ask will."""
        self._desk.hands.worker.run("", lambda _: None, lambda _: None, lambda _: None)

    def _jump(self, place: object) -> None:
        if isinstance(place, datetime):
            self._jump_to_time(int(place.timestamp() * 1000))
        elif isinstance(place, int):
            self._journal.messages.clear()
            self._journal.go_to(place)

    def _jump_to_time(self, wall_ms: int) -> None:
        log = self._journal.filters.log

        def find(console: "Console") -> int | None:
            with journal.of_log(console, log) as chosen:
                return journal.newest_at(chosen, wall_ms)

        def found(seq: int | None) -> None:
            if seq is None:
                what, now = say("Nothing was written by that time."), say("Name a later one.")
                self._journal.say_problem(what, now)
            else:
                self._journal.messages.clear()
                self._journal.go_to(seq)

        self._desk.hands.worker.run("", find, found, lambda error: say_error(self._journal, error))

    def _show(self, seq: int) -> None:
        log = self._journal.filters.log

        def read(console: "Console") -> tuple[Mapping[str, Any], int]:
            with journal.of_log(console, log) as chosen:
                return journal.show_entry(chosen, seq), chosen.journal.size()

        def show(read_: tuple[Mapping[str, Any], int]) -> None:
            self._entry.messages.clear()
            self._entry.show_entry(*read_)
            self._desk.hands.window.choose("entry")

        def failed(error: ConsoleError | Cancelled) -> None:
            say_error(self._entry if self._desk.hands.window.page is self._entry else self._journal, error)

        self._desk.hands.worker.run("", read, show, failed)

    def _go_back(self) -> None:
        self._journal.keep(self._entry.number)
        self._desk.hands.window.choose("journal")

    def _prove(self, seq: int, folder: str) -> None:
        name, log = f"entry-{seq}{SUFFIX}", self._journal.filters.log

        def prove(console: "Console") -> str:
            return write_all(folder, {name: journal.prove(console, seq, log=log)[1]})

        def done(where: str) -> None:
            self._entry.say_done(
                say(
                    "The proof of entry {seq} is in {where}: {name}. verify.py or verify.html of any export judges it.",
                    seq=say_number(seq),
                    where=where,
                    name=name,
                )
            )

        self._desk.act(self._entry, say("Proving"), prove, done)


def _told(entry: Entry) -> list[tuple[str, str]]:
    surely = entry["surely"]
    rows = [
        (say("Time"), moment(str(entry["time"]))),
        (say("Exactly (UTC)"), str(entry["time"])[11:-1]),
        (say("Proven time (UTC)"), surely_told(str(surely["brief"])) if surely else ""),
        (say("By"), who(str(entry["who"]))),
        (say("Proven by"), PROOFS[str(entry["proof"])]),
        (say("Activation"), short(str(entry["act"])) if entry["act"] else ""),
    ]
    return [(name, value) for name, value in rows if value]


def _proof(entry: Entry) -> tuple[str, str, list[str]]:
    """Return the tone, the verdict, and what it rests on."""
    signed = entry["proven"]
    if signed is None:
        later = say("The next signed state will hold it. Look again in a moment.")
        return "warning", say("No signed state of the journal holds it yet."), [later]
    size = say_number(int(signed["size"]))
    return (
        "good",
        say("It is proven to stand in the journal, unchanged."),
        [
            say(
                "Checked just now: it leads, in {steps} steps, to the state of {size} entries.",
                steps=signed["steps"],
                size=size,
            ),
            say("This station's own key signed that state. Whoever changed the entry would break it."),
            say("The state in 12 words: {words}", words=" ".join(signed["words"])),
            say("Its mark: {root}", root=signed["root"]),
        ],
    )
