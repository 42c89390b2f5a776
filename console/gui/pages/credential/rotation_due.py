# SPDX-License-Identifier: Apache-2.0
"""What leads on the page of what is sealed: the new version that a credential owes, or that waits to be confirmed."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.domain import kinds
from console.domain.credential.versions import owes_new_version
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.phrases import listed
from console.gui.snapshot import View
from console.language import say

SEAL = (
    say("It was shown, or is used up. Change it at its system first, then seal here what holds there now."),
    say("Seal the new version of {name}"),
)
CONFIRM = (
    say("Its new version is sealed. Somebody else confirms that its system has it; then nothing more is owed."),
    say("Confirm the new version of {name}"),
)


def owes(credential: View) -> bool:
    """Return whether a credential owes a new version."""
    return owes_new_version(kinds.of(credential["kind"]), credential["state"])


class Owing(QFrame):
    """Says what is owed, and has the one button for the next of it; hidden while nothing is."""

    seal_asked = Signal(str)
    confirm_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._next = ""
        self._title, self._says, self._others = (PlainLabel(role="heading"), PlainLabel(), PlainLabel(role="muted"))
        self._seal = button("", lambda: self.seal_asked.emit(self._next), weight="primary")
        self._confirm = button("", lambda: self.confirm_asked.emit(self._next), weight="primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        for label in (self._title, self._says, self._others):
            column.addWidget(label)
        column.addLayout(row(self._seal, self._confirm))
        self.hide()

    @property
    def next(self) -> str:
        """The name of what the button is about; empty where nothing is owed."""
        return self._next

    def present(self, credentials: Sequence[View], chosen: str) -> None:
        """Lead on with the chosen credential if it owes, else with the first that does."""
        owing = sorted(filter(owes, credentials), key=lambda value: value["name"] != chosen)
        self.setVisible(bool(owing))
        self._next = str(owing[0]["name"]) if owing else ""
        if owing:
            self._lead_on(owing[0], [str(value["name"]) for value in owing[1:]])

    def _lead_on(self, value: View, others: Sequence[str]) -> None:
        is_waiting = value["candidate"] is not None
        words, verb = CONFIRM if is_waiting else SEAL
        self._title.setText(say("{name} owes a new version", name=self._next))
        self._says.setText(words)
        self._others.setText(say("Owed as well: {names}.", names=listed(others)))
        self._others.setVisible(bool(others))
        self._seal.setVisible(not is_waiting)
        self._confirm.setVisible(is_waiting)
        made = self._confirm if is_waiting else self._seal
        made.setText(verb.format(name=self._next))
        made.setAccessibleName(made.text())
