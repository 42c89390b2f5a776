# SPDX-License-Identifier: Apache-2.0
"""Gestures about printing recovery sheets: where they come out, what it takes, and that no page stays in memory."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.errors import ConsoleError
from console.gui.pages.keyholder.sheet_outlet import MEMORY, PRINTER
from console.gui.pages.keyholder.sheets import SheetsScreen
from console.gui.shell.desk import Desk, say_error
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.memory import MemoryFolder
    from console.ports.press import Press

Result = Mapping[str, Any]
Plan = tuple[str, int, int, int, str]
IN_MEMORY = say("The pages lie in {folder} for now. Print them, then remove them below.")
PRINTED = say("Printed, check value {check}. Now type the sheets in from the paper, to read them back.")


class SheetPrinting(QObject):
    """Joins the page about recovery sheets to ``recovery.preflight`` and ``print_sheets``."""

    def __init__(self, desk: Desk, screen: SheetsScreen, printed: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._screen, self._printed = desk, screen, printed
        self._plan: Plan | None = None
        self._memory: MemoryFolder | None = None
        screen.plan_asked.connect(self._preflight)
        screen.print_asked.connect(self._print)
        screen.remove_asked.connect(self._remove)
        desk.hands.window.closing.connect(self._empty)

    def forget(self) -> None:
        """The station is being locked, or somebody has left the page."""
        self._empty()
        self._plan = None

    def look_for_printers(self) -> None:
        """Offer the printers that the computer knows."""

        def look(_: "Console") -> Sequence[str]:
            from console.wiring.station import printers

            return printers()

        self._desk.hands.worker.run("", look, self._screen.outlet.offer, lambda error: say_error(self._screen, error))

    def _preflight(self, *plan: Any) -> None:
        slot, needed, count, copies, out = plan
        if out == MEMORY:
            try:
                out = self._folder_in_memory()
            except ConsoleError as error:
                say_error(self._screen, error)
                return

        def look(console: "Console") -> Result:
            from console.actions.keyholder import recovery

            return recovery.preflight(console, slot, needed, count, copies, _press(console, out))

        def done(told: Result) -> None:
            self._plan = (slot, needed, count, copies, out)
            self._screen.show_plan(told)

        self._plan = None
        self._desk.act(self._screen, say("Looking"), look, done)

    def _print(self) -> None:
        if self._plan is None:
            return
        slot, needed, count, copies, out = self._plan

        def printed(console: "Console") -> Result:
            from console.actions.keyholder import recovery

            return recovery.print_sheets(console, slot, needed, count, copies, _press(console, out))

        def done(told: Result) -> None:
            self._plan = None
            self._screen.printed()
            more = f" {IN_MEMORY.format(folder=out)}" if self._is_ours(out) else ""
            self._screen.say_done(PRINTED.format(check=told["check"]) + more)
            self._screen.show_in_memory(are_there=self._is_ours(out))
            self._printed()

        def failed(_: ConsoleError) -> bool:
            # Half a set is shredded on paper, and here too.
            if self._is_ours(out):
                self._plan = None
                self._screen.printed()
                self._empty()
            return False

        self._desk.act(self._screen, say("Printing"), printed, done, failed=failed)

    def _folder_in_memory(self) -> str:
        from console.wiring.station import memory_folder

        self._memory = self._memory or memory_folder()
        return self._memory.make()

    def _is_ours(self, folder: str) -> bool:
        return self._memory is not None and self._memory.is_at(folder)

    def _remove(self) -> None:
        self._empty()
        self._screen.show_in_memory(are_there=False)
        self._screen.say_done(say("The pages are removed from memory."))

    def _empty(self) -> None:
        if self._memory is not None:
            self._memory.remove()


def _press(console: "Console", out: str) -> "Press":
    from console.wiring.station import press

    where = out if out.startswith(f"{PRINTER}:") else str(Path(out).expanduser())
    made: Press = press(where, drill=console.policy.roster.mode == "drill")
    return made
