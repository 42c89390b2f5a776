# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets: how they stand, printing them, and typing them in again from the paper, one after the other."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.secret_field import SecretText
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.pages.keyholder.substitution import Admitting, StandingIn
from console.gui.phrases import group, listed, moment
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.wording import SHEET_STATES

TYPING = say("Type sheets in from the paper")
STATION = "station"
MAX_SHEETS, MAX_COPIES = 16, 3
VISIBLE = say("What you type can be seen: let nobody else look, and no camera. Nothing of it is kept.")
PRINTER, MEMORY, FOLDER = "printer", "memory", "folder"
NO_PRINTER = say(
    "This computer knows no printer. Connect one by cable and come back here, or take the folder in memory."
)
IN_MEMORY = say(
    "This program makes the folder. Print from it with another program, while this page is shown. "
    "The pages are removed when you leave the page, and when the station is locked."
)


class SheetsScreen(Page):
    """Shows how sheets stand; reports what shall be printed, each sheet that was typed, and what they are for."""

    plan_asked = Signal(str, int, int, int, str)
    """Slot, needed, count, copies, and where they come out, as ``Outlet.out`` says it."""
    print_asked = Signal()
    remove_asked = Signal()
    """The pages in memory."""
    sheet_typed = Signal(str)
    forget_asked = Signal()
    prove_asked = Signal(str)
    """Slot."""
    drill_asked = Signal(str)
    """Slot."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Recovery sheets"))
        self.readable()
        self._rows, self._plan = QVBoxLayout(), QVBoxLayout()
        self._typed_of, self._printed_of = form.choice([]), form.choice([])
        self._words, self._count = SecretText(), PlainLabel()
        self._needed, self._all = form.number(1, MAX_SHEETS, 2), form.number(1, MAX_SHEETS, 2)
        self._copies, self.outlet = form.number(1, MAX_COPIES, 1), Outlet()
        self._print = button(say("Print them now"), self.print_asked.emit, weight="primary")
        self._remove = button(say("Remove the pages from memory now"), self.remove_asked.emit)
        self.standing_in, self.admitting = StandingIn(self.say_problem), Admitting(self.say_problem)
        self._rows.setSpacing(14)
        self.column.addLayout(row(button(say("Back to people"), self.back_asked.emit)))
        self.column.addLayout(self._rows)
        self.column.addWidget(
            self.parts(
                (TYPING, self._typing()),
                (say("Sheets in place of tokens"), self.standing_in),
                (say("Admit to counsel's notes"), self.admitting),
                (say("Print a new set"), self._printing()),
            )
        )
        self.column.addStretch(1)
        self.forget()

    def offer(self, snapshot: Snapshot) -> None:
        """Offer the groups of this station, the station itself, and the requests that wait."""
        for box in (self._typed_of, self._printed_of):
            form.fill(box, [(slot, _slot(slot)) for slot in (*snapshot.groups, STATION)])
        self.standing_in.present(snapshot)
        self.admitting.present(snapshot)

    def show_status(self, value: View) -> None:
        """Show how every set stands."""
        clear_layout(self._rows)
        for told in value["recovery"]:
            self._rows.addWidget(_status(told))

    def show_plan(self, plan: View) -> None:
        """Show what printing would take; nothing is printed yet."""
        clear_layout(self._plan)
        for line in _plan(plan):
            self._plan.addWidget(PlainLabel(line))
        self._print.show()
        self.reveal(self._print)

    def printed(self) -> None:
        """Take the plan away: it was for one printing."""
        clear_layout(self._plan)
        self._print.hide()

    def show_in_memory(self, *, are_there: bool) -> None:
        """Offer to remove the pages as soon as they are printed."""
        self._remove.setVisible(are_there)

    def show_typed(self, count: int) -> None:
        """Empty the field for the next sheet; ``count`` of them are typed and right."""
        self._words.clear()
        self._count.setText(say("Sheets typed so far: {count}. Type the next one, or go on.", count=count))
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Show nothing and keep no word: the station is locked, or somebody has left the page."""
        clear_layout(self._rows)
        self.printed()
        self._remove.hide()
        self._words.clear()
        self.standing_in.forget()
        self.admitting.forget()
        self._count.setText(say("Sheets typed so far: 0. Type the first one."))

    def typed_of(self) -> str:
        """Return of which group, or of the station, the typed sheets are."""
        return str(self._typed_of.currentData() or "")

    def _typing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(TYPING, role="heading"))
        column.addWidget(PlainLabel(VISIBLE))
        column.addWidget(Field(say("Sheets of"), self._typed_of))
        column.addWidget(self._count)
        column.addWidget(Field(say("All words of one sheet"), self._words, say("In their order, without the numbers.")))
        column.addLayout(
            row(
                button(say("This is one sheet"), lambda: self.sheet_typed.emit(self._words.toPlainText())),
                button(say("Forget what was typed"), self.forget_asked.emit),
            )
        )
        column.addWidget(PlainLabel(say("When enough sheets are typed:"), role="field"))
        column.addLayout(
            row(
                button(say("Read back a new set"), lambda: self._report(self.prove_asked)),
                button(say("Try the sheets in force"), lambda: self._report(self.drill_asked)),
            )
        )
        return frame

    def _printing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Print a new set"), role="heading"))
        column.addWidget(PlainLabel(say("It counts only once it was read back and the groups have signed.")))
        column.addWidget(Field(say("New sheets of"), self._printed_of))
        column.addWidget(Field(say("Sheets needed of each group"), self._needed))
        column.addWidget(Field(say("Sheets made for each group"), self._all, say("One for each person.")))
        column.addWidget(Field(say("Copies of each sheet"), self._copies))
        column.addWidget(self.outlet)
        column.addLayout(row(button(say("See what printing takes"), self._ask_plan)))
        column.addLayout(self._plan)
        column.addLayout(row(self._print, self._remove))
        return frame

    def _report(self, asked: SignalInstance) -> None:
        if self._words.toPlainText().strip():
            self.say_problem(say("One sheet is typed and not taken yet."), say("Press: This is one sheet. Then go on."))
        elif self.typed_of():
            asked.emit(self.typed_of())
        else:
            self.say_problem(say("Nothing is chosen."), say("Choose whose sheets they are."))

    def _ask_plan(self) -> None:
        self.printed()
        if not (out := self.outlet.out()):
            self.say_problem(say("No folder is named."), say("Name a folder in memory, or choose another way."))
        elif self._printed_of.currentData():
            self.plan_asked.emit(
                str(self._printed_of.currentData()), self._needed.value(), self._all.value(), self._copies.value(), out
            )


