# SPDX-License-Identifier: Apache-2.0
"""Tab goes in the order in which a page is read: by its layouts, whenever what stands there was made.

Qt's own chain has the order of making: what a page shows anew would come after everything else (WCAG 2.2, 2.4.3).
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QStackedWidget, QWidget

from console.gui.kit.flow import FlowLayout


def step(top: QWidget, current: QWidget | None, *, forward: bool) -> bool:
    """Give the focus to the next or the previous stop below ``top``; return whether there is any."""
    stops = list(_stops(top))
    if not stops:
        return False
    here = next((at for at, stop in enumerate(stops) if _holds(stop, current)), _before(stops, current))
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    stops[(here + (1 if forward else -1)) % len(stops)].setFocus(reason)
    return True


def _before(stops: list[QWidget], current: QWidget | None) -> int:
    """Return the place before the first stop inside of what has the focus: a page that is being read."""
    inside = (at for at, stop in enumerate(stops) if current is not None and current.isAncestorOf(stop))
    return next(inside, 0) - 1


def _holds(stop: QWidget, current: QWidget | None) -> bool:
    return current is not None and (stop is current or stop.isAncestorOf(current))


def _stops(widget: QWidget | None) -> Iterator[QWidget]:
    if widget is None or not widget.isVisible():
        return
    if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    if isinstance(widget, QScrollArea):
        yield from _stops(widget.widget())
    elif isinstance(widget, QStackedWidget):
        yield from _stops(widget.currentWidget())
    elif (layout := widget.layout()) is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        if (inner := item.widget()) is not None:
            yield from _stops(inner)
        elif (below := item.layout()) is not None:
            yield from _in_layout(below)
    if isinstance(layout, FlowLayout):
        # What has the corner is no item of the layout; in the strip it is the lock.
        yield from _stops(layout.corner)
