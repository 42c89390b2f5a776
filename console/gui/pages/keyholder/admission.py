# SPDX-License-Identifier: Apache-2.0
"""Legal's sheets that were typed open counsel's notes to a newcomer, when no reader is left who could."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.form import Field
from console.gui.kit.typed_text import once
from console.gui.kit.widgets import PlainLabel
from console.gui.snapshot import Snapshot
from console.language import say

READS = "legal"


class Admitting(QFrame):
    """Reports who shall read what Legal's sheets hold."""

    admit_asked = Signal(str, str)
    """Newcomer, and the reason if these sheets were used before."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        once(self)
        self.setObjectName("card")
        self._complain = complain
        self._newcomer, self._again = form.choice([]), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("When no reader of Legal is left: counsel's notes"), role="heading"))
        column.addWidget(PlainLabel(say("First type Legal's sheets in. They show nothing to anybody here.")))
        column.addWidget(Field(say("Newcomer who shall read"), self._newcomer, say("Already a member of Legal.")))
        column.addWidget(Field(say("Reason, if the sheets were used before"), self._again))
        column.addWidget(
            Twice(say("Admit by these sheets"), say("Yes, admit them: the sheets are spent then"), self._ask)
        )

    def present(self, snapshot: Snapshot) -> None:
        """Offer the people of Legal."""
        form.fill(self._newcomer, [(p.id, p.name) for p in snapshot.people if p.role == READS])

    def forget(self) -> None:
        """Keep no reason: the station is locked, or somebody has left the page."""
        self._again.clear()

    def _ask(self) -> None:
        if self._newcomer.currentData():
            self.admit_asked.emit(str(self._newcomer.currentData()), self._again.text().strip())
        else:
            self._complain(say("Nobody is chosen to be admitted."), say("Choose the newcomer."))
