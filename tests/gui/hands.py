# SPDX-License-Identifier: Apache-2.0
"""Hands for the walks in the window's own process: they see by accessible names, and press keys and buttons."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from console.gui.app import make_window
from console.gui.assembly import furnish
from console.gui.kit import theme
from console.gui.kit.looks import CONTRAST, DARK, LIGHT, Looks
from console.gui.kit.widgets import Page
from console.gui.scan.field import ScanField
from console.gui.shell.window import Window
from console.settings import Settings
from tests.support.patience import LIMIT_MS

LOOKED = {"light": Looks(LIGHT), "dark": Looks(DARK), "contrast": Looks(CONTRAST), "large": Looks(LIGHT, 200)}
LOOKS = tuple(LOOKED)


class Hands:
    """Finds what can be seen by its name, and presses it."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window
        self.pins: dict[str, str] = {}
        self.acts = 0
        """Buttons pressed and PINs given."""

    def seen(self, kind: type[Any], name: str) -> list[Any]:
        """Return the visible widgets of this name."""
        return [w for w in self.window.findChildren(kind) if w.isVisible() and w.accessibleName() == name]

    def find(self, kind: type[Any], name: str) -> Any:
        """Wait for a widget that can be seen."""
        self._wait(lambda: bool(self.seen(kind, name)), f"no {kind.__name__} {name!r}")
        return self.seen(kind, name)[0]

    def press(self, name: str) -> None:
        """Press a button, by the keys that a person without a mouse has."""
        found: list[QPushButton] = []

        def can_press() -> bool:
            # A grave button that has only just appeared hears nothing yet.
            found[:] = [b for b in self.seen(QPushButton, name) if b.isEnabled() and getattr(b, "hears", True)]
            return bool(found)

        self._wait(can_press, f"no button {name!r} that hears")
        found[0].setFocus(Qt.FocusReason.OtherFocusReason)
        QTest.keyClick(found[0], Qt.Key.Key_Space)
        self.acts += 1

    def enter(self, name: str) -> None:
        """Press Enter where the focus must already be."""
        self.qtbot.waitUntil(lambda: self.focused() == name)
        QTest.keyClick(self.window.focusWidget(), Qt.Key.Key_Space)
        self.acts += 1

    def focused(self) -> str:
        """Return the name of what has the focus."""
        # Qt says None where nothing has it, whatever its types say.
        found = cast(QWidget | None, self.window.focusWidget())
        return found.accessibleName() if found is not None else ""

    def unlock(self, row: int, pin: str, name: str) -> None:
        """Unlock as the person in this row."""
        self.find(QListWidget, "Who are you?").setCurrentRow(row)
        self.press("Unlock")
        self.pin(pin, name)

    def sign(self, row: int, pin: str, name: str) -> None:
        """Sign the founding document as the person in this row."""
        self.find(QListWidget, "Who are you?").setCurrentRow(row)
        self.press("Sign the founding document")
        self.pin(pin, name)

        def taken() -> bool:
            waiting = [text for text in self.texts() if text.startswith("Nothing opens before all have signed")]
            is_over = any(text.startswith("The founding is finished.") for text in self.texts())
            return is_over or bool(waiting and name not in waiting[0])

        self.qtbot.waitUntil(taken)

    def closed(self) -> None:
        """Wait until the window has done what it was for."""
        try:
            self.qtbot.waitUntil(lambda: not self.window.isVisible(), timeout=2 * LIMIT_MS)
        except self.qtbot.TimeoutError:
            pytest.fail(f"it stays: {self.texts()}")

    def picture(self, name: str) -> None:
        """Keep what the window looks like, in the folder and in the looks that BREAKGLASS_SCREENS and _LOOKS name."""
        folder = os.environ.get("BREAKGLASS_SCREENS")
        if not folder:
            return
        for look in os.environ.get("BREAKGLASS_LOOKS", LOOKS[0]).split(","):
            home = Path(folder) if look == LOOKS[0] else Path(folder, look)
            home.mkdir(exist_ok=True)
            if theme.now() != LOOKED[look]:
                theme.choose(theme.application(), LOOKED[look])
            self.qtbot.wait(250)
            self.window.grab().save(str(home / f"{name}.png"))

    def choose(self, name: str, words: str) -> None:
        """Choose what says these words, as soon as it is offered."""
        box = self.find(QComboBox, name)
        self.qtbot.waitUntil(lambda: box.findText(words) >= 0)
        box.setCurrentIndex(box.findText(words))

    def give(self, name: str, file: str) -> None:
        """Name a file in the field for what comes in, and wait until it is said in words what that is."""
        self.type_file(name, file)
        self.qtbot.waitUntil(lambda: self.field(name).given() is not None)

    def type_file(self, name: str, file: str) -> None:
        """Name a file in the field for what comes in."""
        edit = self.find(QLineEdit, name)
        edit.setText(file)
        QTest.keyClick(edit, Qt.Key.Key_Return)

    def field(self, label: str) -> ScanField:
        """Return the field for what comes in."""
        (found,) = [f for f in self.window.findChildren(ScanField) if f.label == label and f.isVisible()]
        return found

    def tick(self, name: str) -> None:
        """Choose a person among those offered."""
        self.find(QRadioButton, name).setChecked(True)

    def reveal(self, kind: type[Any], name: str) -> None:
        """Scroll to a widget, as the page does where work goes on."""
        page = self.window.page
        assert isinstance(page, Page)
        page.reveal(self.find(kind, name))

    def read(self, start: str, end: str = "") -> str:
        """Wait for a text that begins and ends so; return it."""
        return self._read(lambda text: text.startswith(start) and text.endswith(end), f"begins with {start!r} {end!r}")

    def read_part(self, part: str) -> str:
        """Wait for a text that has this in it; return it."""
        return self._read(lambda text: part in text, f"has {part!r}")

    def read_other(self, start: str, known: str) -> str:
        """Wait for a text that begins so and is not the one that is known; return it."""
        return self._read(lambda text: text.startswith(start) and text != known, f"is not {known!r}")

    def _read(self, is_meant: Callable[[str], bool], meant: str) -> str:
        """Find and return in one look: the page may be another one at the next."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [text for text in self.texts() if is_meant(text)]
            return bool(found)

        self._wait(is_there, f"nothing {meant}")
        return found[0]

    def _wait(self, is_so: Callable[[], bool], lacking: str) -> None:
        try:
            self.qtbot.waitUntil(is_so)
        except self.qtbot.TimeoutError:
            pytest.fail(f"{lacking}: {self.texts()}")

    def texts(self) -> list[str]:
        """Return every text that can be seen."""
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]

    def pin(self, pin: str, name: str) -> None:
        """Type a PIN."""
        edit = self.find(QLineEdit, f"PIN of {name}")
        QTest.keyClicks(edit, pin)
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.acts += 1

    def code(self) -> str:
        """Return the one code in the picture, as soon as it is painted."""
        found: list[str] = []

        def decoded() -> bool:
            found[:] = [code.text for code in zxingcpp.read_barcodes(self.pixels())]
            return len(found) == 1

        self.qtbot.waitUntil(decoded)
        return found[0]

    def pixels(self) -> Image.Image:
        """Return what the window looks like."""
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.ReadWrite)
        self.window.grab().save(buffer, "PNG")
        return Image.open(io.BytesIO(bytes(buffer.data().data())))


class StrayWindows(QObject):
    """Finds what is shown before it has a parent: for a moment it is a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember every plain window but the one that is meant."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and _is_stray(watched):
            self.seen.append(f"{type(watched).__name__} {watched.accessibleName()!r}")
        return False


