# SPDX-License-Identifier: Apache-2.0
"""The journal outside this room: hold it against what came back, give its state to somebody, ask a witness."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.actions.journal import comparison, heads, reading, witnesses
from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group, logs, moment
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk
from console.gui.shell.long_work import LongWork, ProgressRow
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import witness
from console.wording import finding

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

RECEIPT = say("A receipt, a photo of paper, or a witness's answer: file or pictures")
ANSWER = say("The witness's answer: file or pictures")
DEEP = say("Also form, signatures and protected fields")
REWRITTEN = say("Stop, keep everything as it is, and show both to the compliance officer.")
Result = Mapping[str, Any]
AUDIENCES = (("auditor", say("An auditor")), ("facts", say("Somebody who may know the facts")))
SAID = say(
    "The whole journal with a verifier, for somebody without this program. "
    "Counsel's notes stay closed, and so does how people are reached."
)


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


class OutsideGestures(QObject):
    """Joins the page to ``actions.witnesses``, ``actions.comparing`` and ``actions.heads``."""

    def __init__(self, desk: Desk, screen: OutsideScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._comparing = LongWork(desk, screen, screen.progress, say("Comparing"))
        self._exporting = LongWork(desk, screen, screen.progress, say("Exporting"))
        screen.export_asked.connect(self._export)
        window = desk.hands.window
        screen.back_asked.connect(lambda: window.choose("journal"))
        screen.compare_asked.connect(self._compare)
        screen.words_asked.connect(self._compare_words)
        screen.receipt_asked.connect(self._give)
        screen.ask_asked.connect(self._ask)
        screen.take_asked.connect(self._take)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Show how far the journal is provable, and by whom."""
        self._screen.set_logs(snapshot.log)
        if snapshot.standing is None:
            return
        people = [(person.id, f"{person.name} ({group(person.role)})") for person in snapshot.keyholders()]
        line = f"{witness.standing(snapshot.standing, moment)} {witness.protection(snapshot.standing)}"
        self._screen.show_standing(line, snapshot.standing["witnesses"], people)

    def forget(self) -> None:
        """The station is being locked."""
        self._comparing.stop()
        self._exporting.stop()
        self._screen.forget()

    def _compare(self, note: bytes, deep: bool, log: int | None) -> None:  # noqa: FBT001 - a signal's
        def compare(console: "Console", progress: "Progress") -> Result:
            with reading.of_log(console, log) as chosen:
                return comparison.with_note(chosen, note, log=log, deep=deep, progress=progress)

        self._comparing.run(compare, self._say_verdict)

    def _compare_words(self, size: int, words: Sequence[str], deep: bool) -> None:  # noqa: FBT001 - a signal's
        def compare(console: "Console", progress: "Progress") -> Result:
            return comparison.with_words(console, size, words, deep=deep, progress=progress)

        self._comparing.run(compare, self._say_verdict)

    def _export(self, audience: str, folder: str, log: int | None) -> None:
        def export(console: "Console", progress: "Progress") -> Result:
            place = Path(folder).expanduser()
            return reading.export(console, place, audience=audience, log=log, progress=progress)

        def done(told: Result) -> None:
            said = say(
                "{size} entries are in {folder}: {openings} fields open, {withheld} held back. "
                "verify.py and verify.html in it judge it.",
                size=told["size"],
                folder=folder,
                openings=told["openings"],
                withheld=told["withheld"],
            )
            key = say("Give the key of the journal another way: {key}", key=told["key"]) if told["key"] else ""
            self._screen.say_done(f"{said} {key}".strip())

        self._exporting.run(export, done)

    def _say_verdict(self, verdict: Result) -> None:
        found = [f"{finding(str(row['code']))}: {row['detail']}" for row in verdict["findings"]]
        if found:
            self._screen.say_problem(say("THE JOURNAL IS NOT WHAT IT WAS: ") + " ".join(found), REWRITTEN)
        else:
            self._screen.say_done(
                say("The journal continues what was shown: {size} entries.", size=verdict["compared"]["size"])
            )
            self._screen.taken()

    def _give(self, member: str, folder: str) -> None:
        def give(console: "Console") -> tuple[Result, HandOver]:
            head = heads.receipt(console, member)
            return head, handed_over(console.codes, f"journal-{head['size']}", str(head["note"]).encode())

        def done(given: tuple[Result, HandOver]) -> None:
            head, sent = given
            told = say("{size} entries. Their words: {words}", size=head["size"], words=" ".join(head["words"]))
            self._desk.hands.show_pictures(say("Proof of the journal, to keep elsewhere"), told, sent, folder)

        self._desk.act(self._screen, say("Drawing the receipt"), give, done)

    def _ask(self, who: str, old: int | None, folder: str) -> None:
        def ask(console: "Console") -> tuple[Result, HandOver]:
            value, data = witnesses.ask(console, who, old)
            return value, handed_over(console.codes, f"witness-{value['size']}", data)

        def done(asked: tuple[Result, HandOver]) -> None:
            value, sent = asked
            told = say(
                "{size} entries, root {root}. {old} are known there.",
                size=value["size"],
                root=value["root"],
                old=value["old"],
            )
            self._desk.hands.show_pictures(
                say("For the witness {witness}", witness=value["witness"]), told, sent, folder
            )

        self._desk.act(self._screen, say("Drawing the request"), ask, done)

    def _take(self, given: str | bytes) -> None:
        def take(console: "Console") -> Result:
            typed = given if isinstance(given, str) else given.decode(errors="replace")
            return witnesses.take(console, typed)

        def done(value: Result) -> None:
            told = [
                say(
                    "{witness} signed {size} entries, {time}.",
                    witness=row["witness"],
                    size=row["size"],
                    time=moment(row["time"]),
                )
                for row in value["cosigned"]
            ]
            self._screen.say_done(" ".join(told))
            self._screen.taken()

        self._desk.act(self._screen, say("Taking the answer in"), take, done)


class Exporting(QFrame):
    """Reports for whom, into which folder, and which journal."""

    asked = Signal(str, str, object)
    """For whom, folder, an older journal or None."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._complain, self._log = complain, form.choice(logs(1))
        self._whom, self._folder = form.choice(AUDIENCES), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("Export the journal"), role="heading"))
        column.addWidget(PlainLabel(SAID, role="muted"))
        column.addWidget(Field(say("For whom"), self._whom))
        column.addWidget(Field(say("Which journal to export"), self._log))
        hint = say("New or empty. What opens lies in it in the clear.")
        column.addWidget(Field(say("Folder"), self._folder, hint))
        column.addLayout(row(button(say("Export the journal"), self._ask, weight="primary")))

    def set_logs(self, current: int) -> None:
        """Offer the journals from before an alarm."""
        form.fill(self._log, logs(current))

    def _ask(self) -> None:
        if folder := self._folder.text().strip():
            self.asked.emit(str(self._whom.currentData()), folder, self._log.currentData())
        else:
            self._complain(say("No folder is named."), say("Name a new or empty folder."))


def _named(row: View) -> str:
    signed = (
        say("signed {size} entries, {at}", size=row["size"], at=moment(row["at"]))
        if row["at"]
        else say("has signed nothing yet")
    )
    return f"{row['name']}: {signed}"
