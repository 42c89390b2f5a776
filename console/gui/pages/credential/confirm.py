# SPDX-License-Identifier: Apache-2.0
"""Does the target have the new version? Somebody else than its sealer says so, with evidence, on their own token."""

from PySide6.QtCore import Signal

from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group
from console.gui.snapshot import Snapshot, View
from console.language import say

THEN = say("The version before is destroyed then, and nobody can bring it back.")
EVIDENCE = say("For example the number of the entry in the target's own log of sign-ins.")


class ConfirmScreen(Page):
    """Reports who confirms a version, and how they saw that it works."""

    confirm_asked = Signal(str, str)
    """Member, evidence."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Confirm the new version"))
        self.readable()
        self._says, self._people, self._evidence = PlainLabel(role="heading"), People(), form.line()
        self._here: list[tuple[str, str]] = []
        self._sealer = ""
        frame, column = card()
        column.addWidget(self._says)
        column.addWidget(PlainLabel(THEN))
        column.addWidget(Field(say("How you saw that it works at the target"), self._evidence, EVIDENCE))
        column.addWidget(Field(say("Who confirms"), self._people, say("Not who sealed this version.")))
        column.addLayout(row(button(say("Confirm this version"), self._ask, weight="primary")))
        self.column.addLayout(row(button(say("Back to what is sealed"), self.back_asked.emit)))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def begin(self, value: View) -> None:
        """Ask about this credential's new version."""
        self.messages.clear()
        self._evidence.clear()
        self._people.clear()
        self._sealer = str(value["candidate_by"] or "")
        self._offer()
        self._says.setText(say("{name}, version {candidate}", name=value["name"], candidate=value["candidate"]))
        self.reveal(self._evidence)

    def present(self, snapshot: Snapshot) -> None:
        """Offer everybody who can sign here, but for who sealed this version."""
        self._here = [(p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders()]
        self._offer()

    def forget(self) -> None:
        """Name nobody: the station is locked."""
        self.messages.clear()
        self._evidence.clear()
        self._here = []
        self._offer()

    def _offer(self) -> None:
        self._people.offer([row for row in self._here if row[0] != self._sealer])

    def _ask(self) -> None:
        if self._people.value():
            self.confirm_asked.emit(self._people.value(), self._evidence.text().strip())
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who confirms, and let them put their token in."))
