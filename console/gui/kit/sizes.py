# SPDX-License-Identifier: Apache-2.0
"""Sizes that grow with the text. Each is kept at its widget as it is at 100 percent, and set anew when that changes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView

KEPT = "kept_"
"""Before the names at the widget: Qt has a property ``height`` of its own."""
_shown = {"percent": 100}


def grown(pixels: int) -> int:
    """Return so many pixels at the present size of text."""
    return pixels * _shown["percent"] // 100


def keep(widget: QWidget, **sizes: int | Sequence[int]) -> None:
    """Let these sizes of a widget grow with the text: the names of ``SETTERS``, in pixels at 100 percent."""
    for name, pixels in sizes.items():
        widget.setProperty(KEPT + name, pixels)
        SETTERS[name](widget, pixels)


def set_percent(percent: int) -> None:
    """Let everything that is there have its size for this size of text."""
    if percent == _shown["percent"]:
        return
    _shown["percent"] = percent
    for widget in QApplication.allWidgets():
        for name, setter in SETTERS.items():
            if (pixels := widget.property(KEPT + name)) is not None:
                setter(widget, pixels)


def _set_rows(table: "QTableView", pixels: int) -> None:
    table.verticalHeader().setDefaultSectionSize(grown(pixels))


def _set_columns(table: "QTableView", widths: Sequence[int]) -> None:
    header = table.horizontalHeader()
    for column, width in enumerate(widths):
        # Titles are longer in other languages, and never cut.
        table.setColumnWidth(column, max(grown(width), header.sectionSizeHint(column)))


SETTERS: dict[str, Callable[[Any, Any], None]] = {
    "mostWidth": lambda widget, pixels: widget.setMaximumWidth(grown(pixels)),
    "leastWidth": lambda widget, pixels: widget.setMinimumWidth(grown(pixels)),
    "leastHeight": lambda widget, pixels: widget.setMinimumHeight(grown(pixels)),
    "height": lambda widget, pixels: widget.setFixedHeight(grown(pixels)),
    "rowHeight": _set_rows,
    "columnWidths": _set_columns,
}
