# SPDX-License-Identifier: Apache-2.0
"""The lock takes a page away with what was typed on it; whoever unlocks again finds both as they were.

What was typed is kept sealed, in memory, and for the person who had unlocked alone.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QWidget

from console.domain.errors import Cancelled, ConsoleError
from console.gui.kit import typed_text
from console.gui.kit.widgets import Page
from console.gui.shell.window import Window
from console.gui.shell.worker import Worker
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console


@dataclass(frozen=True)
class Left:
    """Where somebody was, and what they had typed, sealed."""

    page: str
    sealed: bytes


class Returning(QObject):
    """One for the life of the window."""

    def __init__(self, window: Window, worker: Worker) -> None:
        super().__init__(window)
        self._window, self._worker = window, worker
        self._left: dict[str, Left] = {}
        self._at_first: dict[str, typed_text.Typed] = {}
        self._offered: dict[QComboBox, typed_text.Offer] = {}
        window.page_added.connect(self._remember)
        for name, page in window.pages.all_made().items():
            self._remember(name, page)

    def _remember(self, name: str, page: QWidget) -> None:
        """Remember how the fields of a page are before anybody has typed."""
        self._at_first |= typed_text.take({name: page})
        self._offered |= typed_text.offers(page)

    def leave(self, snapshot: Snapshot | None) -> None:
        """Take what was typed from every page, seal it, and leave the fields empty."""
        if snapshot is not None:
            found = typed_text.take(self._window.pages.all_made())
            self._left[snapshot.unlocked_by] = Left(
                self._window.pages.name_of(self._window.page), snapshot.seal(json.dumps(found).encode())
            )

    def empty(self) -> None:
        """Leave nothing in any field, whatever its page has done about it."""
        typed_text.empty(self._window.pages.all_made(), self._at_first)
        typed_text.offer_only(self._offered, self._window.pages.all_made())

    def come_back(self, snapshot: Snapshot) -> bool:
        """Show the page again on which this person was; return whether there was one."""
        left = self._left.pop(snapshot.unlocked_by, None)
        if left is None:
            return False
        if self._window.is_allowed(left.page):
            self._window.choose(left.page)
        self._worker.run("", lambda console: _opened(console, left.sealed), self._put_back, self._lost)
        return True

    def _put_back(self, kept: bytes) -> None:
        typed_text.put_back(self._window.pages.all_made(), json.loads(kept))

    def _lost(self, _: ConsoleError | Cancelled) -> None:
        if isinstance(self._window.page, Page):
            self._window.page.say_problem(
                say("What you had typed before the lock cannot be opened any more."), say("Type it again.")
            )


def _opened(console: "Console", sealed: bytes) -> bytes:
    from console.actions.station import typed as sealing

    return sealing.open_again(console, sealed)
