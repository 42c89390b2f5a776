# SPDX-License-Identifier: Apache-2.0
"""Where somebody begins who comes to a page: the first field in sight, or the button of its one verb.

It is the one rule, whether they come for the first time or again, and also when what had the focus goes away.

What a page shows may come a moment later. Then it begins there, as long as the person has not moved the focus.
"""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from console.gui.kit.verb import GRAVE_WEIGHTS, Verb

SETTLED_MS = 30
"""Cards within cards take a few rounds of the event loop to find their places."""
LATE_MS = 5000
"""Content that comes later than this takes no focus any more: by then somebody is reading."""
FIELDS = (QLineEdit, QPlainTextEdit, QComboBox, QRadioButton, QCheckBox, QListWidget)
"""What is answered, in contrast to what is pressed."""


class FirstFocus(QObject):
    """Gives the focus on a page; ``canvas`` is what its ``scroll`` shows."""

    def __init__(self, canvas: QWidget, scroll: QScrollArea) -> None:
        super().__init__(canvas)
        self._canvas, self._scroll = canvas, scroll
        self._makeshift: QWidget | None = None
        """What has the focus until there is something to begin with."""
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._settle)

    def give(self) -> None:
        """Give the focus to what is done first."""
        first = self._first()
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if _is_first(first):
            self._settle()
        elif self._makeshift is None:
            self._canvas.installEventFilter(self)
            self._late.start(LATE_MS)
        self._makeshift = None if _is_first(first) else first

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Hear that something has come."""
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(SETTLED_MS, self, self._give_again)
        return False

    def _give_again(self) -> None:
        # Qt says None where nothing has the focus, whatever its types say.
        focused = cast(QWidget | None, self._canvas.window().focusWidget())
        if self._makeshift is None or not self._canvas.isVisible():
            return
        if focused is self._makeshift:
            self.give()
        else:
            self._settle()

    def _settle(self) -> None:
        self._makeshift = None
        self._late.stop()
        self._canvas.removeEventFilter(self)

    def _first(self) -> QWidget:
        # Where something must be read first, the keys scroll until Tab leads on.
        return next(filter(self._is_in_sight, _in_order(self._canvas)), self._scroll)

    def _is_in_sight(self, widget: QWidget) -> bool:
        view = self._scroll.viewport()
        return view.rect().contains(widget.mapTo(view, widget.rect().center()))


def first_in(part: QWidget) -> QWidget:
    """Return what is done first in a part of a page: a field, else a button, else the part itself."""
    return next(iter(_in_order(part)), part)


def _in_order(within: QWidget) -> list[QWidget]:
    """Return what can be done, what is done first before the other buttons."""
    # Not by nextInFocusChain: what that returns dies with its Python wrapper (PySide 6.11).
    seen = [one for one in within.findChildren(QWidget) if one.isVisibleTo(within)]
    first = [one for one in seen if _is_first(one)]
    # Not a grave button under fields that were scrolled away: whoever comes has not read what it does.
    begins = [one for one in first if one is first[0] or isinstance(one, FIELDS)]
    return [*begins, *(one for one in seen if isinstance(one, Verb) and one.weight not in GRAVE_WEIGHTS)]


def _is_first(widget: QWidget) -> bool:
    is_verb = isinstance(widget, Verb) and widget.weight == "primary"
    return is_verb or (isinstance(widget, FIELDS) and widget.isEnabled())
