# SPDX-License-Identifier: Apache-2.0
"""The button for what cannot be undone: it asks again before it does anything."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.gui.kit.widgets import Page, button, row
from console.language import say


class Twice(QWidget):
    """A button for what cannot be undone: the first press only asks, and the safe answer has the focus.

    ``weight``: danger, or primary where it is what the page is for.
    """

    def __init__(self, text: str, yes: str, pressed: Callable[[], object], *, weight: str = "danger") -> None:
        super().__init__()
        self._ask = button(text, lambda: self._turn(asking=True), weight=weight)
        self._yes = button(yes, pressed, weight=weight)
        self._no = button(say("No, go back"), lambda: self._turn(asking=False))
        line = row(self._ask, self._no, self._yes)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self._yes.clicked.connect(lambda _=False: self._turn(asking=False))
        self._turn(asking=False)

    def ask_with(self, yes: str) -> None:
        """Name on the second button what will be done."""
        self._yes.setText(yes)
        self._yes.setAccessibleName(yes)

    def _turn(self, *, asking: bool) -> None:
        self._ask.setVisible(not asking)
        self._no.setVisible(asking)
        self._yes.setVisible(asking)
        if self.isVisible():
            shown = self._no if asking else self._ask
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
            if (page := _page_of(self)) is not None:
                # What had the focus has just gone, and the page has followed the focus elsewhere.
                page.reveal(shown)


def _page_of(widget: QWidget) -> Page | None:
    above = widget.parentWidget()
    return above if above is None or isinstance(above, Page) else _page_of(above)
