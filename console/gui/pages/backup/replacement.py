# SPDX-License-Identifier: Apache-2.0
"""A new security module while the old one still works: the station once more, in another folder."""

from PySide6.QtCore import Signal

from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.language import say

FILE = say("Another station file, if the new device needs one (optional)")
SAID = (
    say("The new module gets everything that the old one can open, one-time codes included."),
    say("Afterwards the old module opens nothing any more. There is no way back."),
    say("Nothing may be open or requested meanwhile."),
    say("In the new folder, two people then begin a new journal, under its alarm."),
)


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
