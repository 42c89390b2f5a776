# SPDX-License-Identifier: Apache-2.0
"""One column of labelled fields: label, hint, control, and what is wrong with it, in that order and close together."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from console.gui.kit import sizes
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import PlainLabel, clear_layout, row, set_style
from console.gui.phrases import moment as local_moment
from console.language import say

TEXT_LINES_PIXELS = 84
TIME_FORMAT = "yyyy-MM-dd HH:mm"
SIGNS = "-: ."
INDENT = 8
"""Pixels in front of a number: its own line, inside, does not hear of the box's padding."""
Lead = tuple[str, Callable[[], None]]
"""What is wrong in words, and what leads to its field."""


def on_change(control: QWidget, heard: Callable[[], object]) -> None:
    """Let ``heard`` be called whenever somebody changes what a control says."""
    names = ("textChanged", "currentIndexChanged", "valueChanged", "dateTimeChanged", "changed")
    for name in [name for name in names if hasattr(control, name)][:1]:
        # Most say their new content along with it.
        getattr(control, name).connect(lambda *_: heard())


class Field(QWidget):
    """A labelled control with a place for what is wrong with it, which goes as soon as somebody mends it."""

    mended = Signal()
    """What was wrong was changed."""

    def __init__(self, label: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        self.is_wrong, self._is_heard = False, False
        self._wrong = PlainLabel(role="wrong")
        self._wrong.hide()
        self._name, self._hint = label, hint
        title = PlainLabel(label, role="field")
        title.setBuddy(control)
        control.setAccessibleName(label)
        control.setAccessibleDescription(hint)
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addWidget(title)
        if hint:
            column.addWidget(PlainLabel(hint, role="muted"))
        column.addWidget(self._wrong)
        column.addWidget(control)

    @property
    def label(self) -> str:
        """The name of the field for people."""
        return self._name

    def show_wrong(self, text: str) -> None:
        """Say at the field what is wrong with it; empty takes it away."""
        self.is_wrong = bool(text)
        if text and not self._is_heard:
            self._is_heard = True
            on_change(self.control, self._mend)
        self._wrong.setText(text[:1].upper() + text[1:])
        self._wrong.setVisible(bool(text))
        set_style(self.control, "wrong", "true" if text else "false")
        self.control.setAccessibleDescription(
            say("Wrong: {words} {hint}", words=text, hint=self._hint) if text else self._hint
        )

    def _mend(self) -> None:
        if self.is_wrong:
            self.show_wrong("")
            self.mended.emit()


def example(text: str) -> str:
    """Return a hint with an example; in the field itself it would look like an answer."""
    return say("For example: {text}", text=text)


def line(placeholder: str = "") -> QLineEdit:
    """Return a field for one line; ``placeholder`` says what to do, and is no example."""
    edit = QLineEdit()
    edit.setPlaceholderText(placeholder)
    return edit


def text() -> QPlainTextEdit:
    """Return a field for a few sentences; Tab leaves it."""
    edit = QPlainTextEdit()
    edit.setTabChangesFocus(True)
    sizes.keep(edit, height=TEXT_LINES_PIXELS)
    return edit


class _Choice(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: an answer that only passes under the wheel is not given by it."""
        event.ignore()

    def showPopup(self) -> None:
        """Open the list with its last row whole: of a box that has the focus, Qt makes it two pixels too low."""
        rows = self.view()
        whole = sum(map(rows.sizeHintForRow, range(self.count()))) + 2 * rows.frameWidth()
        rows.setMinimumHeight(whole if whole < self.screen().availableGeometry().height() / 2 else 0)
        super().showPopup()


class _Number(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()


def choice(rows: Sequence[tuple[object, str]]) -> QComboBox:
    """Return a choice among (value, words)."""
    box = _Choice()
    # Only this kind of row is as high as the style sheet says.
    box.setItemDelegate(QStyledItemDelegate(box))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # What is offered later may be longer than what was there at first.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    fill(box, rows)
    sizes.keep(box, mostWidth=480)
    return box


def fill(box: QComboBox, rows: Sequence[tuple[object, str]]) -> None:
    """Put these (value, words) into a choice; what was chosen stays chosen if it is still there."""
    # Only where it is needed: the width of a choice has room for it.
    box.setPlaceholderText("" if rows else say("nothing to choose here now"))
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] == list(rows):
        return
    before = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, words in rows:
        box.addItem(words, value)
    at = box.findData(before)
    box.setCurrentIndex(max(0, at))
    box.blockSignals(False)
    if box.currentData() != before:
        box.currentIndexChanged.emit(box.currentIndex())


def number(low: int, high: int, value: int) -> QSpinBox:
    """Return a field for a whole number."""
    box = _Number()
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setRange(low, high)
    box.setValue(value)
    box.lineEdit().setTextMargins(INDENT, 0, 0, 0)
    sizes.keep(box, mostWidth=140)
    return box


class _Moment(QDateTimeEdit):
    """Tab leaves it at once, the arrows go through its numbers; a time can be typed as it is written.

    Qt goes on by itself after a whole number, and then once more for the sign behind it.
    """

    _typing, _typed_into = False, -1

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a digit; a sign between two numbers goes on to the next one, unless that was done."""
        text, before = event.text(), self.currentSectionIndex()
        if text and text in SIGNS:
            if self._typed_into == before:
                self._choose(before + 1)
            return
        self._typing = True
        super().keyPressEvent(event)
        self._typing = False
        self._typed_into = before if text.isdigit() and self.currentSectionIndex() == before else -1

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802 - Qt's
        """Go on to the next field; while somebody types, to the next number."""
        leave = QDateTimeEdit if self._typing else QWidget
        return leave.focusNextPrevChild(self, forward)

    def _choose(self, index: int) -> None:
        if index < self.sectionCount():
            self.setCurrentSectionIndex(index)
            self.setSelectedSection(self.currentSection())


def moment() -> QDateTimeEdit:
    """Return a field for a local time, now at first."""
    edit = _Moment(QDateTime.currentDateTime())
    edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    edit.setDisplayFormat(TIME_FORMAT)
    edit.lineEdit().setTextMargins(INDENT, 0, 0, 0)
    sizes.keep(edit, mostWidth=240)
    return edit


class TimeField(Field):
    """A local time, and beneath it the same as everybody reads it afterwards: with its zone, and in UTC."""

    def __init__(self, label: str, hint: str = "") -> None:
        edit = moment()
        super().__init__(label, edit, hint or say("Local time."))
        self.edit, self._told = edit, PlainLabel(role="muted")
        self.column.addWidget(self._told)
        edit.dateTimeChanged.connect(lambda _: self._tell())
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell it anew: what a lock empties, it empties unheard."""
        super().showEvent(event)
        self._tell()

    def _tell(self) -> None:
        self._told.setText(local_moment(rfc3339(self.edit)))


def rfc3339(edit: QDateTimeEdit) -> str:
    """Return the time of a field in UTC."""
    return edit.dateTime().toTimeZone(QTimeZone.utc()).toString("yyyy-MM-ddTHH:mm:ssZ")


class Ticks(QWidget):
    """Several values of which any may be ticked."""

    changed = Signal()

    COLUMNS = 6

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[str, QCheckBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(self.COLUMNS, 1)

    def offer(self, values: Sequence[str]) -> None:
        """Offer these values; ticks stay."""
        if list(self._boxes) == list(values):
            return
        ticked = self.values()
        for box in self._boxes.values():
            box.deleteLater()
        self._boxes = {value: QCheckBox(value) for value in values}
        for place, (value, box) in enumerate(self._boxes.items()):
            box.setChecked(value in ticked)
            box.setAccessibleName(value)
            box.toggled.connect(lambda _: self.changed.emit())
            self._grid.addWidget(box, place // self.COLUMNS, place % self.COLUMNS)
        for box in list(self._boxes.values())[:1]:
            self.setFocusProxy(box)

    def clear(self) -> None:
        """Tick nothing."""
        for box in self._boxes.values():
            box.setChecked(False)

    def values(self) -> list[str]:
        """Return what is ticked."""
        return [value for value, box in self._boxes.items() if box.isChecked()]


class People(QWidget):
    """People of whom one is chosen; nobody is at first, so that nobody decides by not looking."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[str, QRadioButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def offer(self, rows: Sequence[tuple[str, str]]) -> None:
        """Offer these (member, words); who was chosen stays chosen if they are still there."""
        if [(member, made.text()) for member, made in self._buttons.items()] == list(rows):
            return
        chosen = self.value()
        clear_layout(self._column)
        self._buttons = {member: QRadioButton(words) for member, words in rows}
        for member, made in self._buttons.items():
            made.setAccessibleName(made.text())
            made.setChecked(member == chosen)
            made.toggled.connect(lambda on: self.changed.emit() if on else None)
            self._column.addWidget(made)
        for made in list(self._buttons.values())[:1]:
            self.setFocusProxy(made)
        if self.value() != chosen:
            self.changed.emit()

    def value(self) -> str:
        """Return who is chosen, or an empty text."""
        return next((member for member, made in self._buttons.items() if made.isChecked()), "")

    def clear(self) -> None:
        """Choose nobody."""
        for made in self._buttons.values():
            # One of an exclusive group can only be unchosen outside of it.
            made.setAutoExclusive(False)
            made.setChecked(False)
            made.setAutoExclusive(True)
        self.changed.emit()


class Items(QWidget):
    """The credentials that can be asked for; of one-time codes also how many."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, tuple[Tick, QSpinBox | None]] = {}
        self._offered: list[tuple[str, str, int | None]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def offer(self, rows: Sequence[tuple[str, str, int | None]]) -> None:
        """Offer these (name, words, codes left or None); what was chosen stays chosen."""
        if self._offered == list(rows):
            return
        before = {row["credential"]: row.get("codes", 1) for row in self.values()}
        self._offered, self._rows = list(rows), {}
        clear_layout(self._column)
        for name, words, codes in rows:
            self._add(name, words, codes, before.get(name))
        for box, _ in list(self._rows.values())[:1]:
            self.setFocusProxy(box)

    def clear(self) -> None:
        """Choose nothing, and one code of each list."""
        for box, count in self._rows.values():
            box.setChecked(False)
            if count is not None:
                count.setValue(1)

    def values(self) -> list[dict[str, object]]:
        """Return the items as ``request.toml`` has them."""
        return [
            {"credential": name} | ({"codes": count.value()} if count is not None else {})
            for name, (box, count) in self._rows.items()
            if box.isChecked()
        ]

    def _add(self, name: str, words: str, codes: int | None, chosen: object) -> None:
        box, count = Tick(words), None
        box.setChecked(chosen is not None)
        box.toggled.connect(lambda _: self.changed.emit())
        line = row(box)
        if codes is not None:
            count = number(1, max(1, codes), chosen if isinstance(chosen, int) else 1)
            count.setAccessibleName(say("How many codes of {name}", name=name))
            line.addWidget(count)
            line.addWidget(PlainLabel(say("codes"), wrap=False))
        self._column.addLayout(line)
        self._rows[name] = (box, count)
