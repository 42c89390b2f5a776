# SPDX-License-Identifier: Apache-2.0
"""Readiness: what is in order and what is not, worst first; what a loss would do; the grab card."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.gui.longwork import ProgressRow
from console.gui.parts import Parts
from console.gui.phrases import group, listed
from console.gui.printed_page import PrintedPage
from console.gui.snapshot import View
from console.gui.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.language import say
from console.sentences import ages
from console.sentences import readiness as said
from console.sentences.checks import CHECKS, CHECKS_NOW

TONES = {"error": "danger", "warning": "warning", "ok": "good"}
WORST_FIRST = ("error", "warning", "ok")
COLUMNS = 2
GRAB_CARD = (
    say("The grab card: one page for the first ten minutes"),
    say("Whom to call, and how it goes on. Print it anew whenever people or numbers change."),
    say("Folder for the printed page"), say("Print the grab card to a file (PDF)"),
)  # fmt: skip
CERTIFICATE = (
    say("The founding certificate: with it a founding ends"),
    say("Who founded this station, by which keys and under which rules. No secret is on it."),
    say("Folder for the certificate"), say("Print the certificate to a file (PDF)"),
)  # fmt: skip


class ReadinessScreen(Page):
    """Shows the checks; reports what shall be assumed lost, and where the grab card shall go."""

    check_asked = Signal()
    upkeep_asked = Signal()
    what_if_asked = Signal(object)
    """The losses."""
    print_asked = Signal(str)
    """Folder for the grab card."""
    certificate_asked = Signal(str)
    """Folder for the founding certificate."""

    def __init__(self) -> None:
        super().__init__(say("Readiness"))
        self.readable()
        self.progress = ProgressRow()
        self._losses: dict[str, QCheckBox] = {}
        self._details: list[PlainLabel] = []
        self._badge, self._checks, self._ages = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._see = button(say("See what still opens"), self._ask_what_if)
        self._grid, self._after = QGridLayout(), QVBoxLayout()
        self._detail = QCheckBox(say("Show details for IT"))
        self._detail.setAccessibleName(self._detail.text())
        self._detail.toggled.connect(self._turn_details)
        self._lay_out()

    def _lay_out(self) -> None:
        again, upkeep = (
            button(say("Check again"), self.check_asked.emit),
            button(say("Upkeep"), self.upkeep_asked.emit),
        )
        self.column.addLayout(row(again, upkeep, self._detail))
        self.column.addWidget(self.progress)
        found = QWidget()
        looked = QVBoxLayout(found)
        looked.setContentsMargins(0, 0, 0, 0)
        looked.setSpacing(14)
        self._checks.setSpacing(8)
        for part in (self._badge, self._checks, self._ages):
            looked.addLayout(part)
        self._asked = self._what_if()
        self.column.addWidget(
            Parts(
                (say("What was found"), found),
                (say("The grab card"), _page(GRAB_CARD, self.print_asked)),
                (say("The founding certificate"), _page(CERTIFICATE, self.certificate_asked)),
                (say("If this were lost"), self._asked),
            )
        )
        self.column.addStretch(1)

    def show_checks(self, value: View, matrix: View, names: View, losses: Sequence[str]) -> None:
        """Show every check, worst first, and which single loss locks something out."""
        clear_layout(self._badge)
        clear_layout(self._checks)
        self._details = []
        self._badge.addWidget(_badge(matrix, names))
        rows = sorted(value["checks"], key=lambda found: WORST_FIRST.index(found["level"]))
        for level in WORST_FIRST[:2]:
            for found in (found for found in rows if found["level"] == level):
                self._checks.addWidget(self._check(found))
        self._checks.addWidget(self._in_order([found for found in rows if found["level"] == "ok"]))
        clear_layout(self._ages)
        self._ages.addWidget(_old(value))
        self._offer(losses, names)
        self._turn_details()

    def show_after(self, matrix: View, names: View) -> None:
        """Show what still opens after the losses that are ticked."""
        clear_layout(self._after)
        if not matrix["credentials"]:
            self._after.addWidget(PlainLabel(say("Nothing is sealed here yet.")))
        for told in matrix["credentials"]:
            tone = "good" if told["openable"] else "danger"
            opens = (
                say("still opens. {how}", how=_how(told, names)) if told["openable"] else say("LOCKED OUT")
            )
            line = QHBoxLayout()
            line.addWidget(StateMark(tone), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(PlainLabel(f"{told['name']}: {opens}"), 1)
            self._after.addLayout(line)
        self.reveal(self._asked)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        for part in (self._badge, self._checks, self._ages, self._after):
            clear_layout(part)
        for box in self._losses.values():
            box.setChecked(False)

    def _check(self, found: View) -> QFrame:
        frame, column = card()
        title = PlainLabel(
            CHECKS[found["id"]][:1].upper() + CHECKS[found["id"]][1:], role="field", wrap=False
        )
        column.addLayout(row(StateMark(TONES[found["level"]]), title))
        column.addWidget(PlainLabel(CHECKS_NOW[found["id"]]))
        for person in found["call"][:1]:
            number = person["phone"] or say("no telephone number is written down")
            column.addWidget(PlainLabel(say("Call {name}: {number}", name=person["name"], number=number)))
        column.addWidget(self._details_of(found))
        return frame

    def _in_order(self, rows: Sequence[View]) -> QFrame:
        frame, column = card()
        column.addLayout(row(StateMark("good"), PlainLabel(say("In order"), role="field", wrap=False)))
        column.addWidget(PlainLabel(listed([CHECKS[found["id"]] for found in rows]) or "nothing"))
        for found in rows:
            column.addWidget(self._details_of(found))
        return frame

    def _details_of(self, found: View) -> PlainLabel:
        label = PlainLabel(f"{CHECKS[found['id']]}: {found['detail']}", role="muted")
        self._details.append(label)
        return label

    def _turn_details(self) -> None:
        for label in self._details:
            label.setVisible(self._detail.isChecked())

    def _what_if(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("What if this were lost?"), role="heading"))
        column.addLayout(self._after)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inner)
        column.addLayout(row(self._see, button(say("Nothing is lost"), self._untick)))
        return frame

    def _offer(self, losses: Sequence[str], names: View) -> None:
        if list(self._losses) == list(losses):
            return
        clear_grid(self._grid)
        self._losses = {}
        for place, name in enumerate(losses):
            words = said.loss(name, names)
            box = QCheckBox(words[:1].upper() + words[1:])
            box.setAccessibleName(box.text())
            self._losses[name] = box
            self._grid.addWidget(box, place // COLUMNS, place % COLUMNS)

    def _untick(self) -> None:
        for box in self._losses.values():
            box.setChecked(False)
        clear_layout(self._after)

    def _ask_what_if(self) -> None:
        self.what_if_asked.emit([name for name, box in self._losses.items() if box.isChecked()])


def _page(said: Sequence[str], asked: SignalInstance) -> PrintedPage:
    made = PrintedPage(*said)
    made.asked.connect(asked)
    return made


def clear_grid(grid: QGridLayout) -> None:
    """Take everything out of a grid and delete it."""
    while (item := grid.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _old(value: View) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("How old it is"), role="heading"))
    for what, age in ages.lines(value):
        column.addWidget(PlainLabel(f"{what[:1].upper()}{what[1:]}: {age}"))
    return frame


def _badge(matrix: View, names: View) -> QFrame:
    frame, column = card()
    alone = matrix["alone"]
    if not matrix["credentials"]:
        title, tone = say("Nothing is sealed here yet"), "plain"
    elif alone:
        title, tone = say("One loss alone would lock you out"), "warning"
    else:
        title, tone = say("You survive the loss of any one thing"), "good"
    column.addLayout(row(StateMark(tone), PlainLabel(title, role="heading", wrap=False)))
    for told in alone:
        locked = listed(told["credentials"])
        column.addWidget(
            PlainLabel(
                say("Losing {loss} locks out: {locked}", loss=said.loss(told["loss"], names), locked=locked)
            )
        )
    return frame


def _how(told: View, names: View) -> str:
    parts = []
    for name, found in told["how"]["groups"].items():
        people = [str(names.get(member, member)) for member in found["people"]]
        enough = len(people) >= found["needed"]
        parts.append(
            say(
                "{name}: {needed} of {people}",
                name=group(name),
                needed=found["needed"],
                people=listed(people),
            )
            if enough
            else say("{name}: its sheets", name=group(name))
        )
    return "; ".join(parts)
