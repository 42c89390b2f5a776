# SPDX-License-Identifier: Apache-2.0
"""What is shown as a table: credentials, and of the journal one page of at most 200 entries, never the whole.

A screen reader walks every row that a view has; with a million of them it and the window stood still for seconds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.gui.kit.tool_tip import tip
from console.gui.phrases import PROOFS_SHORT, moment, precise, short
from console.language import say, say_number
from console.sentences.entry_words import called, in_words, who
from console.wording import surely

COLUMNS = (
    say("No."),
    say("Time"),
    say("What"),
    say("By"),
    say("Proven time (UTC)"),
    say("Proof"),
    say("Activation"),
    say("Details"),
)
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
LONGEST = 40
"""Letters of a detail: a hash in base64 has 44."""


class TextModel(QAbstractTableModel):
    """Rows of texts under their columns."""

    def __init__(self, columns: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._rows: list[tuple[str, ...]] = []

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def renew(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows instead; where there are as many as before, only the cells that differ change."""
        if len(rows) != len(self._rows):
            self.show_rows(rows)
            return
        for at, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
            if old != new:
                self._rows[at] = new
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(new) - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; the tool tip repeats it in full."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._rows[index.row()][index.column()]
        return tip(self._rows[index.row()][index.column()]) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._columns[section]
        return None


class JournalModel(TextModel):
    """A page of entries as ``actions.journal.list_entries`` returns them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._numbers: list[int] = []

    def number_at(self, place: int) -> int | None:
        """Return the number of the entry in this row, None where there is no row."""
        return self._numbers[place] if 0 <= place < len(self._numbers) else None

    def told_at(self, place: int) -> str:
        """Return in words what the entry in this row is; nothing where there is no row."""
        if not 0 <= place < len(self._rows):
            return ""
        number, time, what, who, *_, details = self._rows[place]
        told = say(
            "Entry {number}: {what}, by {who}, {time}.", number=say_number(int(number)), what=what, who=who, time=time
        )
        return f"{told} {details}." if details else told

    def row_of(self, number: int) -> int | None:
        """Return the row of an entry, or of the next older one on the page; None where there is neither."""
        return next((row for row, shown in enumerate(self._numbers) if shown <= number), None)

    def fill(self, entries: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> None:
        """Show these entries; ``words`` says an entry's type in plain words."""
        self._numbers = [int(entry["seq"]) for entry in entries]
        self.show_rows([_row(entry, words) for entry in entries])

    def add(self, entries: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> None:
        """Show these entries below the others."""
        if entries:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._numbers += [int(entry["seq"]) for entry in entries]
            self._rows += [_row(entry, words) for entry in entries]
            self.endInsertRows()


def _row(entry: Mapping[str, Any], words: Mapping[str, str]) -> tuple[str, ...]:
    type_ = str(entry["type"])
    surely_known = surely(str(entry["surely"]["brief"])) if entry["surely"] else ""
    return (
        str(entry["seq"]),
        moment(str(entry["time"])),
        words.get(type_, type_),
        who(str(entry["who"])),
        surely_known,
        PROOFS_SHORT.get(str(entry["proof"]), str(entry["proof"])),
        short(str(entry["act"])) if entry["act"] else "",
        _details(entry["body"], entry["people"]),
    )


def _details(body: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Return what of the body people read at a glance; hashes and lists of them stand in the entry itself."""
    short_ones = {
        name: in_words(name, value, people, precise)
        for name, value in body.items()
        if value is not None and not isinstance(value, list | dict) and len(str(value)) <= LONGEST
    }
    return ", ".join(f"{called(name)}: {value}" for name, value in short_ones.items())
