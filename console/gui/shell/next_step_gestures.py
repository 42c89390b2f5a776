# SPDX-License-Identifier: Apache-2.0
"""Keeps the card about what comes next true, and leads to its page."""

from PySide6.QtCore import QObject

from console.gui.shell.desk import Desk
from console.gui.shell.next_card import KEY, NextCard
from console.gui.shell.next_step import next_step
from console.gui.snapshot import Snapshot


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
