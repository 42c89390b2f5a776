# SPDX-License-Identifier: Apache-2.0
"""The choice of a camera and what it sees; reports the texts of all codes that come by."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError
from console.domain.handoff.picture import Grey
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.scan.camera_feed import Eye, Sight
from console.language import say

NO_CAMERA = ""
PATIENCE_MS = 4000
"""So long a camera may take to its first picture before people are told."""


class CameraBox(QWidget):
    """Looks through the first camera at once: whoever scans wants to."""

    seen = Signal(object)
    failed = Signal(object)
    """A ``ConsoleError``: the camera is off now."""

    def __init__(self, eye: Eye) -> None:
        super().__init__()
        self._eye = eye
        self._choice, self._preview, self._told = form.choice([]), Preview(), PlainLabel()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._told.show)
        self._told.setText(say("This camera delivers no picture yet. Is it covered, or used elsewhere?"))
        self._is_offering = False
        self._choice.currentIndexChanged.connect(lambda _: None if self._is_offering else self._look())
        eye.saw.connect(self._saw)
        eye.failed.connect(self._lost)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Field(say("Camera"), self._choice))
        column.addLayout(row(button(say("Look for cameras"), self.begin)))
        column.addWidget(self._told)
        column.addWidget(self._preview, 1)
        self._told.hide()

    def begin(self) -> None:
        """Offer the cameras there are now, and look through the one that was chosen, or the first."""
        found = self._eye.names()
        before = self._choice.currentData()
        first = say("No camera") if found else say("No camera is plugged in")
        self._is_offering = True
        form.fill(self._choice, [(NO_CAMERA, first), *found])
        if found and before in (None, NO_CAMERA):
            self._choice.setCurrentIndex(1)
        self._is_offering = False
        self._look()

    def end(self) -> None:
        """Give the camera back, and show nothing of what it saw."""
        self._eye.stop()
        self._patience.stop()
        self._told.hide()
        self._preview.show_picture(None)

    def _look(self) -> None:
        self.end()
        device = str(self._choice.currentData() or NO_CAMERA)
        if device != NO_CAMERA:
            self._eye.look(device)
            self._patience.start()

    def _saw(self, sight: Sight) -> None:
        self._told.hide()
        self._patience.start()
        self._preview.show_picture(sight.picture)
        self.seen.emit(sight.texts)
        self._eye.ready()

    def _lost(self, error: ConsoleError) -> None:
        self._choice.setCurrentIndex(0)
        self.failed.emit(error)


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
