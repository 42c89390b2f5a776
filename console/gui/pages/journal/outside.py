# SPDX-License-Identifier: Apache-2.0
"""The journal outside this room: hold it against what came back, give its state to somebody, ask a witness."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.journal.export_form import Exporting
from console.gui.phrases import logs, moment
from console.gui.scan.field import ScanField
from console.gui.shell.long_work import ProgressRow
from console.gui.snapshot import View
from console.language import say

RECEIPT = say("A receipt, a photo of paper, or a witness's answer: file or pictures")
ANSWER = say("The witness's answer: file or pictures")
DEEP = say("Also form, signatures and protected fields")
REWRITTEN = say("Stop, keep everything as it is, and show both to the compliance officer.")


class OutsideScreen(Page):
    """Shows how far the journal is provable; reports what is compared, handed out and taken in."""

    compare_asked = Signal(object, bool, object)
    """The receipt, whether deep, an older journal or None."""
    words_asked = Signal(int, object, bool)
    """Entries, words, whether deep."""
    receipt_asked = Signal(str, str)
    """Member, folder."""
    ask_asked = Signal(str, object, str)
    """Witness, the entries that it says it knows or None, folder."""
    take_asked = Signal(object)
    """The answer, or its line as typed."""
    export_asked = Signal(str, str, object)
    """For whom, folder, an older journal or None."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("The journal outside this room"))
        self.readable()
        self._standing, self._witnesses = PlainLabel(), People()
        self._came, self._answer = (ScanField(RECEIPT, [frames.CHECKPOINT]), ScanField(ANSWER, [frames.CHECKPOINT]))
        self._size, self._words, self._old, self._line = form.line(), form.line(), form.line(), form.line()
        self._people, self._folder, self._receipt_folder = People(), form.line(), form.line()
        self._deep, self._deep_words = Tick(DEEP), Tick(DEEP)
        self._log, self._exporting = form.choice(logs(1)), Exporting(self.say_problem)
        self._exporting.asked.connect(self.export_asked)
        self.progress = ProgressRow()
        for folder in (self._folder, self._receipt_folder):
            folder.setText("~/Documents")
        self.column.addLayout(row(button(say("Back to the journal"), self.back_asked.emit)))
        self.column.addWidget(self._standing)
        self.column.addWidget(self.progress)
        self.column.addWidget(
            self.parts(
                (say("Ask a witness"), self._make_witness()),
                (say("Take a witness's answer in"), self._make_answer()),
                (say("Compare with a receipt"), self._make_compare()),
                (say("Compare with twelve words"), self._make_words()),
                (say("Give the state to somebody"), self._make_receipt()),
                (say("Export the journal to a folder"), self._exporting),
            )
        )
        self.column.addStretch(1)

    def show_standing(self, line: str, witnesses: Sequence[View], people: Sequence[tuple[str, str]]) -> None:
        """Show the one line, the witnesses of the rules, and who could take a receipt along."""
        self._standing.setText(line)
        self._witnesses.offer([(row["witness"], _named(row)) for row in witnesses])
        self._people.offer(people)

    def set_logs(self, current: int) -> None:
        """Offer the journals from before an alarm."""
        form.fill(self._log, logs(current))
        self._exporting.set_logs(current)

    def taken(self) -> None:
        """Empty what was typed."""
        for field in (self._old, self._line, self._size, self._words):
            field.clear()
        for files in (self._came, self._answer):
            files.clear()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self.taken()
        self._standing.clear()
        self._witnesses.offer([])
        self._people.offer([])

    def _make_witness(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Ask a witness"), role="heading"))
        said = say(
            "A witness keeps what it was shown, and signs no other history. The quorum names witnesses in the rules."
        )
        column.addWidget(PlainLabel(said, role="muted"))
        column.addWidget(Field(say("Witness"), self._witnesses))
        hint = say("Only if its console refused and named another number.")
        column.addWidget(Field(say("Entries that it knows"), self._old, hint))
        column.addWidget(Field(say("Folder, if you save it as files"), self._folder))
        column.addLayout(row(button(say("Show the request as pictures"), self._ask, weight="primary")))
        return frame

    def _make_answer(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("What the witness sent back"), role="heading"))
        column.addWidget(Field(ANSWER, self._answer))
        column.addWidget(Field(say("or its line, typed"), self._line))
        column.addLayout(row(button(say("Take the answer in"), self._take, weight="primary")))
        return frame

    def _make_compare(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Hold the journal against what came back"), role="heading"))
        column.addWidget(Field(say("Which journal"), self._log))
        column.addWidget(Field(RECEIPT, self._came))
        column.addWidget(self._deep)
        column.addLayout(row(button(say("Compare"), self._compare, weight="primary")))
        return frame

    def _make_words(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Hold the journal against the words on paper"), role="heading"))
        column.addWidget(Field(say("Entries, as they stand on the paper"), self._size))
        column.addWidget(Field(say("The twelve words beside them"), self._words))
        column.addWidget(self._deep_words)
        column.addLayout(row(button(say("Compare the words"), self._compare_words, weight="primary")))
        return frame

    def _make_receipt(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Give the state to somebody"), role="heading"))
        said = say("For whoever approved here with a token that takes nothing along. They keep it away from here.")
        column.addWidget(PlainLabel(said, role="muted"))
        column.addWidget(Field(say("Who takes it along"), self._people))
        column.addWidget(Field(say("Folder, if you save the receipt as files"), self._receipt_folder))
        column.addLayout(row(button(say("Show the receipt as a picture"), self._give, weight="primary")))
        return frame

    def _ask(self) -> None:
        known = self._old.text().strip()
        if not self._witnesses.value():
            self.say_problem(
                say("No witness is chosen."), say("Choose one. Without any, the quorum must name one first.")
            )
        elif (known and not known.isascii()) or (known and not known.isdigit()):
            self.say_problem(
                say("The entries that it knows are no number."), say("Type the number that its console named.")
            )
        else:
            old = int(known) if known else None
            self.ask_asked.emit(self._witnesses.value(), old, self._folder.text().strip())

    def _take(self) -> None:
        given = self._line.text().strip() or self._answer.given()
        if given:
            self.take_asked.emit(given)
        else:
            self.say_problem(*self._answer.lacking())

    def _compare(self) -> None:
        receipt = self._came.given()
        if receipt is not None:
            self.compare_asked.emit(receipt, self._deep.isChecked(), self._log.currentData())
        else:
            self.say_problem(*self._came.lacking())

    def _compare_words(self) -> None:
        size, words = self._size.text().strip(), self._words.text().replace(",", " ").split()
        if not (size.isascii() and size.isdigit()) or not words:
            self.say_problem(say("A number and twelve words are needed."), say("Type both as they stand on the paper."))
        else:
            self.words_asked.emit(int(size), words, self._deep_words.isChecked())

    def _give(self) -> None:
        if self._people.value():
            self.receipt_asked.emit(self._people.value(), self._receipt_folder.text().strip())
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who takes it along."))


def _named(row: View) -> str:
    signed = (
        say("signed {size} entries, {at}", size=row["size"], at=moment(row["at"]))
        if row["at"]
        else say("has signed nothing yet")
    )
    return f"{row['name']}: {signed}"