def _is_stray(shown: QWidget) -> bool:
    is_plain = shown.isWindow() and shown.windowType() == Qt.WindowType.Window
    return is_plain and not isinstance(shown, Window)


@contextmanager
def no_stray_windows() -> Iterator[None]:
    """Let nothing else become a window meanwhile."""
    app, strays = cast(QApplication, QApplication.instance()), StrayWindows()
    app.installEventFilter(strays)
    try:
        yield
    finally:
        app.removeEventFilter(strays)
    assert strays.seen == []


@contextmanager
def by_anna(qtbot: QtBot, settings: Settings, pins: dict[str, str]) -> Iterator[Hands]:
    """Lend hands on the window of a station that Anna Berg of Legal has unlocked."""
    with on_window(qtbot, settings) as hands:
        hands.pins = pins
        hands.unlock(0, pins["legal-1"], "Anna Berg")
        hands.find(QPushButton, "Request break-glass access")
        yield hands


@contextmanager
def on_window(qtbot: QtBot, settings: Settings) -> Iterator[Hands]:
    """Lend hands on a window that is opened on a station."""
    theme.apply(cast(QApplication, QApplication.instance()))
    with no_stray_windows():
        window, unlock = make_window(settings, None)
        qtbot.addWidget(window)
        window.show()
        furnish(settings, window, unlock)
    try:
        yield Hands(qtbot, window)
    finally:
        window.close()
