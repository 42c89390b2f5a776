# SPDX-License-Identifier: Apache-2.0
"""The journal: what is sought, in pages, newest first; whether it verifies, and up to where."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from console.gui import form
from console.gui.journal_filters import Filters
from console.gui.jump import JumpBar
from console.gui.longwork import ProgressRow
from console.gui.models import JournalModel
from console.gui.phrases import moment
from console.gui.place import Place
from console.gui.tables import make_table
from console.gui.widgets import Page, PlainLabel, button, row
from console.language import say, say_count, say_number
from console.wording import times_known

PAGE = 200
"""Entries at a time: a screen reader walks every row that a table has."""
WIDTHS = (72, 170, 136, 190, 100, 86, 92)
NOTHING_CHOSEN = (say("No entry is chosen."), say("Choose one in the table, then press the button again."))
UNCLEAR = (
    say("This is neither the number of an entry nor a date."),
    say("Write a number such as 1204, or a date such as 2026-11-23 or 2026-11-23 22:56 (add UTC for UTC)."),
)
UNVERIFIED = say("Not verified since it was unlocked")


class ProofBar(QWidget):
    """Asks for the proof of the entry that is chosen, and for the folder it goes into."""

    asked = Signal(object, str)
    unchosen = Signal()

    def __init__(self, chosen: Callable[[], int | None]) -> None:
        super().__init__()
        self._chosen, self._folder = chosen, form.line()
        self._folder.setText("~/Documents")
        label = PlainLabel(say("into the folder"), role="field", wrap=False)
        label.setBuddy(self._folder)
        self._folder.setAccessibleName(say("Folder for proofs"))
        line = row(button(say("Save the proof of the chosen entry"), self._ask), label, self._folder)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    def _ask(self) -> None:
        seq = self._chosen()
        if seq is None:
            self.unchosen.emit()
        else:
            self.asked.emit(seq, self._folder.text().strip())


class JournalScreen(Page):
    """Shows one page; reports which page is wanted, and that somebody wants it verified."""

    page_asked = Signal(object)
    """A ``Query``."""
    verify_asked = Signal(bool)
    """Deep or not."""
    proof_asked = Signal(object, str)
    """The entry, and the folder for its proof."""
    entry_asked = Signal(object)
    """The number of an entry that somebody wants to see whole."""
    jump_asked = Signal(object)
    """A number, or a time with its zone."""
    typing = Signal()
    """Somebody types what the journal will be asked."""
    page_chosen = Signal(str)
    """Name of a further page."""

    def __init__(self) -> None:
        super().__init__(say("Journal"))
        self.acting = QWidget()
        """Leads to what changes something: not for those who only read along."""
        self._model, self.filters = JournalModel(), Filters()
        self._table = make_table(self._model, say("Journal entries"), WIDTHS)
        self._place = Place(PAGE)
        self._size = self._looked_to = 0
        self._where, self._verified = PlainLabel(role="muted", wrap=False), PlainLabel(UNVERIFIED, wrap=False)
        self._jump = JumpBar(self)
        self._aim: int | None = None
        """The entry that somebody goes to."""
        self.standing = PlainLabel()
        """On one line: how much is written, since when it is provable, who witnessed it last."""
        self._older = button(say("Older"), lambda: self._turn(is_older=True))
        self._newer = button(say("Newer"), lambda: self._turn(is_older=False))
        self._verify = button(say("Verify the journal"), self._ask_verify, weight="primary")
        self._deep = QCheckBox(say("Also form, signatures and protected fields"))
        self.progress = ProgressRow()
        self._proofs = ProofBar(lambda: self._model.number_at(self._table.currentIndex().row()))
        self._lay_out()
        self._listen()

    def show_page(
        self, entries: Sequence[Mapping[str, Any]], size: int, looked_to: int, *, shown: int = 0
    ) -> None:
        """Show a page of entries, newest first, which has looked down to entry ``looked_to``.

        The first ``shown`` of them stand there already: what comes below them moves nothing.
        """
        self._size, self._looked_to = size, looked_to
        aim, self._aim = self._aim, None
        chosen = self._model.number_at(self._table.currentIndex().row())
        if shown:
            self._model.add(entries[shown:], self.filters.words)
        else:
            self._model.fill(entries, self.filters.words)
        is_there = self._choose(chosen if aim is None else aim, is_aim=aim is not None)
        told = (
            say(
                "Entries {first} to {last} of {size}",
                first=say_number(int(entries[0]["seq"])),
                last=say_number(int(entries[-1]["seq"])),
                size=say_number(size),
            )
            if entries
            else say("No such entry among {size}", size=say_number(size))
        ) + (
            say("; looked down to entry {looked_to}", looked_to=say_number(looked_to))
            if looked_to and len(entries) == 0
            else ""
        )
        if self.filters.query().is_filtered():
            told += say("; only what fits the search, clear it to see all")
        if aim is not None and not is_there:
            told += say("; entry {number} is not among them", number=say_number(aim))
        self._where.setText(told)
        self._table.setAccessibleName(told)
        self._older.setEnabled(looked_to > 0)
        self._newer.setEnabled(not self._place.is_newest)

    def _choose(self, number: int | None, *, is_aim: bool) -> bool:
        """Choose an entry and return whether it is there; who goes to one that is not gets the next older one."""
        at = self._model.row_of(number) if number is not None else None
        is_there = at is not None and self._model.number_at(at) == number
        if at is not None and (is_aim or is_there):
            self._table.selectRow(at)
        if is_aim:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        return is_there

    def show_verdict(self, verdict: Mapping[str, Any], findings: Sequence[str]) -> None:
        """Say in words what the verification found."""
        if verdict["ok"]:
            until = verdict["vouched_until"]
            vouched = say(", vouched until {until}", until=moment(until)) if until else ""
            known = " ".join(["", *times_known(verdict["clock"])]) if "clock" in verdict else ""
            self.say_done(
                say(
                    "Verified up to entry {size}{vouched}. Root {root}.{known}",
                    size=say_number(int(verdict["size"]) - 1),
                    vouched=vouched,
                    root=verdict["root"],
                    known=known,
                )
            )
        else:
            what = say_count(
                len(findings),
                "The journal does not verify: 1 finding. ",
                "The journal does not verify: {count} findings. ",
            ) + " ".join(findings)
            self.say_problem(what, say("Stop working with this station, keep it as it is, and report this."))

    def show_verified(self, text: str = UNVERIFIED, tone: str = "plain") -> None:
        """Say up to which entry the journal was verified; it always stands on the page."""
        self._verified.setText(text)
        self._verified.set_tone(tone)

    def forget(self) -> None:
        """Show nothing: the station is locked. Where somebody stood stays: a number tells nothing."""
        self.filters.forget()
        self._model.fill([], {})
        self._where.clear()
        self._jump.forget()
        self.show_verified()

    def newest(self) -> None:
        """Ask for the newest page."""
        self._place.newest()
        self.ask()

    def go_to(self, number: int) -> None:
        """Ask for the page that begins at an entry, and choose it."""
        self._aim = number
        self._place.go_to(number)
        self.ask()

    def _listen(self) -> None:
        self.filters.changed.connect(self.newest)
        self.filters.typing.connect(self.typing)
        self._jump.begun.connect(self.typing)
        self._jump.asked.connect(self.jump_asked)
        self._jump.unclear.connect(partial(self.say_problem, *UNCLEAR))
        self._table.activated.connect(lambda _: self._ask_entry())
        self._proofs.asked.connect(self.proof_asked)
        self._proofs.unchosen.connect(partial(self.say_problem, *NOTHING_CHOSEN))

    def _lay_out(self) -> None:
        self.column.addWidget(self.standing)
        self.column.addWidget(self.filters)
        self.column.addLayout(row(self._verify, self._deep, self._verified))
        self.column.addWidget(self.progress)
        self.column.addWidget(self._table, 1)
        self.column.addLayout(row(self._newer, self._older, self._jump, self._where))
        self.column.addLayout(row(
            button(say("Show the chosen entry"), self._ask_entry),
            button(say("In numbers"), lambda: self.page_chosen.emit("counts")),
            button(say("When nothing takes entries"), lambda: self.page_chosen.emit("paper")),
        ))  # fmt: skip
        lines = QVBoxLayout(self.acting)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addLayout(row(
            button(say("Write something down"), lambda: self.page_chosen.emit("record"),
                   name=say("Write something down, Control N")),
            button(say("Read counsel's notes"), lambda: self.page_chosen.emit("counsel")),
        ))  # fmt: skip
        lines.addLayout(row(
            button(say("Outside this room: witnesses, receipts"), lambda: self.page_chosen.emit("outside")),
            button(say("Erase what is personal"), lambda: self.page_chosen.emit("erasure")),
            button(say("Say what time it is"), lambda: self.page_chosen.emit("clock")),
        ))  # fmt: skip
        self.column.addWidget(self.acting)
        self.column.addWidget(self._proofs)

    def _ask_verify(self) -> None:
        self.messages.clear()
        self.verify_asked.emit(self._deep.isChecked())

    def _ask_entry(self) -> None:
        number = self._model.number_at(self._table.currentIndex().row())
        if number is None:
            self.say_problem(*NOTHING_CHOSEN)
        else:
            self.entry_asked.emit(number)

    def _turn(self, *, is_older: bool) -> None:
        if is_older and self._looked_to:
            self._place.older(self._looked_to)
        elif not is_older:
            self._place.newer(self._size, has_gaps=self.filters.query().is_filtered())
        self.ask()

    def ask(self) -> None:
        """Ask for the page that is shown, as it is now."""
        self.progress.begin()
        self.page_asked.emit(self.filters.query(self._place.before))
