# SPDX-License-Identifier: Apache-2.0
"""A new security module while the old one still works: the station once more, in another folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from console.actions.backup import restore
from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.files import FilesField, read_wipeable
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.backup.upkeep import UpkeepScreen
from console.gui.shell.desk import Desk, call
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.settings import Settings

FILE = say("Another station file, if the new device needs one (optional)")
SAID = (
    say("The new module gets everything that the old one can open, one-time codes included."),
    say("Afterwards the old module opens nothing any more. There is no way back."),
    say("Nothing may be open or requested meanwhile."),
    say("In the new folder, two people then begin a new journal, under its alarm."),
)
Result = Mapping[str, Any]
DONE = say("The station is in {folder} now. Open the window there: its alarm leads to a new journal.")


class ReplaceScreen(Page):
    """Reports where the station goes."""

    replace_asked = Signal(str, object)
    """The new folder; the file of the new station, a list of at most one."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("A new security module"))
        self.readable()
        self._folder, self._file = form.line("/srv/breakglass-new"), FilesField(FILE)
        frame, column = card()
        for line in SAID:
            column.addWidget(PlainLabel(line))
        column.addWidget(Field(say("New folder of the station"), self._folder, say("One that is no station yet.")))
        column.addWidget(Field(FILE, self._file))
        column.addWidget(
            Twice(say("Move to a new module"), say("Yes, and the old one opens nothing any more"), self._ask)
        )
        self.column.addLayout(row(button(say("Back to upkeep"), self.back_asked.emit)))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def forget(self) -> None:
        """Name nothing: the station is locked."""
        self._file.clear()

    def _ask(self) -> None:
        if self._folder.text().strip():
            self.replace_asked.emit(self._folder.text().strip(), self._file.names()[:1])
        else:
            self.say_problem(say("No folder is named."), say("Type the new folder of the station."))


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
        def done(_: None) -> None:
            self._screen.say_done(DONE.format(**filled))

        self._desk.act(self._screen, say("Retiring the old module"), call(restore.retire), done, ends_lease=True)
