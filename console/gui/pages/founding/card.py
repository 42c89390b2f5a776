# SPDX-License-Identifier: Apache-2.0
"""Making a keyholder's own console on this computer, and the card by which the station learns of it."""

from functools import partial

from PySide6.QtCore import Signal

from console.domain.policy.keyholder import ROLES
from console.gui.kit import form
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.founding.token_choice import TokenChoice
from console.gui.phrases import group
from console.language import say

VOUCHED = say("Files of the token's maker (optional)")
SAID = say("Nobody takes part by a card alone. The station's people read it, compare its words, and sign.")
OTHER = say("Another group than these (optional)")
FIELDS = ("id", "name", "role")
GROUPS = (("", say("Not chosen yet")), *((name, group(name)) for name in ROLES))


class NewCardScreen(Page):
    """Reports whose console this computer shall be, and what the card is handed over as."""

    make_asked = Signal(object, object, str)
    """``id``, ``name``, ``role``, ``module``, ``token``; files of the token's maker; folder for the card's files."""

    def __init__(self) -> None:
        super().__init__(say("Make this computer my own console"))
        self.readable()
        self._lines = {"id": form.line("legal-3"), "name": form.line("Gerd Hahn")}
        self._role, self._other = form.choice(GROUPS), form.line()
        self._token = TokenChoice(say("Your token"), say("your device"))
        self._vouched, self._folder = FilesField(VOUCHED), form.line()
        self._folder.setText("~/Documents")
        frame, column = card()
        column.addWidget(PlainLabel(say("Who are you?"), role="heading"))
        column.addWidget(PlainLabel(SAID))
        self._fields = {
            "id": Field(say("Your short name"), self._lines["id"], say("As the station's people have told you.")),
            "name": Field(say("Your name"), self._lines["name"]),
            "role": Field(say("Your group"), self._role),
        }
        for field in self._fields.values():
            column.addWidget(field)
        column.addWidget(Field(OTHER, self._other, say("Its short word, as the station's people have told you.")))
        column.addWidget(self._token)
        column.addWidget(Field(VOUCHED, self._vouched, say("Certificates that prove where its keys were made.")))
        column.addWidget(Field(say("Folder, if you save it as files"), self._folder))
        column.addLayout(row(button(say("Make my card"), self._ask, weight="primary")))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def forget(self) -> None:
        """Nothing secret is here."""

    def _ask(self) -> None:
        said = {name: edit.text().strip() for name, edit in self._lines.items()}
        said["role"] = self._other.text().strip().lower() or str(self._role.currentData())
        said["module"] = self._token.module
        said["token"] = self._token.label
        lacking = [name for name in FIELDS if not said[name]]
        for name, field in self._fields.items():
            field.show_wrong(say("It is missing or empty.") if name in lacking else "")
        if lacking:
            leads = [(self._fields[name].label, partial(self.reveal, self._fields[name].control)) for name in lacking]
            self.say_problem(say("Something is missing here."), say("Add it, then make the card."), leads)
        elif not said["module"]:
            self.say_problem(say("The module is missing."), say("Type the file that the maker of the device gives."))
        else:
            self.make_asked.emit(said, self._vouched.names(), self._folder.text().strip())
