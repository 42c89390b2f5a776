# SPDX-License-Identifier: Apache-2.0
"""The whole journal into a folder, with a verifier, for somebody without this program."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.phrases import logs
from console.language import say

AUDIENCES = (("auditor", say("An auditor")), ("facts", say("Somebody who may know the facts")))
SAID = say(
    "The whole journal with a verifier, for somebody without this program. "
    "Counsel's notes stay closed, and so does how people are reached."
)


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
