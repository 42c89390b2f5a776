# SPDX-License-Identifier: Apache-2.0
"""How far a long form has come: a line that never scrolls, with a way to the next field that is still empty."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame

from console.gui.form import Field
from console.gui.widgets import PlainLabel, button, row
from console.language import say


class Answered(QFrame):
    """Counts the fields that must be answered, and leads to the first one that is not."""

    def __init__(self, reveal: Callable[[Field], None]) -> None:
        super().__init__()
        self.setObjectName("answered")
        self._reveal = reveal
        self._empty: Sequence[Field] = ()
        self._count = PlainLabel(wrap=False)
        self._next = button("", self._lead, weight="small")
        line = row(self._count, self._next)
        line.setContentsMargins(28, 6, 28, 6)
        self.setLayout(line)

    def show_empty(self, empty: Sequence[Field], total: int) -> None:
        """Say how many of ``total`` fields are answered, and which one comes next."""
        self._empty = empty
        told = say("{done} of {total} answered", done=total - len(empty), total=total)
        self._count.setText(told if empty else say("Everything is answered."))
        self._next.setVisible(bool(empty))
        if empty:
            self._next.setText(say("Still empty: {field}", field=empty[0].label))
            self._next.setAccessibleName(self._next.text())

    def _lead(self) -> None:
        if self._empty:
            self._reveal(self._empty[0])
