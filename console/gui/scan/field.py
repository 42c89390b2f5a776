# SPDX-License-Identifier: Apache-2.0
"""The one field for what is handed over: by camera, scanner or files, and said in words before it is used."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from console.gui.kit.files import FilesField
from console.gui.kit.readback import ReadBack
from console.gui.kit.widgets import PlainLabel, announce, button
from console.gui.scan import arrival
from console.gui.scan.arrival import Told
from console.language import say


class ScanWindow(QMainWindow):
    """A window that serves the fields that stand in it."""

    read_asked = Signal(object, object)
    """The field for what comes in, and the files that somebody named in it."""
    scan_asked = Signal(object)
    """The field that wants a camera or a scanner."""


class ScanField(QWidget):
    """Holds one thing that came in, or says why it holds none; ``wanted`` are the kinds that belong here, or all."""

    changed = Signal()

    def __init__(self, label: str, wanted: Sequence[str] = ()) -> None:
        super().__init__()
        self.label = label
        self.wanted: Sequence[str] = tuple(wanted)
        self.ticket = 0
        self._data: bytes | None = None
        self._trouble: tuple[str, str] | None = None
        self._is_reading = False
        self._files, self._wrong, self._words = FilesField(label), PlainLabel(role="wrong"), ReadBack()
        scan = say("Scan …")
        self._files.add_beside(button(scan, self._ask_scan, name=say("Scan: {label}", label=label)))
        self._files.changed.connect(lambda: self._hold(None, None))
        self._files.named.connect(self._ask_read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._files, self._wrong, self._words):
            column.addWidget(widget)
        self.setFocusProxy(self._files)
        self.clear()

    def given(self) -> bytes | None:
        """Return what came in and was said in words; None while there is nothing."""
        return self._data

    def lacking(self) -> tuple[str, str]:
        """Return why there is nothing, and what to do now."""
        if self._trouble is not None:
            return self._trouble
        if self._files.names():
            self._ask_read()
            return say("It is still being read."), say("Read what it is, then press again.")
        return say("Nothing is chosen."), say("Scan it, or choose its file or its pictures.")

    def clear(self) -> None:
        """Hold nothing."""
        self._files.clear()
        self._hold(None, None)

    def show_arrival(self, data: bytes, told: Told) -> None:
        """Hold this, and say in words what it is."""
        self._hold(data, None)
        self._words.show_lines(say("This came in"), arrival.lines(told))
        self._words.show()
        announce(self._words, arrival.spoken(told))

    def show_refused(self, what: str, now: str) -> None:
        """Hold nothing, and say why."""
        self._hold(None, (what, now))
        self._wrong.setText(f"{what} {now}")
        self._wrong.show()
        announce(self._wrong, f"{what} {now}")

    def _hold(self, data: bytes | None, trouble: tuple[str, str] | None) -> None:
        self._data, self._trouble, self._is_reading = data, trouble, False
        self.ticket += 1
        self._words.forget()
        self._words.hide()
        self._wrong.hide()
        self.changed.emit()

    def _ask_read(self) -> None:
        window = self.window()
        is_open = self._data is None and self._trouble is None and not self._is_reading
        if isinstance(window, ScanWindow) and self._files.names() and is_open:
            self._is_reading = True
            window.read_asked.emit(self, self._files.names())

    def _ask_scan(self) -> None:
        window = self.window()
        if isinstance(window, ScanWindow):
            window.scan_asked.emit(self)
