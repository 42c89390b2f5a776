# SPDX-License-Identifier: Apache-2.0
"""All actions by name, and a file carried as pictures and as lines, by keys, on a real station."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.gui.catalogue import DEEDS
from tests.gui.hands import Hands, on_window
from tests.support.stations import make_station

pytestmark = pytest.mark.real


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    with on_window(qtbot, settings) as lent:
        lent.pins = pins
        yield lent


def offered(hands: Hands) -> list[str]:
    found = hands.find(QListWidget, "What can be done")
    return [found.item(row).text() for row in range(found.count())]


def marked(hands: Hands) -> list[str]:
    """Return the tasks that the rail says are shown."""
    return [one.accessibleName() for one in hands.window.rail.findChildren(QPushButton) if one.isChecked()]


def test_any_action_is_found_by_its_name(hands: Hands) -> None:
    hands.find(QListWidget, "Who are you?")
    hands.press("All actions, Control K")
    assert "Unlock the station, lock it" in offered(hands)
    assert "Approve, deny or withdraw a request" not in offered(hands)
    assert marked(hands) == []
    hands.window.choose("looks")
    assert marked(hands) == []
    hands.window.choose("station")
    assert marked(hands) == ["Station, Alt 1"]
    hands.find(QListWidget, "Who are you?").setCurrentRow(0)
    hands.press("Unlock")
    QTest.keyClick(hands.find(QLineEdit, "PIN of Anna Berg"), Qt.Key.Key_Escape)
    hands.unlock(0, hands.pins["legal-1"], "Anna Berg")
    hands.find(QPushButton, "Request break-glass access")
    QTest.keyClick(hands.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert len(offered(hands)) == len(DEEDS) - 1
    hands.picture("everything")
    for deed in DEEDS:
        assert deed.page == "alarm" or hands.window.is_allowed(deed.page), deed
    edit = hands.find(QLineEdit, "Search in all actions")
    assert hands.focused() == "Search in all actions"
    QTest.keyClicks(edit, "legal hold")
    assert offered(hands) == ["Keep something from being erased: a legal hold"]
    QTest.keyClick(edit, Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.window.page.accessibleName() == "Legal holds")
    QTest.keyClick(hands.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    edit = hands.find(QLineEdit, "Search in all actions")
    QTest.keyClicks(edit, "owed")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    hands.read("Nothing is owed now.")
    hands.picture("counts-owed")


def test_a_file_goes_out_and_comes_back(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The gate code of the second site is on the wall.")
    hands.find(QListWidget, "Who are you?")
    hands.window.choose("carry")
    hands.press("Something came back")
    hands.press("Keep it as a file")
    hands.read("Nothing is chosen.")
    hands.find(QLineEdit, "Folder for pictures and files").setText(str(tmp_path / "out"))
    hands.press("A file goes out")
    hands.find(QLineEdit, "What goes out: one file").setText(str(tmp_path / "note.txt"))
    hands.press("Show it as pictures")
    hands.press("Save as files")
    hands.read("Saved in ")
    hands.press("Done")
    hands.press("Something came back")
    hands.give("What came back: pictures or a file", str(tmp_path / "out" / "note-1.png"))
    hands.read("a file that this program does not know")
    hands.press("Keep it as a file")
    hands.read("It is: file, 48 bytes.")
    assert (tmp_path / "out" / "file.bg").read_bytes() == (tmp_path / "note.txt").read_bytes()

    hands.press("A file goes out")
    hands.press("Show the lines to read aloud")
    spoken = hands.read_part("\n\n").split("\n\n", 1)[1]
    hands.press("Something came back")
    hands.find(QPlainTextEdit, "or the lines that were read aloud").setPlainText(spoken)
    (tmp_path / "out" / "file.bg").unlink()
    hands.press("Read the lines")
    hands.read("It is: file, 48 bytes.")
    hands.find(QLineEdit, "Folder for pictures and files").setText("/media/usb")
    hands.press("A file goes out")
    hands.find(QLineEdit, "What goes out: one file").setText("/media/usb/note.txt")
    assert (tmp_path / "out" / "file.bg").read_bytes() == (tmp_path / "note.txt").read_bytes()
