# SPDX-License-Identifier: Apache-2.0
"""The card above every page: the one thing that comes next, why, and the button (or F2) that leads there."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.gui.kit.flow import FlowLayout
from console.gui.kit.widgets import NaturalLabel, announce, button
from console.gui.shell.desk import Desk
from console.gui.shell.next_step import NextStep, next_step
from console.gui.snapshot import Snapshot
from console.language import say

KEY = "F2"
AT_WORK = ("seal", "confirm")
"""Pages on which somebody is doing what comes next: leading away from them would lose what was typed."""


class NextCard(QFrame):
    """Shows one step; on the page to which it leads there is nothing to press."""

    chosen = Signal(str, str)
    """Page, and what it turns to (empty: nothing)."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("next")
        self._step: NextStep | None = None
        self._page = ""
        self._what, self._why = NaturalLabel(role="field"), NaturalLabel(role="muted")
        self._go = button("", self.go)
        said, line = QWidget(), FlowLayout(self, gap=24, line_gap=4)
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._what)
        column.addWidget(self._why)
        line.setContentsMargins(16, 8, 16, 8)
        line.addWidget(said)
        line.addWidget(self._go)
        self.hide()

    def present(self, step: NextStep | None) -> None:
        """Show this step; None: there is nobody to do it."""
        is_new, self._step = step != self._step, step
        if step is not None and is_new:
            self._what.show_text(say("Next: {what}", what=step.what))
            self._why.show_text(step.why)
            self._go.setText(f"{step.verb}  ({KEY})")
            self._go.setAccessibleName(f"{step.verb}, {KEY}")
        if step is None:
            # What is only hidden is still read aloud to every program of the session.
            for label in (self._what, self._why):
                label.clear()
        self._show()
        if is_new and self.isVisible():
            announce(self, self._what.text())

    def stand_above(self, page: str) -> None:
        """Know which page is shown below."""
        self._page = page
        self._show()

    def go(self) -> None:
        """Lead there."""
        if self._step is not None and self._page not in AT_WORK:
            self.chosen.emit(self._step.page, self._step.about)

    def _show(self) -> None:
        self.setVisible(self._step is not None)
        self._go.setVisible(self._step is not None and self._page not in (self._step.page, *AT_WORK))


class NextStepGestures(QObject):
    """Joins the card to the pages."""

    def __init__(self, desk: Desk, card: NextCard) -> None:
        super().__init__()
        self._desk, self._window, self._card = desk, desk.hands.window, card
        self._window.above.add(card)
        self._window.page_chosen.connect(card.stand_above)
        self._window.shortcut(KEY, card.go)
        card.chosen.connect(self._lead)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Show what comes next for whoever unlocked."""
        self._card.present(next_step(snapshot, self._desk.warnings))

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._card.present(None)

    def _lead(self, name: str, about: str) -> None:
        if self._window.is_interrupted:
            return
        turn_to = getattr(self._window.pages.made(name), "choose", None)
        if about and turn_to is not None:
            turn_to(about)
        self._window.choose(name)
