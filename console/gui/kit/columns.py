# SPDX-License-Identifier: Apache-2.0
"""Two parts of a panel side by side; where it is narrow for its size of text, one above the other."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

LEAST_LETTERS = 68
"""So many letters beside one another two parts need."""


class Sides(QWidget):
    """The second part, which has the words, stands above the first one where there is no room beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.parts.setContentsMargins(0, 0, 0, 0)
        self.parts.setSpacing(24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts beside one another, or one above the other."""
        super().resizeEvent(event)
        self._turn()

    def changeEvent(self, event: QEvent) -> None:
        """Do so, too, when the text has become larger."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._turn()

    def _turn(self) -> None:
        is_wide = self.width() >= LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        self.parts.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.BottomToTop)
