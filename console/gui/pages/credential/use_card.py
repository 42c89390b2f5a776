# SPDX-License-Identifier: Apache-2.0
"""A credential's name and the fields of its use card, which everybody in the roster reads while it is sealed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from console.domain.credential.versions import NAME, lacking
from console.gui.kit import form
from console.gui.kit.form import Field, Lead
from console.gui.kit.widgets import PlainLabel, card
from console.language import say

EMPTY = say("It is missing or empty.")
NAME_RULE = say("Small letters, digits, hyphens; a letter first.")
ONE_A_LINE = ("steps", "ranges")
READABLE = say("Everybody in the roster reads this card while the secret is sealed: write no secret here.")


class UseCard:
    """Fields for what must be said of a credential, a frame with what may be said, and what was entered in both."""

    def __init__(self) -> None:
        self.name = form.line("crm-emergency-admin")
        self.named = Field(say("Name"), self.name, say("Small letters, digits, hyphens. It stays for good."))
        self._edits: dict[str, Any] = {
            "target": form.line(),
            "account": form.line(),
            "rotate": form.text(),
            "where": form.line(),
            "steps": form.text(),
            "if_refused": form.line(),
            "ranges": form.text(),
            "residence": form.line("DE"),
        }
        edits = self._edits
        self._needed = {
            "target": Field(say("System"), edits["target"], say("Which one it is for.")),
            "account": Field(say("Account"), edits["account"]),
            "rotate": Field(say("How to change it"), edits["rotate"], say("After it was shown.")),
        }
        self.needed = tuple(self._needed.values())
        self.more, column = card()
        column.addWidget(PlainLabel(say("More on its use card, if there is more to say"), role="heading"))
        column.addWidget(PlainLabel(READABLE))
        column.addWidget(Field(say("Where"), edits["where"]))
        column.addWidget(Field(say("Steps"), edits["steps"], say("One a line.")))
        column.addWidget(Field(say("If refused"), edits["if_refused"]))
        column.addWidget(Field(say("Lets in from these addresses"), edits["ranges"], say("One range a line.")))
        column.addWidget(Field(say("Keeps its data in"), edits["residence"]))

    def clear(self) -> None:
        """Empty every field."""
        self.name.clear()
        for edit in self._edits.values():
            edit.clear()

    def clear_wrong(self) -> None:
        """Say nothing at the fields any more."""
        for field in (self.named, *self.needed):
            field.show_wrong("")

    def show_wrong(self, reveal: Callable[[QWidget], None]) -> list[Lead]:
        """Say at each field what is wrong with it; return that with what leads there."""
        self.clear_wrong()
        name = self.name.text().strip()
        wrong = [] if NAME.match(name) else [(self.named, NAME_RULE if name else EMPTY)]
        wrong += [(self._needed[part], EMPTY) for part in lacking(self.said())]
        for field, told in wrong:
            field.show_wrong(told)
        return [(f"{field.label}: {told}", partial(reveal, field.control)) for field, told in wrong]

    def said(self) -> dict[str, object]:
        """Return the use card as ``credential.seal`` takes it: what is empty is left out."""
        said: dict[str, object] = {}
        for name, edit in self._edits.items():
            text = (edit.text() if hasattr(edit, "text") else edit.toPlainText()).strip()
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                said[name] = lines if name in ONE_A_LINE else " ".join(lines)
        return said
