# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a page for people who see little, press badly, or have only keys (WCAG 2.2 AA), in the process.

Each function returns sentences; none is good.
"""

import io
from collections import Counter
from collections.abc import Iterator
from typing import cast

from PIL import Image
from PySide6.QtCore import QBuffer, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from console.gui.shell.window import Window
from tests.gui.contrast import Rgb, ratio

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QProgressBar)
TARGET, STRESS_TARGET = 24, 44
"""CSS pixels: WCAG 2.2, 2.5.8 (AA); 2.5.5 (AAA) for what is pressed under stress."""
TEXT, PART = 4.5, 3.0
SLACK = 1
MOST_STEPS = 400


def controls(root: QWidget) -> Iterator[QWidget]:
    """Yield what somebody can act on and can see; the parts inside a control are that control."""
    for widget in root.findChildren(QWidget):
        inner = widget.parentWidget()
        if isinstance(widget, CONTROLS) and widget.isVisible() and not _is_part(inner):
            yield widget


def names(root: QWidget) -> list[str]:
    """Every control has a name, and no two buttons that do different things on one page have the same."""
    found = [f"{_kind(widget)} without a name: {_where(widget)}" for widget in controls(root) if not name_of(widget)]
    pressed = Counter(name_of(widget) for widget in controls(root) if isinstance(widget, QPushButton))
    return found + [f"{count} buttons are called {name!r}" for name, count in pressed.items() if count > 1]


def sizes(root: QWidget) -> list[str]:
    """What is pressed is large enough: 44 pixels, 24 for what only helps or is ticked."""
    found = []
    for widget in controls(root):
        least = STRESS_TARGET if _is_pressed(widget) else TARGET
        if min(widget.height(), widget.width()) < least:
            found.append(f"{_named(widget)} is {widget.width()}x{widget.height()}, not {least}")
    return found


def cut_off(root: QWidget) -> list[str]:
    """Every text has its room, and nothing lies outside of what holds it."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QLabel | QAbstractButton | QComboBox | QAbstractSpinBox):
            continue
        if (why := _lacks_room(widget)) or (why := _is_outside(widget)):
            found.append(f"{_named(widget)} {why}")
    return found


def sideways(root: QWidget) -> list[str]:
    """No page has to be scrolled sideways."""
    return [
        f"{area.accessibleName()!r} is {area.horizontalScrollBar().maximum()} pixels too wide"
        for area in root.findChildren(QScrollArea)
        if area.isVisible()
        and area.horizontalScrollBar().maximum() > 0
        and area.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    ]


LEAST_SEEN = 4
"""Pixels of a text's side below which nobody reads it; whether it is cut off is another question."""


def contrast(root: QWidget) -> list[str]:
    """Every text stands out from its ground, by the pixels."""
    found, grabbed = [], dict[QWidget, Image.Image]()
    for widget in root.findChildren(QWidget):
        text = widget.text() if isinstance(widget, QLabel | QPushButton) else ""
        if text.strip() and widget.isVisible() and widget.isEnabled():
            whole = _painted_whole(widget)
            if whole not in grabbed:
                grabbed[whole] = pixels(whole, whole.rect())
            place = QRect(widget.mapTo(whole, QPoint()), widget.size()).intersected(whole.rect())
            if min(place.width(), place.height()) < LEAST_SEEN:
                continue
            beyond = place.left() + place.width(), place.top() + place.height()
            seen = contrast_in(grabbed[whole].crop((place.left(), place.top(), *beyond)))
            if seen < TEXT:
                found.append(f"{_named(widget)} has {seen:.1f}:1")
    return found


def _painted_whole(widget: QWidget) -> QWidget:
    """Return what scrolls with the widget, or the window: a part that is scrolled out of sight has its pixels there."""
    whole = widget
    while (parent := whole.parentWidget()) is not None and not isinstance(parent.parentWidget(), QAbstractScrollArea):
        whole = parent
    return whole


def contrast_in(picture: Image.Image) -> float:
    """Return the contrast of a picture's commonest colour against what differs most from it."""
    counted = picture.convert("RGB").getcolors(1 << 24) or []
    ground = cast(Rgb, max(counted)[1])
    return max((ratio(cast(Rgb, colour), ground) for _, colour in counted), default=1.0)


