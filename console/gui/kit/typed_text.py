# SPDX-License-Identifier: Apache-2.0
"""What somebody has typed on the pages: taken out at the lock, emptied, and put back at the unlock.

Secrets are not taken: a field that shows no letters, or gives none away, is only emptied. Nor is what must be typed
again each time, such as a keyholder's decision: a page marks that part by ``once``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QWidget,
)

ONCE = "once"
Typed = dict[str, Any]
"""Name of a field -> what stands in it, as JSON can say it."""
Offer = Sequence[tuple[str, Any]]
"""What a choice offers: words and what they stand for."""
Way = tuple[Callable[[Any], Any], Callable[[Any, Any], object]]
WAYS: Mapping[type[QWidget], Way] = {
    QPlainTextEdit: (lambda w: w.toPlainText(), lambda w, said: w.setPlainText(said)),
    QDateTimeEdit: (lambda w: w.dateTime().toSecsSinceEpoch(), lambda w, said: w.setDateTime(_moment(w, said))),
    QSpinBox: (lambda w: w.value(), lambda w, said: w.setValue(said)),
    QComboBox: (lambda w: w.currentText(), lambda w, said: w.setCurrentIndex(_place(w, said))),
    QCheckBox: (lambda w: w.isChecked(), lambda w, said: w.setChecked(said)),
    QRadioButton: (lambda w: w.isChecked(), lambda w, said: w.setChecked(said)),
    QLineEdit: (lambda w: w.text(), lambda w, said: w.setText(said)),
}
"""Kind of field -> how it is read, and how it is filled."""


def once(part: QWidget) -> QWidget:
    """Mark a part of a page whose fields are never put back; return it."""
    part.setProperty(ONCE, True)
    return part


def take(pages: Mapping[str, QWidget]) -> dict[str, Typed]:
    """Return what stands in the fields, by page and by the name of each field."""
    return {name: {key: WAYS[kind][0](field) for key, kind, field in _fields(page)} for name, page in pages.items()}


def offers(page: QWidget) -> dict[QComboBox, Offer]:
    """Return what the choices on a page offer, in order."""
    return {
        box: [(box.itemText(n), box.itemData(n)) for n in range(box.count())] for box in page.findChildren(QComboBox)
    }


def offer_only(at_first: Mapping[QComboBox, Offer], pages: Mapping[str, QWidget]) -> None:
    """Let every choice offer what it did ``at_first``: nothing of the station, no number of an incident."""
    for page in pages.values():
        for box in page.findChildren(QComboBox):
            rows = at_first.get(box, [])
            _unheard(box, partial(_fill, box, rows))


def _fill(box: QComboBox, rows: Offer) -> None:
    box.clear()
    for words, value in rows:
        box.addItem(words, value)
    # Not by itself where the choice has words for "nothing to choose".
    box.setCurrentIndex(0)


def empty(pages: Mapping[str, QWidget], at_first: Mapping[str, Any]) -> None:
    """Leave every field as it was ``at_first``; what nobody may keep is emptied, and what was undone is forgotten."""
    for name, page in pages.items():
        before = at_first.get(name, {})
        _empty_texts(page)
        for key, kind, field in _fields(page):
            if key in before:
                _unheard(field, partial(WAYS[kind][1], field, before[key]))
            elif isinstance(field, QCheckBox):
                field.setChecked(False)


def _empty_texts(page: QWidget) -> None:
    edits: list[QLineEdit | QPlainTextEdit] = [*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
    for edit in edits:
        if not _is_inner(edit):
            # Unheard: the page must not take it for somebody's typing.
            # A line that is cleared could be brought back by undoing; one that is set anew can not.
            _unheard(edit, partial(edit.setText, "") if isinstance(edit, QLineEdit) else edit.clear)


def put_back(pages: Mapping[str, QWidget], kept: Mapping[str, Any]) -> None:
    """Fill what was taken into the fields that are there again."""
    for name, page in pages.items():
        said = kept.get(name, {})
        for key, kind, field in _fields(page):
            if key in said and WAYS[kind][0](field) != said[key]:
                WAYS[kind][1](field, said[key])


def _fields(page: QWidget) -> Iterator[tuple[str, type[QWidget], QWidget]]:
    """Yield (name, kind, field) of everything on a page that may be kept; the name says which of several it is."""
    seen: dict[str, int] = {}
    for field in page.findChildren(QWidget):
        kind = next((kind for kind in WAYS if isinstance(field, kind)), None)
        if kind is None or _is_inner(field) or _is_secret(field) or _is_once(field, page):
            continue
        name = field.accessibleName() or (field.text() if isinstance(field, QAbstractButton) else "")
        seen[name] = seen.get(name, 0) + 1
        yield f"{kind.__name__} {name} {seen[name]}", kind, field


def _is_inner(field: QWidget) -> bool:
    """Say whether it is only the line inside a number, a time or a choice."""
    return isinstance(field.parent(), QSpinBox | QDateTimeEdit | QComboBox)


def _is_secret(field: QWidget) -> bool:
    # Fields that somebody must not copy from have no menu; what they hold is not kept either.
    if field.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu:
        return True
    return isinstance(field, QLineEdit) and field.echoMode() != QLineEdit.EchoMode.Normal


def _is_once(field: QWidget, page: QWidget) -> bool:
    part: object = field
    while isinstance(part, QWidget) and part is not page:
        if part.property(ONCE):
            return True
        part = part.parent()
    return bool(page.property(ONCE))


def _unheard(field: QWidget, change: Callable[[], object]) -> None:
    field.blockSignals(True)
    change()
    field.blockSignals(False)


def _moment(field: QDateTimeEdit, seconds: int) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(seconds, field.dateTime().timeZone())


def _place(box: QComboBox, words: str) -> int:
    """Return where these words stand; what is no longer offered leaves the choice as it is."""
    return found if (found := box.findText(words)) >= 0 else box.currentIndex()
