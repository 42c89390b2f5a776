# SPDX-License-Identifier: Apache-2.0
"""The request: nothing entered is lost when something is wrong, and everything that is wrong is said at once."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame

from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.pages.activation.cost import CostCard
from console.gui.pages.activation.request_form import ANSWERED, MISSING, RequestForm
from console.gui.snapshot import Snapshot, View
from console.language import say


class RequestScreen(Page):
    """Shows the form; reports a request that somebody files."""

    file_asked = Signal(object, bool)
    """The fields as ``request.toml`` has them, and whether the requester's own token signs."""

    cost_asked = Signal(object)
    """The fields."""
    prepared_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Request break-glass access"))
        self.readable()
        self.form = RequestForm()
        self._cost = CostCard()
        self.column.addLayout(row(button(say("From a prepared request"), self.prepared_asked.emit)))
        self.column.addWidget(self.form)
        self.column.addWidget(self._cost)
        self.column.addLayout(
            row(
                button(say("File the request"), self._file, weight="primary"),
                button(say("What opening will cost"), self._ask_cost),
            )
        )
        self.column.addStretch(1)
        self._answered = Answered(lambda field: self.reveal(field.control))
        self.stand_below(self._answered)
        self.form.changed.connect(self._count)

    def present(self, snapshot: Snapshot) -> None:
        """Offer what this station knows."""
        self.form.offer(snapshot)
        self._count()

    def showEvent(self, event: QShowEvent) -> None:
        """Count anew: what a lock empties, it empties unheard."""
        super().showEvent(event)
        self._count()

    def forget(self) -> None:
        """What was entered stays for whoever unlocks again: it is no secret, and typing it twice costs time."""
        self._cost.forget()

    def filed(self) -> None:
        """Begin anew at the top: the next request must say nothing of this one."""
        self.form.clear()
        self._cost.forget()
        self.to_top()

    def show_cost(self, value: View) -> None:
        """Show what opening will cost."""
        self._cost.present(value)
        self.reveal(self._cost)

    def show_problems(self, what: str, now: str, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, sentence) at its field and all of them at the top."""
        self.say_problem(what, now, self.form.show_problems(problems, self.reveal))
        self._count()

    def _count(self) -> None:
        wrong = [field for field in self.form.findChildren(Field) if field.is_wrong]
        self._answered.show_empty(self.form.empty_fields(), len(ANSWERED), wrong)

    def _ask_cost(self) -> None:
        if self.form.values()["items"]:
            self.cost_asked.emit(self.form.values())
        else:
            self.show_problems(say("Nothing is chosen yet."), say("Choose what shall be opened."), [("items", MISSING)])

    def _file(self) -> None:
        self.messages.clear()
        self.form.clear_problems()
        self.file_asked.emit(self.form.values(), self.form.is_signed)


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