class Outlet(QWidget):
    """Asks for it; the first printer is proposed as soon as the printers are known."""

    def __init__(self) -> None:
        super().__init__()
        self._where, self._folder = form.choice([]), form.line()
        self._is_chosen = False
        self._none, self._told = PlainLabel(NO_PRINTER), PlainLabel(IN_MEMORY, role="muted")
        self._named = Field(
            say("Folder instead of the printer"), self._folder, say("In a drill any folder, else one in memory.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        asked = Field(say("Where the sheets come out"), self._where)
        for part in (asked, self._none, self._told, self._named):
            column.addWidget(part)
        self._where.activated.connect(self._choose)
        self._where.currentIndexChanged.connect(lambda _: self._show())
        self.offer([])

    def offer(self, printers: Sequence[str]) -> None:
        """Offer these printers, and what needs none."""
        rows = [(f"{PRINTER}:{name}", say("Printer {name}", name=name)) for name in printers]
        rows += [(MEMORY, say("A folder in memory, made for this printing")), (FOLDER, say("Another folder"))]
        form.fill(self._where, rows)
        if not self._is_chosen:
            self._where.setCurrentIndex(0)
        self._none.setVisible(not printers)
        self._show()

    def out(self) -> str:
        """Return ``printer:NAME``, ``memory``, or the folder that was named; empty where none was."""
        where = str(self._where.currentData())
        return self._folder.text().strip() if where == FOLDER else where

    def _choose(self) -> None:
        self._is_chosen = True

    def _show(self) -> None:
        self._told.setVisible(self._where.currentData() == MEMORY)
        self._named.setVisible(self._where.currentData() == FOLDER)


def _slot(slot: str) -> str:
    return say("The station, with all groups") if slot == STATION else group(slot)


def _status(told: View) -> QFrame:
    frame, column = card()
    is_whole = told["state"] == "in_force" and not (told["gone"] or told["owed"] or told["uncovered"])
    tone = "danger" if told["state"] == "spent" else "good" if is_whole else "warning"
    title = PlainLabel(f"{_slot(told['slot'])}: {SHEET_STATES[told['state']]}", role="heading", wrap=False)
    column.addLayout(row(StateMark(tone), title))
    for line in _lines(told):
        column.addWidget(PlainLabel(line))
    return frame


def _lines(told: View) -> Iterator[str]:
    if told["state"] == "none":
        lost = say("the security module is lost") if told["slot"] == STATION else say("its people lose their tokens")
        yield say("If {lost}, nothing helps. Print a set below.", lost=lost)
        return
    yield say("Generation {generation}, check value {check}", generation=told["generation"], check=told["check"])
    drilled = told["drilled"]
    yield (say("Last tried: {drilled}", drilled=moment(drilled)) if drilled else say("Never tried since they count"))
    if told["unread"]:
        yield say("▲  Not read back yet: {unread}", unread=listed([f"{group(g)} {n}" for g, n in told["unread"]]))
    if told["gone"]:
        yield say("▲  Kept by people who left: {gone}", gone=listed(told["gone"]))
    if told["uncovered"]:
        yield say("▲  Not opened by these sheets until sealed again: {uncovered}", uncovered=listed(told["uncovered"]))
    if told["owed"]:
        yield say("▲  To be changed since they were used: {owed}", owed=listed(told["owed"]))


def _plan(plan: View) -> Iterator[str]:
    place = say("at the printer {where}") if plan["to"] == PRINTER else say("in {where}")
    yield say(
        "{slot}, generation {generation}: {pages} pages come out {where}.",
        slot=_slot(plan["slot"]),
        generation=plan["generation"],
        pages=plan["pages"],
        where=place.format(where=plan["where"]),
    )
    yield say("Of each group {needed} of {count} sheets will be needed.", needed=plan["needed"], count=plan["count"])
    for sheet in plan["sheets"]:
        yield say(
            "{group}, sheet {number}: kept by {name}",
            group=group(sheet["group"]),
            number=sheet["number"],
            name=sheet["name"],
        )
    yield say("Each of them must be here, and have a safe place for it. Nobody brings a camera.")
