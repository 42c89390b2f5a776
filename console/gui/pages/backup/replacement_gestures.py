# SPDX-License-Identifier: Apache-2.0
"""Gestures for a new security module: take over what the old one opens, fill the new one, retire the old."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import read_wipeable
from console.gui.pages.backup.replacement import ReplaceScreen
from console.gui.pages.backup.upkeep import UpkeepScreen
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.settings import Settings

Result = Mapping[str, Any]
DONE = say("The station is in {folder} now. Open the window there: its alarm leads to a new journal.")


class ReplaceGestures(QObject):
    """Joins the page to ``beginning.fill_elsewhere`` and the actions around it."""

    def __init__(self, desk: Desk, upkeep: UpkeepScreen, screen: ReplaceScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        screen.replace_asked.connect(self._take_over)
        upkeep.replace_asked.connect(lambda: desk.hands.window.choose("replace"))
        screen.back_asked.connect(lambda: desk.hands.window.choose("upkeep"))
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Nothing here depends on what goes on."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _take_over(self, target: str, files: Sequence[str]) -> None:
        def take(console: "Console") -> tuple[Path, "tuple[Settings, bytes]", Any]:
            from console.actions.backup import restore
            from console.wiring import founding

            folder = console.settings.folder
            data = bytes(read_wipeable(files[0])) if files else None
            moved = founding.new_place(folder, Path(target).expanduser().absolute(), data)
            return folder, moved, restore.take_over(console)

        # The journal is closed before its files are copied.
        self._desk.act(self._screen, say("Taking over"), take, lambda taken: self._fill(*taken), ends_lease=True)

    def _fill(self, folder: Path, moved: "tuple[Settings, bytes]", taken: Any) -> None:
        def fill(_: object) -> Result:
            from console.wiring import founding

            return founding.fill_elsewhere(moved, folder, taken, self._desk.hands.operator)

        self._desk.act_locked(self._screen, say("Filling the new module"), fill, self._retire)

    def _retire(self, filled: Result) -> None:
        def retire(console: "Console") -> None:
            from console.actions.backup import restore

            restore.retire(console)

        def done(_: None) -> None:
            self._screen.say_done(DONE.format(**filled))

        self._desk.act(self._screen, say("Retiring the old module"), retire, done, ends_lease=True)
