# SPDX-License-Identifier: Apache-2.0
"""On one's own console: 24 letters heard over the telephone, what they say, and whether to believe them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.phrases import moment
from console.gui.snapshot import View
from console.language import say
from console.sentences import overview


class TelephoneScreen(Page):
    """Shows what a code says; reports the letters as they were typed."""

    check_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("State over the telephone"))
        self.readable()
        self._code, self._told = form.line(), QVBoxLayout()
        self._typed = Field(
            say("The 24 letters"), self._code, say("As they are read to you, like K7QX 2M9A. There is no 0, 1, I or O.")
        )
        frame, column = card()
        column.addWidget(PlainLabel(say("Only for whoever reads along for a station that this console knows.")))
        column.addWidget(self._typed)
        column.addLayout(row(button(say("Check it"), self._ask, weight="primary")))
        self._code.returnPressed.connect(self._ask)
        self.column.addWidget(frame)
        self.column.addLayout(self._told)
        self.column.addStretch(1)

    def show_told(self, value: View) -> None:
        """Show what a code says that may be believed."""
        clear_layout(self._told)
        frame, column = card()
        heading = say("True: your station said this on {told_at}", told_at=moment(value["told_at"]))
        column.addWidget(PlainLabel(heading, role="heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        for line, (label, words) in enumerate(overview.told(value)):
            said = PlainLabel(words)
            said.set_tone("danger" if words == overview.ALARM else "")
            grid.addWidget(PlainLabel(label[:1].upper() + label[1:], role="field", wrap=False), line, 0)
            grid.addWidget(said, line, 1)
        column.addLayout(grid)
        if since := overview.since(value):
            column.addWidget(PlainLabel(since))
        self._told.addWidget(frame)
        self._code.clear()
        self.reveal(frame)

    def forget(self) -> None:
        """Show nothing any more."""
        clear_layout(self._told)
        self._code.clear()

    def _ask(self) -> None:
        self.messages.clear()
        clear_layout(self._told)
        self.check_asked.emit(self._code.text())
