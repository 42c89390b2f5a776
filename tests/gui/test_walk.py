# SPDX-License-Identifier: Apache-2.0
"""One emergency in the window's own process, on real SoftHSM tokens; the code is read from the pixels."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from console.gui.app import make_window
from console.gui.furnish import furnish
from console.gui.window import Window
from tests.gui.conftest import Sample

pytestmark = pytest.mark.real
LIMIT_MS = 10_000


class Hands:
    """Finds what can be seen by its name, and presses it."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window

    def seen(self, kind: type[Any], name: str) -> list[Any]:
        """Return the visible widgets of this name."""
        return [w for w in self.window.findChildren(kind) if w.isVisible() and w.accessibleName() == name]

    def find(self, kind: type[Any], name: str) -> Any:
        """Wait for a widget that can be seen."""
        self.qtbot.waitUntil(lambda: bool(self.seen(kind, name)), timeout=LIMIT_MS)
        return self.seen(kind, name)[0]

    def press(self, name: str) -> None:
        """Press a button."""
        QTest.mouseClick(self.find(QPushButton, name), Qt.MouseButton.LeftButton)

    def read(self, start: str) -> None:
        """Wait for a text that begins so."""
        self.qtbot.waitUntil(
            lambda: any(
                w.isVisible() and w.text().startswith(start) for w in self.window.findChildren(QLabel)
            ),
            timeout=LIMIT_MS,
        )

    def pin(self, pin: str, name: str) -> None:
        """Type a PIN."""
        edit = self.find(QLineEdit, f"PIN of {name}")
        QTest.keyClicks(edit, pin)
        QTest.keyClick(edit, Qt.Key.Key_Return)

    def code(self) -> str:
        """Return the one code in the picture, as soon as it is painted."""
        found: list[str] = []

        def decoded() -> bool:
            found[:] = [code.text for code in zxingcpp.read_barcodes(self.pixels())]
            return len(found) == 1

        self.qtbot.waitUntil(decoded, timeout=LIMIT_MS)
        return found[0]

    def pixels(self) -> Image.Image:
        """Return what the window looks like."""
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.ReadWrite)
        self.window.grab().save(buffer, "PNG")
        return Image.open(io.BytesIO(bytes(buffer.data().data())))


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    window, unlock = make_window(sample.settings, None)
    qtbot.addWidget(window)
    window.show()
    furnish(sample.settings, window, unlock)
    yield Hands(qtbot, window)
    window.close()


def test_one_emergency(
    hands: Hands, sample: Sample, request_texts: tuple[dict[str, str], dict[str, str]]
) -> None:
    people = hands.find(QListWidget, "Who are you?")
    people.setCurrentRow(people.count() - 1)
    hands.press("Unlock")
    hands.pin("0000-wrong", "Eva Falk")
    hands.read("The PIN")
    hands.press("Unlock")
    hands.pin(sample.pins["legal-ops-1"], "Eva Falk")
    hands.press("Request break-glass access")
    hands.press("File the request")
    hands.read("The request is not complete.")
    for name, text in request_texts[0].items():
        hands.find(QLineEdit, name).setText(text)
    for name, text in request_texts[1].items():
        hands.find(QPlainTextEdit, name).setPlainText(f"{text} Again.")
    codes = [b for b in hands.window.findChildren(QCheckBox) if b.text().startswith("idp-recovery-codes")]
    codes[0].setChecked(True)
    hands.find(QCheckBox, "DE").setChecked(True)
    left = int(codes[0].text().split(", ")[1].split()[0])
    hands.find(QAbstractSpinBox, "How many codes of idp-recovery-codes").setValue(2)
    hands.press("File the request")
    hands.read("The request is filed.")

    for member, name, role in (("legal-1", "Anna Berg", "Legal"), ("it-1", "Carla Dietz", "IT")):
        hands.find(QRadioButton, f"{name} ({role})").setChecked(True)
        hands.find(QLineEdit, "Matter number, typed again").setText("M-2026-00117")
        if role == "Legal":
            hands.find(QCheckBox, "I confirm the privilege basis stated above.").setChecked(True)
        hands.press("Approve")
        hands.pin(sample.pins[member], name)
        hands.read(f"{name} has approved.")
    hands.press("All have approved: go and open it")
    hands.press("Open now")
    hands.read("It is open.")

    hands.press("Release next code: idp-recovery-codes")
    hands.find(QPushButton, "I have it (read back)")
    assert hands.code() == sample.codes[10 - left]
    hands.press("I have it (read back)")
    hands.read("idp-recovery-codes: It was read back.")
    assert zxingcpp.read_barcodes(hands.pixels()) == []

    hands.press("End now")
    hands.press("Yes, end it for good")
    hands.read("It is ended.")
    hands.press("Close it for good")
    hands.read("It is closed for good.")
    hands.press("Lock now, Control L")
    hands.find(QListWidget, "Who are you?")
