# SPDX-License-Identifier: Apache-2.0
"""Tables: one row is chosen at a time, and Tab leaves them."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.gui import sizes

ROW_PIXELS = 30
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
