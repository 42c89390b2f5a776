# SPDX-License-Identifier: Apache-2.0
"""Everything that a window still says somewhere: in a widget, to a screen reader, in a title, on the clipboard."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QClipboard, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

PROPERTIES = (
    "text",
    "title",
    "windowTitle",
    "toolTip",
    "statusTip",
    "whatsThis",
    "accessibleName",
    "accessibleDescription",
    "placeholderText",
    "currentText",
    "format",
    "plainText",
)
KINDS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)


def everything() -> str:
    """Return all of it as one text, of every window of this program, hidden pages too."""
    found: list[str] = []
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            found += _said_by(widget)
        found += _read_aloud(QAccessible.queryAccessibleInterface(top))
    clipboard = QGuiApplication.clipboard()
    found += [clipboard.text(mode) for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)]
    return "\n".join(found)


def holders(word: str, *windows: QWidget) -> list[str]:
    """Return which widgets of these windows, or of all, say a word, with the page that each is on."""
    found = []
    for top in windows or QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            if any(word in said for said in _said_by(widget)):
                found.append(f"{_page_of(widget)}: {type(widget).__name__} {[*_said_by(widget)]}")
    return found


def _page_of(widget: QWidget) -> str:
    part: object = widget
    while isinstance(part, QWidget) and part.objectName() != "page":
        part = part.parent()
    return type(part).__name__


def _said_by(widget: QWidget) -> Iterator[str]:
    for name in PROPERTIES:
        if isinstance(said := widget.property(name), str):
            yield said
    if isinstance(widget, QPlainTextEdit):
        widget.undo()
        yield widget.toPlainText()
        widget.redo()
        yield widget.toPlainText()
    if isinstance(widget, QLineEdit):
        widget.undo()
        yield widget.text()
        widget.redo()
    if isinstance(widget, QAbstractItemView | QComboBox):
        yield from _rows(widget.model())


def _rows(model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), 500)):
        for column in range(columns):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
                if isinstance(said := model.index(row, column).data(role), str):
                    yield said


def _read_aloud(interface: QAccessibleInterface | None, depth: int = 60) -> Iterator[str]:
    if interface is None or depth == 0:
        return
    for kind in KINDS:
        yield interface.text(kind)
    if (text := interface.textInterface()) is not None:
        yield text.text(0, text.characterCount())
    for number in range(interface.childCount()):
        yield from _read_aloud(interface.child(number), depth - 1)
