# SPDX-License-Identifier: Apache-2.0
"""The incident on one printed page: where it is saved, and what asks for it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.snapshot import Snapshot
from console.language import say

SAID = say("Who asked, who agreed, what was shown and when, and what the journal does not prove. No secret is on it.")


class OnePage(QFrame):
    """Reports of which activation the page is wanted."""

    asked = Signal(str, str)
    """Activation, folder."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._act, self._folder = form.choice([]), form.line()
        self._folder.setText("~/Documents")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("An incident on one page"), role="heading"))
        column.addWidget(PlainLabel(SAID))
        column.addWidget(Field(say("Which incident"), self._act))
        column.addWidget(Field(say("Folder for the page"), self._folder))
        column.addLayout(row(button(say("Save the summary"), self._ask)))

    def offer(self, snapshot: Snapshot) -> bool:
        """Offer every activation there ever was, what goes on first; return whether there is any."""
        known = snapshot.named()
        form.fill(self._act, known)
        return bool(known)

    def forget(self) -> None:
        """Name none: the station is locked."""
        form.fill(self._act, [])

    def _ask(self) -> None:
        self.asked.emit(str(self._act.currentData()), self._folder.text().strip())
