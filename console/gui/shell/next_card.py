# SPDX-License-Identifier: Apache-2.0
"""The card above every page: the one thing that comes next, why, and the button (or F2) that leads there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.gui.kit.flow import FlowLayout
from console.gui.kit.widgets import NaturalLabel, announce, button
from console.gui.shell.next_step import NextStep
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
