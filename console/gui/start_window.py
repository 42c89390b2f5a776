# SPDX-License-Identifier: Apache-2.0
"""The window where there is no station yet: it founds one, puts one back, or makes a keyholder's own console."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.errors import Unavailable
from console.gui.assembly import make_hands, watch
from console.gui.kit import theme
from console.gui.pages.founding.beginning import BeginningGestures, BeginningScreen
from console.gui.pages.founding.card import NewCardScreen
from console.gui.pages.founding.found import FoundScreen
from console.gui.pages.founding.restoration import PutBackScreen
from console.gui.shell.desk import Desk
from console.gui.shell.window import Window
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

TASKS = (
    ("beginning", say("Begin")),
    ("found", say("Found")),
    ("putback", say("Put back")),
    ("newcard", say("My console")),
)


class EmptyPlace:
    """Fits the worker's ``Place``: a folder with nothing to open in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def locked(self) -> object:
        """Return the folder: there is nothing else."""
        return self._folder

    def console(self) -> "AbstractContextManager[Console]":
        """There is no station here."""
        raise Unavailable("no_station", folder=str(self._folder))

    def forget_pins(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""


def run(folder: Path) -> int:
    """Open the window on an empty folder until it is closed or something was begun; return the exit status."""
    app = theme.application()
    window, _ = make_start_window(folder)
    window.show()
    return app.exec()


def make_start_window(folder: Path) -> tuple[Window, BeginningGestures]:
    """Return the window, ready; it closes when the folder is a station or an own console."""
    window = Window("Break-Glass Console", TASKS, "")
    screens = BeginningScreen(str(folder)), FoundScreen(), PutBackScreen(), NewCardScreen()
    for (name, _), page in zip(TASKS, screens, strict=True):
        window.add_page(name, page)
    window.choose("beginning")
    window.strip.show_state(say("No station here yet"), "plain", lockable=False)
    hands = make_hands(window, {}, lambda _: EmptyPlace(folder))
    desk = Desk(hands)
    gestures = BeginningGestures(desk, folder, *screens)
    for part in (desk, gestures):
        part.setParent(window)
    watch(hands, window, gestures.forget)
    gestures.begun.connect(window.close)
    hands.worker.start()
    gestures.begin()
    return window, gestures