def pixels(window: QWidget, place: QRect) -> Image.Image:
    """Return a part of a window as it is painted."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    window.grab(place).save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data())))


def unreachable(window: Window) -> list[str]:
    """Every control can be reached by Tab alone, and Tab leads round: nothing holds it."""
    wanted = {widget for widget in controls(window) if _takes_tab(widget)}
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    first = QApplication.focusWidget()
    reached, here = {first}, first
    for _ in range(MOST_STEPS):
        QTest.keyClick(here or window, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        if here in reached and here is first:
            break
        reached.add(here)
    else:
        return [f"Tab never comes back to {_named(first) if first else 'nothing'}"]
    return [f"{_named(widget)} is not reached by Tab" for widget in wanted - _with_groups(reached)]


def unseen_focus(window: Window) -> list[str]:
    """What has the focus shows it: with it a control looks otherwise, and that stands out by 3:1."""
    found = []
    for widget in controls(window):
        if _takes_tab(widget):
            window.setFocus()
            without = pixels(widget, widget.rect()).convert("RGB")
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            with_it = pixels(widget, widget.rect()).convert("RGB")
            if not _changed(without, with_it):
                found.append(f"{_named(widget)} does not show its focus")
    return found


def _changed(one: Image.Image, other: Image.Image) -> bool:
    changed = {
        (before, after)
        for before, after in zip(one.get_flattened_data(), other.get_flattened_data(), strict=True)
        if before != after
    }
    return any(ratio(cast(Rgb, before), cast(Rgb, after)) >= PART for before, after in changed)


def name_of(widget: QWidget) -> str:
    """Return what a screen reader says of a widget."""
    # Qt says None where there is no bridge, whatever its types say.
    interface = cast(QAccessibleInterface | None, QAccessible.queryAccessibleInterface(widget))
    return interface.text(QAccessible.Text.Name) if interface is not None else widget.accessibleName()


def _is_part(parent: QWidget | None) -> bool:
    return isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView) or (
        parent is not None and isinstance(parent.parentWidget(), QComboBox | QAbstractItemView)
    )


def _is_pressed(widget: QWidget) -> bool:
    return isinstance(widget, QPushButton) and widget.property("weight") != "small"


def _takes_tab(widget: QWidget) -> bool:
    is_in_group = isinstance(widget, QRadioButton) and not widget.isChecked()
    return widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not is_in_group


def _with_groups(reached: set[QWidget | None]) -> set[QWidget | None]:
    """Add the parts of what was reached: a spin box has its focus in its line."""
    return reached | {widget.parentWidget() for widget in reached if widget is not None}


def _lacks_room(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        needed = widget.fontMetrics().horizontalAdvance(widget.currentText()) + 48
        return f"needs {needed} of {widget.width()}" if needed > widget.width() + SLACK else ""
    hint = widget.sizeHint()
    if widget.hasHeightForWidth():
        needed = widget.heightForWidth(widget.width())
        return f"needs {needed} of {widget.height()} lines" if needed > widget.height() + SLACK else ""
    if isinstance(widget, QCheckBox | QRadioButton | QPushButton | QLabel) and hint.width() > widget.width() + SLACK:
        return f"needs {hint.width()} of {widget.width()} in width"
    if hint.height() > widget.height() + SLACK:
        return f"needs {hint.height()} of {widget.height()} in height"
    return ""


def _is_outside(widget: QWidget) -> str:
    parent = widget.parentWidget()
    if parent is None or not isinstance(widget, QLabel | QAbstractButton):
        return ""
    is_inside = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(widget.geometry())
    return "" if is_inside else f"lies outside of {type(parent).__name__}"


def _kind(widget: QWidget) -> str:
    return type(widget).__name__


def _named(widget: QWidget) -> str:
    return f"{_kind(widget)} {name_of(widget)[:60]!r}"


def _where(widget: QWidget) -> str:
    above, path = widget.parentWidget(), []
    while above is not None:
        path.append(above.accessibleName() or type(above).__name__)
        above = above.parentWidget()
    return " < ".join(path[:4])
