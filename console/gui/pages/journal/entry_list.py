# SPDX-License-Identifier: Apache-2.0
"""A page of entries as a list, and below it in words which one is chosen, beside the button that shows it whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit import sizes
from console.gui.kit.models import JournalModel
from console.gui.kit.tables import fit_column, make_table
from console.gui.kit.widgets import PlainLabel, announce, button, spread
from console.language import say

WIDTHS = (72, 170, 190, 160, 136, 86, 92)
TIME = 1
LEAST_PIXELS = 158
"""Four rows and the head, however low the window is."""
NONE_THERE = say("There is no entry here to choose.")


class EntryList(QWidget):
    """One entry is chosen whenever there is one; Enter, a double click or the button asks for it."""

    asked = Signal(object)
    """The number of the chosen entry."""

    def __init__(self) -> None:
        super().__init__()
        self._model, self._told = JournalModel(), PlainLabel(NONE_THERE)
        self._table = make_table(self._model, say("Journal entries"), WIDTHS)
        sizes.keep(self._table, leastHeight=LEAST_PIXELS)
        self.setFocusProxy(self._table)
        show = button(say("Show this entry (Enter)"), self._ask, name=say("Show this entry, Enter"))
        chosen, column = spread(show, self._told), QVBoxLayout(self)
        chosen.setStretch(1, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._table, 1)
        column.addLayout(chosen)
        self._table.activated.connect(lambda _: self._ask())
        self._table.selectionModel().currentRowChanged.connect(lambda *_: self._tell())

    def show_rows(self, entries: Sequence[Mapping[str, Any]], words: Mapping[str, str], *, shown: int) -> None:
        """Show these entries; the first ``shown`` of them stand there already, and what comes below moves nothing."""
        chosen = self._number()
        if shown:
            self._model.add(entries[shown:], words)
        else:
            self._model.fill(entries, words)
            # A time is longer where the local clock is not UTC's; one cell tells, and two hundred take too long.
            fit_column(self._table, TIME, self._table.sizeHintForIndex(self._model.index(0, TIME)).width())
            at = None if chosen is None else self._model.row_of(chosen)
            self._choose(at if at is not None and self._model.number_at(at) == chosen else 0)

    def go_to(self, number: int) -> bool:
        """Choose an entry, or the next older one, and return whether it is there; the keys choose on from it."""
        at = self._model.row_of(number)
        self._choose(at or 0)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        return at is not None and self._model.number_at(at) == number

    def name(self, told: str) -> None:
        """Let a screen reader say which entries these are."""
        self._table.setAccessibleName(told)

    def begin(self) -> None:
        """Hold on to no entry: the next page begins at its top."""
        self._table.setCurrentIndex(QModelIndex())
        self._table.scrollToTop()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._model.fill([], {})
        self._tell()

    def _choose(self, at: int) -> None:
        self._table.selectRow(at)
        self._tell()

    def _number(self) -> int | None:
        return self._model.number_at(self._table.currentIndex().row())

    def _tell(self) -> None:
        self._told.setText(self._model.told_at(self._table.currentIndex().row()) or NONE_THERE)

    def _ask(self) -> None:
        number = self._number()
        if number is None:
            announce(self, NONE_THERE)
        else:
            self.asked.emit(number)
