# SPDX-License-Identifier: Apache-2.0
"""The fields of a use card: what everybody in the roster reads of a credential while it is sealed."""

from typing import Any

from console.gui import form
from console.gui.form import Field
from console.gui.widgets import PlainLabel, card
from console.language import say

ONE_A_LINE = ("steps", "ranges")
READABLE = say("Everybody in the roster reads this card while the secret is sealed: write no secret here.")


class UseCard:
    """Fields for what must be said of a credential, a frame with what may be said, and what was entered in both."""

    def __init__(self) -> None:
        self._edits: dict[str, Any] = {
            "target": form.line(), "account": form.line(), "rotate": form.text(), "where": form.line(),
            "steps": form.text(), "if_refused": form.line(), "ranges": form.text(), "residence": form.line("DE"),
        }  # fmt: skip
        edits = self._edits
        self.needed = (
            Field(say("System"), edits["target"], say("Which one it is for.")),
            Field(say("Account"), edits["account"]),
            Field(say("How to change it"), edits["rotate"], say("After it was shown.")),
        )
        self.more, column = card()
        column.addWidget(PlainLabel(say("More on its use card, if there is more to say"), role="heading"))
        column.addWidget(PlainLabel(READABLE))
        column.addWidget(Field(say("Where"), edits["where"]))
        column.addWidget(Field(say("Steps"), edits["steps"], say("One a line.")))
        column.addWidget(Field(say("If refused"), edits["if_refused"]))
        column.addWidget(
            Field(say("Lets in from these addresses"), edits["ranges"], say("One range a line."))
        )
        column.addWidget(Field(say("Keeps its data in"), edits["residence"]))

    def clear(self) -> None:
        """Empty every field."""
        for edit in self._edits.values():
            edit.clear()

    def said(self) -> dict[str, object]:
        """Return the use card as ``credential.seal`` takes it: what is empty is left out."""
        said: dict[str, object] = {}
        for name, edit in self._edits.items():
            text = (edit.text() if hasattr(edit, "text") else edit.toPlainText()).strip()
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                said[name] = lines if name in ONE_A_LINE else " ".join(lines)
        return said
