# SPDX-License-Identifier: Apache-2.0
"""Putting a lost station back: from a backup or the second medium, if need be with the station's sheets."""

from PySide6.QtCore import Qt, Signal

from console.gui.kit.files import FolderField
from console.gui.kit.form import Field
from console.gui.kit.secret_field import SecretText
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.language import say

FROM = say("Folder it comes back from")
LOST = say("The security module is lost, too: make a new one from the sheets")
VISIBLE = say("What you type can be seen: let nobody else look, and no camera. Nothing of it is kept.")
ALARM = say("If what comes back is older than the security module knows, the station says so when it is opened.")


class PutBackScreen(Page):
    """Reports from where a station comes back, and each sheet that was typed."""

    back_asked = Signal(str, bool)
    """Folder of the backup or the second medium, whether the security module is lost."""
    sheet_typed = Signal(str)
    forget_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Put a lost station back"))
        self.readable()
        self._folder, self._words, self._count = (FolderField(FROM), SecretText(), PlainLabel())
        self._lost = Tick(LOST)
        frame, column = card()
        column.addWidget(PlainLabel(say("Where are its files?"), role="heading"))
        hint = say("The folder of a backup, or the one on the second medium.")
        column.addWidget(Field(FROM, self._folder, hint))
        column.addWidget(PlainLabel(ALARM, role="muted"))
        column.addWidget(self._lost)
        self.column.addWidget(frame)
        self._sheets, inside = card()
        inside.addWidget(PlainLabel(say("Type the station's sheets in from the paper"), role="heading"))
        inside.addWidget(PlainLabel(VISIBLE))
        inside.addWidget(self._count)
        inside.addWidget(Field(say("All words of one sheet"), self._words, say("In their order, without the numbers.")))
        inside.addLayout(
            row(
                button(say("This is one sheet"), lambda: self.sheet_typed.emit(self._words.toPlainText())),
                button(say("Forget what was typed"), self.forget_asked.emit),
            )
        )
        self.column.addWidget(self._sheets)
        self.column.addLayout(row(button(say("Put this station back"), self._ask, weight="primary")))
        self.column.addStretch(1)
        self._sheets.hide()
        self._lost.toggled.connect(self._sheets.setVisible)
        self.forget()

    def source(self) -> str:
        """Return the folder that is named; empty: none yet."""
        return self._folder.name()

    def ask_for_sheets(self) -> None:
        """The files are here, and the security module is not: say what can be done, and take the sheets."""
        self._lost.setChecked(True)
        self.say_warning(
            say("The files are back, and the security module is not here."),
            say(
                "Is it lost? Type the station's sheets below, then put the station back once more. "
                "If there is a copy, put its folder back, then open this window again."
            ),
        )

    def show_typed(self, count: int) -> None:
        """Empty the field for the next sheet; ``count`` of them are typed and right."""
        self._words.clear()
        self._count.setText(say("Sheets typed so far: {count}. Type the next one, or go on below.", count=count))
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Keep no word."""
        self._words.clear()
        self._count.setText(say("Sheets typed so far: 0. Type the first one."))

    def _ask(self) -> None:
        if not self.source():
            self.say_problem(say("No folder is named."), say("Type the folder of a backup, or of the second medium."))
            self._folder.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._lost.isChecked() and self._words.toPlainText().strip():
            self.say_problem(
                say("One sheet is typed and not taken yet."), say("Press: This is one sheet. Or empty the field.")
            )
        else:
            self.back_asked.emit(self.source(), self._lost.isChecked())
