# SPDX-License-Identifier: Apache-2.0
"""What a camera sees just now, so that people can aim."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.handoff.picture import Grey
from console.language import say


class Preview(QWidget):
    """Paints the newest picture, as large as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: Grey | None = None
        self.setMinimumSize(320, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_picture(None)

    def show_picture(self, picture: Grey | None) -> None:
        """Show this; None: the camera is off."""
        self._picture = picture
        self.setAccessibleName(say("The camera is on") if picture else say("The camera is off"))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint it in the middle, or say that it is off."""
        painter = QPainter(self)
        if self._picture is None:
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, say("The camera is off"))
        else:
            shown = self._picture
            image = QImage(shown.pixels, shown.width, shown.height, shown.width, QImage.Format.Format_Grayscale8)
            small = image.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage((self.width() - small.width()) // 2, (self.height() - small.height()) // 2, small)
        painter.end()
