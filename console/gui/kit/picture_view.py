# SPDX-License-Identifier: Apache-2.0
"""QR pictures on the screen: whole pixels for each module, black on white whatever the colours around; one, or all."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.language import say

FILE_PIXELS = 8
"""A module's pixels in the files that ``adapters.qr`` draws, the quiet zone of four modules included."""
GRID_PIXELS = 4
"""A module's pixels where all pictures stand side by side: a camera near by reads three."""


def opened(png: bytes) -> QImage:
    """Return a picture of these bytes, one bit a pixel; empty bytes give a null picture."""
    image = QImage()
    image.loadFromData(png, "PNG")
    return image.convertToFormat(QImage.Format.Format_Mono) if not image.isNull() else image


def fitting(image: QImage, room: int) -> int:
    """Return the side at which a picture fits into ``room`` pixels with whole pixels for each module."""
    modules = max(1, image.width() // FILE_PIXELS)
    return modules * max(1, room // modules)


class PictureView(QWidget):
    """Paints one picture as large as there is room for, on a white ground."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QImage()
        # Not by the size of text: a picture is as large as its room.
        self.setMinimumSize(420, 420)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, png: bytes) -> None:
        """Show these PNG bytes; empty shows nothing."""
        self._picture = opened(png)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it in the middle."""
        if self._picture.isNull():
            return
        side = fitting(self._picture, min(self.width(), self.height()))
        painter = QPainter(self)
        # What is dark around a symbol would swallow its quiet zone for some readers.
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        at = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        painter.drawImage(at, self._picture)
        painter.end()


class PictureGrid(QWidget):
    """Paints all pictures at once, each under its number: nothing moves."""

    GAP = 12

    def __init__(self) -> None:
        super().__init__()
        self._pictures: list[tuple[int, QImage]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_pictures(self, pictures: Sequence[tuple[int, bytes]]) -> None:
        """Show these (number, PNG bytes)."""
        self._pictures = [(number, opened(png)) for number, png in pictures]
        numbers = ", ".join(str(number) for number, _ in pictures)
        self.setAccessibleName(say("Pictures {numbers}", numbers=numbers) if pictures else "")
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height that all rows take."""
        return -(-len(self._pictures) // self._columns(width)) * (self._side + self._head + self.GAP)

    def sizeHint(self) -> QSize:
        """Return the size of two columns."""
        width = 2 * (self._side + self.GAP)
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint those that can be seen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), Qt.GlobalColor.white)
        painter.setPen(Qt.GlobalColor.black)
        columns, side = self._columns(self.width()), self._side
        for place, (number, image) in enumerate(self._pictures):
            line, column = divmod(place, columns)
            x, y = column * (side + self.GAP), line * (side + self._head + self.GAP)
            if event.rect().intersects(QRect(x, y, side, side + self._head)):
                painter.drawText(QRect(x, y, side, self._head), Qt.AlignmentFlag.AlignCenter, str(number))
                painter.drawImage(QRect(x, y + self._head, side, side), image)
        painter.end()

    def _columns(self, width: int) -> int:
        return max(1, (width + self.GAP) // (self._side + self.GAP))

    @property
    def _side(self) -> int:
        widths = [image.width() for _, image in self._pictures]
        return max(widths, default=0) * GRID_PIXELS // FILE_PIXELS

    @property
    def _head(self) -> int:
        return self.fontMetrics().height() + 4
