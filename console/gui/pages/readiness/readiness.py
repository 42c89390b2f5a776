# SPDX-License-Identifier: Apache-2.0
"""Readiness: what is in order and what is not, worst first; what a loss would do; the grab card."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from console.actions.document import certificate, grab_card
from console.actions.readiness import lockout, report
from console.gui.kit import form
from console.gui.kit.files import write_all
from console.gui.kit.finding import exactly, finding, upper, without_number
from console.gui.kit.form import Field
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, marked, row
from console.gui.phrases import group, listed
from console.gui.shell.desk import Desk
from console.gui.shell.long_work import LongWork, ProgressRow
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import age as ages
from console.sentences import change
from console.sentences import readiness as said
from console.sentences.checks import title, without_phone

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

WORST_FIRST = ("error", "warning", "ok")
COLUMNS = 2
GRAB_CARD = (
    say("The grab card: one page for the first ten minutes"),
    say("Whom to call, and how it goes on. Print it anew whenever people or numbers change."),
    say("Folder for the printed page"),
    say("Print the grab card to a file (PDF)"),
)
CERTIFICATE = (
    say("The founding certificate: with it a founding ends"),
    say("Who founded this station, by which keys and under which rules. No secret is on it."),
    say("Folder for the certificate"),
    say("Print the certificate to a file (PDF)"),
)
Result = Mapping[str, Any]
CARD_FILE, CERTIFICATE_FILE = "grab-card.pdf", "founding-certificate.pdf"


class ReadinessScreen(Page):
    """Shows the checks; reports what shall be assumed lost, and where the grab card shall go."""

    check_asked = Signal()
    page_asked = Signal(str, str)
    """Name of the page where something is mended, and of its part (empty: as it begins)."""
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
        self._losses: dict[str, Tick] = {}
        self._details: list[QFrame] = []
        self._badge, self._checks, self._ages = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._see = button(say("See what still opens"), self._ask_what_if)
        self._grid, self._after = QGridLayout(), QVBoxLayout()
        self._detail = Tick(say("Show details for IT"))
        self._detail.toggled.connect(self._turn_details)
        self._lay_out()

    def _lay_out(self) -> None:
        again, upkeep = (
            button(say("Check again"), self.check_asked.emit),
            button(say("Upkeep"), lambda: self.page_asked.emit("upkeep", "")),
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
            self.parts(
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
        self._badge.addWidget(_badge(matrix, names))
        rows = sorted(value["checks"], key=lambda found: WORST_FIRST.index(found["level"]))
        for found in (found for found in rows if not found["ok"]):
            self._checks.addWidget(finding(found, names, self.page_asked.emit))
        if unknown := without_phone(value):
            self._checks.addWidget(without_number(unknown, self.page_asked.emit))
        self._checks.addWidget(self._in_order([found for found in rows if found["ok"]]))
        self._details = [self._for_it(rows)]
        self._checks.addWidget(self._details[0])
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
            opens = say("still opens. {how}", how=_how(told, names)) if told["openable"] else say("LOCKED OUT")
            self._after.addLayout(marked(tone, PlainLabel(f"{told['name']}: {opens}")))
        self.reveal(self._asked)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        for part in (self._badge, self._checks, self._ages, self._after):
            clear_layout(part)
        for box in self._losses.values():
            box.setChecked(False)

    def _in_order(self, rows: Sequence[View]) -> QFrame:
        frame, column = card()
        column.addLayout(marked("good", PlainLabel(say("In order"), role="field")))
        for found in rows:
            column.addWidget(PlainLabel(upper(title(found))))
        if not rows:
            column.addWidget(PlainLabel(say("Nothing is in order.")))
        return frame

    def _for_it(self, rows: Sequence[View]) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Details for IT"), role="heading"))
        for found in rows:
            column.addWidget(PlainLabel(exactly(found), role="muted"))
        return frame

    def _turn_details(self) -> None:
        for frame in self._details:
            frame.setVisible(self._detail.isChecked())

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
            self._losses[name] = box = Tick(upper(words))
            self._grid.addWidget(box, place // COLUMNS, place % COLUMNS)

    def _untick(self) -> None:
        for box in self._losses.values():
            box.setChecked(False)
        clear_layout(self._after)

    def _ask_what_if(self) -> None:
        self.what_if_asked.emit([name for name, box in self._losses.items() if box.isChecked()])


def clear_grid(grid: QGridLayout) -> None:
    """Take everything out of a grid and delete it."""
    while (item := grid.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


class ReadinessGestures(QObject):
    """Joins the readiness page to ``actions.readiness``, ``lockout`` and ``grab_card``."""

    def __init__(self, desk: Desk, screen: ReadinessScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._checking = LongWork(desk, screen, screen.progress, say("Checking"))
        screen.check_asked.connect(self._check)
        screen.what_if_asked.connect(self._what_if)
        screen.print_asked.connect(self._print)
        screen.certificate_asked.connect(self._certify)
        screen.page_asked.connect(self._lead)
        desk.hands.window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Checks are made when somebody asks for them, not every few seconds."""

    def forget(self) -> None:
        """The station is being locked."""
        self._checking.stop()
        self._screen.forget()

    def _lead(self, page: str, part: str) -> None:
        """Go where something is mended."""
        window = self._desk.hands.window
        if window.pages.name_of(window.page) != page:
            window.choose(page)
        shown = window.page
        if part and isinstance(shown, Page):
            shown.turn_to_part(part)

    def _chosen(self, name: str) -> None:
        if name == "readiness":
            self._check()

    def _check(self) -> None:
        def check(console: "Console", progress: "Progress") -> tuple[Result, Result, Result, Sequence[str]]:
            found, matrix = report.readiness(console, progress), lockout.matrix(console)
            # Losing a PIN is losing its token; the words say so once.
            losses = [loss for loss in lockout.known_losses(console.policy) if not loss.startswith("pin:")]
            return found, matrix, _names(console), losses

        self._checking.run(check, self._show)

    def _show(self, found: tuple[Result, Result, Result, Sequence[str]]) -> None:
        self._desk.warnings = sum(not row["ok"] for row in found[0]["checks"])
        self._screen.show_checks(*found)

    def _what_if(self, lost: Sequence[str]) -> None:
        def matrix(console: "Console") -> tuple[Result, Result]:
            return lockout.matrix(console, lost), _names(console)

        self._desk.act(self._screen, say("Looking"), matrix, lambda found: self._screen.show_after(*found))

    def _print(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            return write_all(folder, {CARD_FILE: grab_card.grab_card(console)})

        def done(where: str) -> None:
            self._screen.say_done(
                say("Written: {card} in {where}. Print it, and throw the old one away.", card=CARD_FILE, where=where)
            )

        self._desk.act(self._screen, say("Printing"), printed, done)

    def _certify(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            return write_all(folder, {CERTIFICATE_FILE: certificate.certificate(console)})

        def done(where: str) -> None:
            told = say("Written: {file} in {where}. Print it for each of you.", file=CERTIFICATE_FILE, where=where)
            self._screen.say_done(told)

        self._desk.act(self._screen, say("Printing"), printed, done)


class PrintedPage(QFrame):
    """Reports into which folder."""

    asked = Signal(str)

    def __init__(self, title: str, said: str, folder: str, verb: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._folder = form.line()
        self._folder.setText("~/Documents")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(title, role="heading"))
        column.addWidget(PlainLabel(said))
        column.addWidget(Field(folder, self._folder))
        column.addLayout(row(button(verb, lambda: self.asked.emit(self._folder.text().strip()))))


def _page(said: Sequence[str], asked: SignalInstance) -> PrintedPage:
    made = PrintedPage(*said)
    made.asked.connect(asked)
    return made


def _old(value: View) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("How old it is"), role="heading"))
    credentials = {row["name"] for row in value["secrets"]}
    for what, age in ages.lines(value):
        # What a credential is called has no capital.
        column.addWidget(PlainLabel(f"{what if what in credentials else upper(what)}: {age}"))
    return frame


