# SPDX-License-Identifier: Apache-2.0
"""How far a long form has come: a line that never scrolls, with a way to the next field that is still empty."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame

from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row
from console.language import say


class Answered(QFrame):
    """Counts the fields that must be answered, and leads to the first one that is not."""

    def __init__(self, reveal: Callable[[Field], None]) -> None:
        super().__init__()
        self.setObjectName("answered")
        self._reveal = reveal
        self._first: Field | None = None
        self._count = PlainLabel(wrap=False)
        self._next = button("", self._lead, weight="small")
        line = row(self._count, self._next)
        line.setContentsMargins(28, 6, 28, 6)
        self.setLayout(line)

    def show_empty(self, empty: Sequence[Field], total: int, wrong: Sequence[Field]) -> None:
        """Say how many of ``total`` fields are answered, and which one is empty, or was refused and not mended."""
        self._first = next(iter([*empty, *wrong]), None)
        told = say("{done} of {total} answered", done=total - len(empty), total=total)
        self._count.setText(told if self._first else say("Everything is answered."))
        self._next.setVisible(self._first is not None)
        if self._first is not None:
            label = self._first.label
            lead = say("Still empty: {field}", field=label) if empty else say("To be mended: {field}", field=label)
            self._next.setText(lead)
            self._next.setAccessibleName(lead)

    def _lead(self) -> None:
        if self._first is not None:
            self._reveal(self._first)
