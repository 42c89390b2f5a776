# SPDX-License-Identifier: Apache-2.0
"""A row of numbered boxes, one for each picture of a hand-over: filled and ticked when it is here."""

from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.domain.handoff import frames
from console.gui.kit.widgets import PlainLabel
from console.language import say


def in_words(count: int, missing: Collection[int]) -> str:
    """Return how many pictures are here, and the numbers of those that are not."""
    if not count:
        return say("No picture is here yet.")
    if not missing:
        return say("All {count} pictures are here.", count=count)
    numbers = frames.spans(sorted(missing))
    return say(
        "{here} of {count} pictures are here. Missing: {numbers}.",
        here=count - len(missing),
        count=count,
        numbers=numbers,
    )


class FrameBoxes(QWidget):
    """Shows which pictures are here; its accessible name says the same."""

    GAP = 4

    def __init__(self) -> None:
        super().__init__()
        self._count, self._missing = 0, frozenset[int]()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_frames(0, ())

    def show_frames(self, count: int, missing: Collection[int]) -> None:
        """Show so many boxes, those of ``missing`` empty."""
        self._count, self._missing = count, frozenset(missing)
        self.setAccessibleName(in_words(count, missing))
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height that all rows take."""
        columns = max(1, width // (self._side + self.GAP))
        return max(1, -(-self._count // columns)) * (self._side + self.GAP)

    def sizeHint(self) -> QSize:
        """Return a row of ten."""
        return QSize(10 * (self._side + self.GAP), self.heightForWidth(self.width()))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the boxes: a filled one has a light number and a tick, an empty one only its number."""
        painter = QPainter(self)
        columns = max(1, self.width() // (self._side + self.GAP))
        for number in range(1, self._count + 1):
            line, column = divmod(number - 1, columns)
            step = self._side + self.GAP
            self._draw(painter, QRect(column * step, line * step, self._side, self._side), number)
        painter.end()

    def _draw(self, painter: QPainter, box: QRect, number: int) -> None:
        colours, is_here = self.palette(), number not in self._missing
        painter.setPen(QPen(colours.text().color(), 1))
        painter.setBrush(colours.highlight() if is_here else Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(1, 1, -1, -1))
        if is_here:
            painter.setPen(QPen(colours.highlightedText().color(), 1))
        told = f"✓{number}" if is_here else str(number)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, told)

    @property
    def _side(self) -> int:
        return max(28, self.fontMetrics().horizontalAdvance("✓256") + 8)


class Standing(QWidget):
    """How far a message is here: in words, and as boxes."""

    def __init__(self) -> None:
        super().__init__()
        self._words, self._boxes = PlainLabel(role="heading"), FrameBoxes()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._words)
        column.addWidget(self._boxes)

    def show_frames(self, count: int, missing: Collection[int]) -> None:
        """Show so many boxes, those of ``missing`` empty, and say the same."""
        self._words.setText(in_words(count, missing))
        self._boxes.show_frames(count, missing)
        self._boxes.setVisible(count > 0)
