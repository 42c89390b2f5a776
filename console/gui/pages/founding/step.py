# SPDX-License-Identifier: Apache-2.0
"""One step of founding a station, as all steps are: a question, its fields, and what is wrong with them."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel
from console.gui.pages.founding.plan import Plan
from console.language import say

MISSING = say("It is missing or empty.")
Lack = tuple[str, QWidget]
"""What is wrong in words, and where."""


class Step(QFrame):
    """One question; a step that has nothing to add shows and takes nothing."""

    answered = Signal()
    """Something was answered that is to be kept."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.concerns: dict[str, QWidget] = {}
        """Codes of what refuses a founding -> where it is mended here."""
        self._fields: dict[QWidget, Field] = {}
        self.setObjectName("card")
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(18, 14, 18, 14)
        self.column.setSpacing(8)
        self.column.addWidget(PlainLabel(title, role="heading"))

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        return plan

    def lacks(self, _: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        yield from ()

    def begin(self) -> None:
        """Put the focus on the first thing that can be answered."""
        inside = [child for child in self.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for first in inside[:1]:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark(self, where: QWidget, told: str) -> bool:
        """Say at a field what is wrong with it, until it is mended; return whether it has a place for that."""
        if where not in self._fields:
            return False
        self._fields[where].show_wrong(told)
        return True

    def clear_marks(self) -> None:
        """Say at no field that anything is wrong."""
        for field in self._fields.values():
            field.show_wrong("")

    def add_field(self, label: str, control: QWidget, hint: str = "") -> Field:
        """Add a field at which what is wrong with it can be said."""
        field = self._fields[control] = Field(label, control, hint)
        self.column.addWidget(field)
        return field

    def asked(self, label: str, edit: QLineEdit, hint: str = "") -> QLineEdit:
        """Add a line that must not stay empty; what is typed there is kept."""
        field = self.add_field(label, edit, hint)
        edit.textEdited.connect(lambda _: field.show_wrong(""))
        edit.editingFinished.connect(self.answered.emit)
        return edit
