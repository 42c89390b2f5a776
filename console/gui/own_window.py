# SPDX-License-Identifier: Apache-2.0
"""The window of a keyholder's own console: its few pages, this person's token, and nothing of a station's vault."""

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.errors import Unavailable
from console.gui.assembly import make_hands, watch
from console.gui.kit import theme
from console.gui.pages.handoff.carry import CarryGestures, CarryScreen
from console.gui.pages.overview.counts import TelephoneGestures
from console.gui.pages.overview.telephone import TelephoneScreen
from console.gui.pages.own_console.own import OwnGestures, OwnScreen
from console.gui.pages.own_console.step import StepGestures, StepScreen
from console.gui.pages.own_console.witness import WitnessGestures, WitnessScreen
from console.gui.shell.desk import Desk
from console.gui.shell.idleness import IdleLock
from console.gui.shell.logind import Logind
from console.gui.shell.window import Window
from console.gui.shell.worker import Place
from console.gui.snapshot import Person
from console.language import say
from console.settings import read_own
from console.wiring.own_console import own_console

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.actions.own_console.answer import OwnConsole
    from console.ports.operator import Operator

IDLE_MINUTES = 5
TASKS = (
    ("own", say("Requests")),
    ("witness", say("Witness")),
    ("step", say("Changes")),
    ("telephone", say("Telephone")),
    ("carry", say("Files")),
)


class OwnPlace:
    """Fits the worker's ``Place``: its token process lives no longer than one action."""

    def __init__(self, folder: Path, operator: "Operator") -> None:
        self._folder, self._operator, self._stack = folder, operator, ExitStack()

    @property
    def locked(self) -> "OwnConsole":
        """Open the console for one action."""
        return self._stack.enter_context(own_console(self._folder, self._operator))

    def console(self) -> "AbstractContextManager[Console]":
        """There is no station here."""
        raise Unavailable("no_station", folder=str(self._folder))

    def forget_pins(self) -> None:
        """End the token process."""
        self._stack.close()

    def close(self) -> None:
        """End whatever is left."""
        self._stack.close()


def run(folder: Path) -> int:
    """Open the window of the console in ``folder`` and stay until it is closed; return the exit status."""
    app = theme.application()
    window, gestures = make_own_window(folder)
    IdleLock(window, IDLE_MINUTES, gestures.lock)
    # Nothing is unlocked here that a sleep must wait for: it is enough to hear of it.
    Logind(window, gestures.lock)
    window.show()
    return app.exec()


def make_own_window(folder: Path) -> tuple[Window, OwnGestures]:
    """Return the window, ready, and what can lock it. ``Unavailable`` (no_console)."""
    section = read_own(folder)
    window = Window(say("Break-Glass Console of {name}", name=section.name), TASKS, "")
    pages = OwnScreen(section.name), WitnessScreen(), StepScreen(), TelephoneScreen(), CarryScreen()
    for (name, _), page in zip(TASKS, pages, strict=True):
        window.add_page(name, page)
    window.choose("own")

    def open_place(operator: "Operator") -> Place:
        place: Place = OwnPlace(folder, operator)
        return place

    hands = make_hands(window, {section.id: section.name}, open_place, is_own=True)
    desk = Desk(hands)
    me = Person(section.id, section.name, section.role)
    screen, witness, step, telephone, carry = pages
    gestures = OwnGestures(desk, screen, me)
    for part in (
        desk,
        gestures,
        WitnessGestures(desk, witness, section.id),
        StepGestures(desk, step, section.id),
        CarryGestures(desk, carry),
        TelephoneGestures(desk, telephone, me),
    ):
        part.setParent(window)
    watch(hands, window, gestures.lock)
    hands.worker.start()
    gestures.begin()
    return window, gestures
