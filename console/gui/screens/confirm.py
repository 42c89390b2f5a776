# SPDX-License-Identifier: Apache-2.0
"""Does the target have the new version? Somebody else than its sealer says so, with evidence, on their own token."""

from PySide6.QtCore import Signal

from console.gui import form
from console.gui.form import Field, People
from console.gui.phrases import group
from console.gui.snapshot import Snapshot, View
from console.gui.widgets import Page, PlainLabel, button, card, row

THEN = "The version before is destroyed then, and nobody can bring it back."
EVIDENCE = "For example the number of the entry in the target's own log of sign-ins."


class ConfirmScreen(Page):
    """Reports who confirms a version, and how they saw that it works."""

    confirm_asked = Signal(str, str)
    """Member, evidence."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Confirm the new version")
        self.readable()
        self._says, self._people, self._evidence = PlainLabel(role="heading"), People(), form.line()
        frame, column = card()
        column.addWidget(self._says)
        column.addWidget(PlainLabel(THEN))
        column.addWidget(Field("How you saw that it works at the target", self._evidence, EVIDENCE))
        column.addWidget(Field("Who confirms", self._people, "Not who sealed this version."))
        column.addLayout(row(button("Confirm this version", self._ask, weight="primary")))
        self.column.addLayout(row(button("Back to what is sealed", self.back_asked.emit)))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def begin(self, value: View) -> None:
        """Ask about this credential's new version."""
        self.messages.clear()
        self._evidence.clear()
        self._people.clear()
        self._says.setText(f"{value['name']}, version {value['candidate']}")
        self.reveal(self._evidence)

    def present(self, snapshot: Snapshot) -> None:
        """Offer everybody who can sign here."""
        self._people.offer([(p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders()])

    def forget(self) -> None:
        """Name nobody: the station is locked."""
        self.messages.clear()
        self._evidence.clear()
        self._people.offer([])

    def _ask(self) -> None:
        if self._people.value():
            self.confirm_asked.emit(self._people.value(), self._evidence.text().strip())
        else:
            self.say_problem("Nobody is chosen.", "Choose who confirms, and let them put their token in.")
