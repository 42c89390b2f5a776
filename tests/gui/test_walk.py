# SPDX-License-Identifier: Apache-2.0
"""One emergency in the window's own process, on real SoftHSM tokens; the code is read from the pixels."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window

pytestmark = pytest.mark.real


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        yield lent


def save_summary(hands: Hands, folder: Path) -> None:
    """Take the incident away on paper, after everything is over."""
    hands.window.choose("board")
    hands.press("An incident on one page")
    hands.find(QComboBox, "Which incident")
    hands.find(QLineEdit, "Folder for the page").setText(str(folder))
    hands.press("Save the summary")
    hands.read(f"The summary is in {folder}: summary-")
    assert [page.read_bytes()[:5] for page in folder.glob("summary-*.pdf")] == [b"%PDF-"]


def filter_journal(hands: Hands) -> None:
    """See only what belongs to the activation, and nothing from long ago."""
    hands.window.choose("journal")
    whole = hands.read("Entries ")
    hands.find(QComboBox, "Which activation").setCurrentIndex(1)
    hands.read_other("Entries ", whole)
    hands.choose("When", "More than 30 days ago")
    hands.read("No such entry among ")


def begin_another_request(hands: Hands) -> None:
    """Come back to the form: nothing of what was filed stands in it, and Enter files nothing."""
    hands.window.choose("request")
    hands.read("0 of 10 answered")
    assert hands.focused() == "Incident number"
    QTest.keyClick(hands.window.focusWidget(), Qt.Key.Key_Return)
    assert "There is a problem" not in hands.texts()
    hands.window.choose("approve")


def test_one_emergency(
    hands: Hands, sample: Sample, request_texts: tuple[dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    people = hands.find(QListWidget, "Who are you?")
    people.setCurrentRow(people.count() - 1)
    hands.press("Unlock")
    hands.pin("0000-wrong", "Eva Falk")
    hands.read("This is not the PIN of Eva Falk.")
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
    hands.find(QCheckBox, "A deadline is at risk").setChecked(True)
    hands.press("File the request")  # The field offers the present minute.
    hands.read("It has passed. Name one")
    hands.find(QCheckBox, "A deadline is at risk").setChecked(False)
    hands.press("File the request")
    hands.read("The request is filed.")
    QTest.keyClick(hands.window.focusWidget(), Qt.Key.Key_Tab)
    assert hands.window.page.isAncestorOf(hands.window.focusWidget())
    begin_another_request(hands)

    for member, name, role in (("legal-1", "Anna Berg", "Legal"), ("it-1", "Carla Dietz", "IT")):
        hands.find(QRadioButton, f"{name} ({role})").setChecked(True)
        hands.find(QLineEdit, "Matter number, typed again").setText("M-2026-00117")
        if role == "Legal":
            hands.find(QCheckBox, "I confirm that no privilege is claimed.").setChecked(True)
        hands.press("Approve")
        hands.pin(sample.pins[member], name)
        hands.read(f"{name} has approved.")
        assert hands.window.page.isAncestorOf(hands.window.focusWidget())
    hands.find(QPushButton, "Go on to opening it, F2")
    QTest.keyClick(hands.window.focusWidget(), Qt.Key.Key_F2)
    # Where others wait too, it begins with the choice among them.
    hands.qtbot.waitUntil(lambda: hands.focused() in ("Open now", "Activation"))
    hands.press("Open now")
    hands.read("It is open.")

    hands.press("Show next code: idp-recovery-codes")
    hands.find(QPushButton, "I have it (read back)")
    assert hands.code() == sample.codes[10 - left]
    QTest.keyClick(hands.window.focusWidget(), Qt.Key.Key_F11)
    hands.find(QPushButton, "Leave the full screen")
    QTest.keyClick(hands.window.focusWidget(), Qt.Key.Key_Escape)
    hands.find(QPushButton, "Fill the screen")
    hands.qtbot.waitUntil(lambda: hands.code() == sample.codes[10 - left])
    assert not hands.window.isFullScreen() and hands.window.strip.isVisible()
    hands.press("I have it (read back)")
    hands.read("idp-recovery-codes: It was read back.")
    assert zxingcpp.read_barcodes(hands.pixels()) == []

    hands.press("End the session")
    hands.press("Yes, end it: nothing more can be shown")
    hands.read("The session is ended.")
    hands.press("Complete the activation")
    hands.read("The activation is completed.")
    save_summary(hands, tmp_path)
    filter_journal(hands)
    hands.press("Lock now, Control L")
    hands.find(QListWidget, "Who are you?")