def _badge(matrix: View, names: View) -> QFrame:
    frame, column = card()
    alone = matrix["alone"]
    if not matrix["credentials"]:
        found, tone = say("Nothing is sealed here yet"), "plain"
    elif alone:
        found, tone = say("One loss alone would lock you out"), "warning"
    else:
        found, tone = say("You survive the loss of any one thing"), "good"
    column.addLayout(marked(tone, PlainLabel(found, role="heading")))
    for told in alone:
        locked = listed(told["credentials"])
        column.addWidget(
            PlainLabel(say("Losing {loss} locks out: {locked}", loss=said.loss(told["loss"], names), locked=locked))
        )
    for class_ in matrix["nobody_asks"]:
        column.addWidget(PlainLabel(change.warning({"what": "nobody_asks", "subject": class_})))
    return frame


def _how(told: View, names: View) -> str:
    parts = []
    for name, found in told["how"]["groups"].items():
        people = [str(names.get(member, member)) for member in found["people"]]
        enough = len(people) >= found["needed"]
        parts.append(
            say("{name}: {needed} of {people}", name=group(name), needed=found["needed"], people=listed(people))
            if enough
            else say("{name}: its sheets", name=group(name))
        )
    return "; ".join(parts)


def _names(console: "Console") -> Result:
    roster = console.policy.roster
    people = {member.id: member.name for member in roster.members}
    return {**people, **{name: group(name) for name in roster.groups}, "station": say("the station")}
