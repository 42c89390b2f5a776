# SPDX-License-Identifier: Apache-2.0
"""Tables: one row is chosen at a time, and Tab leaves them."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.gui.kit import sizes

ROW_PIXELS = 30
MOST_PIXELS, MARGIN_PIXELS = 420, 12
"""The widest that a column gets for what stands in it, and the room beside that."""
LEAST_PIXELS = 320


def make_table(model: QAbstractItemModel, name: str, widths: Sequence[int]) -> QTableView:
    """Return a table on a model; the last column takes what is left."""
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    sizes.keep(table, rowHeight=ROW_PIXELS, columnWidths=list(widths), leastHeight=LEAST_PIXELS)
    return table


def fit_columns(table: QTableView) -> None:
    """Widen columns to what stands in them; for tables of few rows, as each is measured."""
    for column in range(table.model().columnCount() - 1):
        fit_column(table, column, table.sizeHintForColumn(column))


def fit_column(table: QTableView, column: int, needed: int) -> None:
    """Widen a column to so many pixels, within reason."""
    wanted = min(needed + MARGIN_PIXELS, sizes.grown(MOST_PIXELS))
    if wanted > table.columnWidth(column):
        table.setColumnWidth(column, wanted)
