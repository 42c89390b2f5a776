# SPDX-License-Identifier: Apache-2.0
"""A box to tick whose words wrap where the page is narrow: Qt's own stays as wide as its words are long."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
MUCH = 1 << 20
EDGE = 6
"""Pixels right of the words: the border and the padding of window.qss, which a box has on both sides."""
ROUNDED = 2
"""Pixels: letters have widths between whole ones, and a line that is a hair too long is two."""


class Tick(QCheckBox):
    """Takes no more width than its longest word needs, and the height that all lines need then."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setAccessibleName(words)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return the size on one line."""
        return super().sizeHint() + QSize(ROUNDED, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the size with the longest word alone."""
        self.ensurePolished()
        longest = max(map(self.fontMetrics().horizontalAdvance, self.text().split()), default=0)
        return QSize(self._beside() + longest, super().minimumSizeHint().height())

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at this width."""
        return super().sizeHint().height() + self._lines(width - self._beside()) - self._lines(MUCH)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the box as Qt does, and the words on as many lines as they need."""
        # Not by self.style(): what that returns must not outlive the style, which goes when the looks change.
        option, painter = QStyleOptionButton(), QStylePainter(self)
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect().adjusted(self._beside() - EDGE, 0, -EDGE, 0), WRAPPED, self.text())
        painter.end()

    def _lines(self, width: int) -> int:
        room = QRect(0, 0, max(1, width), MUCH)
        return self.fontMetrics().boundingRect(room, WRAPPED, self.text()).height()

    def _beside(self) -> int:
        """Return the width of everything but the words."""
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())
