# SPDX-License-Identifier: Apache-2.0
"""Enrolling somebody: near, with their token here; or from elsewhere, by their card and its words, heard by voice."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from console.domain.handoff import frames
from console.domain.policy.keyholder import WITHOUT_GROUP
from console.gui.kit import form
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group
from console.gui.scan.field import ScanField
from console.gui.snapshot import View
from console.language import say

VOUCHED = say("Files of the token's maker (optional)")
ALSO = say("Only if it shall open other things, too: it is refused by their names first.")

NEW_GROUP, ALONE = say("Their group may be a new one"), ("", say("A change of its own"))


class EnrolScreen(Page):
    """Shows two forms; reports a person whose token is here, or the card of one who is elsewhere."""

    near_asked = Signal(object)
    """``name``, ``role``, ``module`` (empty: a software token, made now), ``token`` (its label), ``also`` (labels of
    other keys that may be on it), ``attestation`` (files of its maker), ``new_group``, ``onto`` (an open change)."""
    card_asked = Signal(object, str, bool, str)
    """The card, the twelve words as heard, whether its group may be new, an open change it joins."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Enrol somebody"))
        self.readable()
        self._name, self._role = form.line("Gerd Hahn"), form.choice([])
        self._module, self._token = form.line("/usr/lib/opensc-pkcs11.so"), form.line()
        self._files, self._words = ScanField(say("Their card: file or pictures"), [frames.CARD]), form.line()
        self._also, self._vouched = form.line(say("several with ; between them")), FilesField(VOUCHED)
        self._group, self._new = form.line(), Tick(NEW_GROUP)
        self._onto = form.choice([ALONE])
        self.column.addLayout(row(button(say("Back to people"), self.back_asked.emit)))
        self.column.addWidget(PlainLabel(say("Either way only a change is proposed. It counts once it is signed.")))
        self.column.addWidget(
            Field(say("Part of which change"), self._onto, say("People of one change are signed together."))
        )
        self.column.addWidget(
            self.parts((say("Their token is here"), self._near()), (say("They are somewhere else"), self._by_card()))
        )
        self.column.addStretch(1)

    def offer(self, groups: Sequence[str]) -> None:
        """Offer these groups."""
        form.fill(self._role, [(name, group(name)) for name in (*groups, *WITHOUT_GROUP)])

    def offer_changes(self, proposals: Sequence[View]) -> None:
        """Offer the changes that are still open."""
        rows = [(row["proposal"], say("Change number {number}, still open", number=row["number"])) for row in proposals]
        form.fill(self._onto, [ALONE, *rows])

    def forget(self) -> None:
        """Empty everything: the station is locked, or somebody was enrolled."""
        for edit in (self._name, self._module, self._token, self._also, self._words, self._group):
            edit.clear()
        self._files.clear()
        self._vouched.clear()

    def _near(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Their token is here"), role="heading"))
        self._name_field = Field(say("Name of the person"), self._name)
        column.addWidget(self._name_field)
        column.addWidget(Field(say("Group"), self._role))
        column.addWidget(
            Field(say("or a group that is new (optional)"), self._group, say("Its short name, like board."))
        )
        hint = say("The file that the maker of the token gives. Leave it empty for a software token.")
        column.addWidget(Field(say("Module of the token (optional)"), self._module, hint))
        column.addWidget(Field(say("Label of the token (optional)"), self._token))
        column.addWidget(Field(VOUCHED, self._vouched, say("Certificates that prove where its keys were made.")))
        column.addWidget(Field(say("Other keys on the token, accepted (optional)"), self._also, ALSO))
        column.addLayout(row(button(say("Enrol with this token"), self._ask_near, weight="primary")))
        return frame

    def _by_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("They are somewhere else"), role="heading"))
        column.addWidget(Field(say("Their card: file or pictures"), self._files))
        hint = say("Call them. Type the words that they read aloud, not the words of the card.")
        self._words_field = Field(say("Their twelve words, as you hear them"), self._words, hint)
        column.addWidget(self._words_field)
        column.addWidget(self._new)
        column.addLayout(row(button(say("Enrol by this card"), self._ask_card, weight="primary")))
        return frame

    def _ask_near(self) -> None:
        self._name_field.show_wrong("")
        if not self._name.text().strip():
            self._name_field.show_wrong(say("It is missing or empty."))
            self.say_problem(
                say("The name is missing."),
                say("Type the name of the person."),
                [(say("Name of the person"), lambda: self.reveal(self._name))],
            )
            return
        self.near_asked.emit(
            {
                "name": self._name.text().strip(),
                "onto": str(self._onto.currentData()),
                "role": self._group.text().strip() or str(self._role.currentData()),
                "new_group": bool(self._group.text().strip()),
                "module": self._module.text().strip(),
                "token": self._token.text().strip(),
                "also": tuple(part.strip() for part in self._also.text().split(";") if part.strip()),
                "attestation": self._vouched.names(),
            }
        )

    def _ask_card(self) -> None:
        self._words_field.show_wrong("")
        data = self._files.given()
        if data is None:
            self.say_problem(*self._files.lacking())
            return
        if not self._words.text().strip():
            self._words_field.show_wrong(say("It is missing or empty."))
            self.say_problem(
                say("The words are missing."),
                say("Call the person and type the words that you hear."),
                [(say("Their twelve words"), lambda: self.reveal(self._words))],
            )
            return
        said = (self._new.isChecked(), str(self._onto.currentData()))
        self.card_asked.emit(data, self._words.text(), *said)
