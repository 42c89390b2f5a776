# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console as a witness of the journal: take a request in, sign the state that it shows."""

from PySide6.QtCore import Signal

from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.scan.field import ScanField
from console.language import say

REQUEST = say("The request to a witness: file or pictures")
SAID = say("Your console compares it with everything that it was shown before, and signs no other history.")
LINE = say("The quorum names this console among the rules by its line.")


class WitnessScreen(Page):
    """Reports which request is to be signed, and that somebody wants the line for the rules."""

    sign_asked = Signal(object, str)
    """The request, folder for the answer's files."""
    key_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Be a witness of the journal"))
        self.readable()
        self._request, self._folder, self._line = (ScanField(REQUEST, [frames.WITNESS]), form.line(), PlainLabel())
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(PlainLabel(SAID))
        column.addWidget(Field(REQUEST, self._request))
        column.addWidget(Field(say("Folder, if you save the answer as files"), self._folder))
        column.addLayout(row(button(say("Compare and sign"), self._ask_sign, weight="primary")))
        signing = frame
        frame, column = card()
        column.addWidget(PlainLabel(LINE))
        column.addLayout(row(button(say("Show my line for the rules"), self.key_asked.emit)))
        column.addWidget(self._line)
        self._line.hide()
        self.column.addWidget(self.parts((say("Sign as a witness"), signing), (say("My line for the rules"), frame)))
        self.column.addStretch(1)

    def show_line(self, line: str) -> None:
        """Show by which line the quorum names this console."""
        self._line.setText(line)
        self._line.show()

    def forget(self) -> None:
        """Show no request: its keyholder has gone."""
        self._request.clear()
        self.messages.clear()

    def _ask_sign(self) -> None:
        request = self._request.given()
        if request is not None:
            self.sign_asked.emit(request, self._folder.text().strip())
        else:
            self.say_problem(*self._request.lacking())
