# SPDX-License-Identifier: Apache-2.0
"""The journal in the window, on a real station: search as one types, pages, verification that can be stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QTableView
from pytestqt.qtbot import QtBot

from console.actions.station import lifecycle as station_actions
from console.gui.kit.models import JournalModel
from console.gui.pages.journal.entries import PAGE
from tests.gui.hands import Hands, by_anna
from tests.support.journals import draft
from tests.support.stations import make_station, opened

pytestmark = [pytest.mark.real, pytest.mark.long]
NOTES = 600
NAMES = ("idp-recovery-codes", "crm-admin", "tunnel-key")


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    with place.console() as console:
        console.journal.append([draft(n, body={"credential": NAMES[n % 3], "note": f"n{n}"}) for n in range(NOTES)])
    station_actions.lock(place.locked)
    place.close()
    with by_anna(qtbot, settings, pins) as lent:
        lent.window.choose("journal")
        yield lent


def rows(hands: Hands) -> int:
    (table,) = [t for t in hands.window.findChildren(QTableView) if t.isVisible()]
    return int(table.model().rowCount())


def test_search_pages_and_verification(hands: Hands) -> None:
    hands.read("Entries 60")
    hands.qtbot.waitUntil(lambda: rows(hands) == PAGE)
    hands.press("Older")
    hands.read("Entries 40")
    search = hands.find(QLineEdit, "Search")
    QTest.keyClicks(search, "idp n59")
    hands.qtbot.waitUntil(lambda: rows(hands) == 3)
    search.clear()
    QTest.keyClicks(search, "idp")
    hands.qtbot.waitUntil(lambda: rows(hands) == PAGE)
    hands.press("Verify the journal")
    hands.read("Verified up to entry")
    hands.read("Verified to entry ")
    hands.picture("journal")
    search.clear()
    QTest.keyClicks(search, "nothing of the kind")
    hands.read("No such entry among")
    hands.window.choose("board")
    hands.window.choose("journal")
    hands.qtbot.waitUntil(lambda: rows(hands) == PAGE)
    assert search.text() == ""


def test_people_are_named_and_found_by_their_names(hands: Hands) -> None:
    search = hands.find(QLineEdit, "Search")
    QTest.keyClicks(search, "anna unlocked")
    hands.read("A search is in force.")
    (table,) = [t for t in hands.window.findChildren(QTableView) if t.isVisible()]
    hands.qtbot.waitUntil(lambda: 0 < rows(hands) < 5)
    hands.read(f"Entry {int(table.model().index(0, 0).data())}: station unlocked, by Anna Berg (legal-1), ")
    QTest.keyClick(search, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Return)
    hands.read("Anna Berg (legal-1)")
    hands.press("Back to the journal")
    hands.read("A search is in force.")
    assert search.text() == "anna unlocked"
    hands.window.activateWindow()
    hands.qtbot.waitUntil(table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_Escape)
    hands.qtbot.waitUntil(lambda: rows(hands) == PAGE)


def test_one_entry_is_found_by_its_number_or_date_and_shown_with_its_proof(hands: Hands) -> None:
    hands.read("Not verified since it was unlocked")
    hands.read("Entries 60")
    go = hands.find(QLineEdit, "Go to an entry's number or a date, Control G")
    QTest.keyClicks(go, "212")
    QTest.keyClick(go, Qt.Key.Key_Return)
    hands.read("Entries 212 to 13 of")
    (table,) = [t for t in hands.window.findChildren(QTableView) if t.isVisible()]
    model = table.model()
    hands.qtbot.waitUntil(table.hasFocus)
    assert isinstance(model, JournalModel)
    assert model.number_at(table.currentIndex().row()) == 212
    QTest.keyClick(table, Qt.Key.Key_Return)
    hands.read("Entry 212: ")
    hands.read("It is proven to stand in the journal, unchanged.")
    hands.read("n205")
    hands.picture("entry")
    hands.press("Newer entry")
    hands.read("Entry 213: ")
    hands.press("Lock now, Control L")
    hands.find(QListWidget, "Who are you?")
    assert "n206" not in [label.text() for label in hands.window.findChildren(QLabel)]
    hands.unlock(0, hands.pins["legal-1"], "Anna Berg")
    hands.read("Entry 213: ")
    hands.press("Back to the journal")
    hands.read("Entries 212 to 13 of")
    hands.qtbot.waitUntil(table.hasFocus)
    hands.press("Newer")
    hands.read("Entries 412 to 213 of")
    go.clear()
    QTest.keyClicks(go, "9.999")
    QTest.keyClick(go, Qt.Key.Key_Return)
    hands.read("", "; entry 9,999 is not among them")
    go.clear()
    QTest.keyClicks(go, "2001-01-01")
    QTest.keyClick(go, Qt.Key.Key_Return)
    hands.read("Nothing was written by that time.")
    go.clear()
    QTest.keyClicks(go, "2099-01-01 10:00 UTC")
    QTest.keyClick(go, Qt.Key.Key_Return)
    hands.read("Entries 60")


def test_the_journal_is_exported_for_somebody_without_this_program(hands: Hands, tmp_path: Path) -> None:
    hands.press("Outside this room: witnesses, receipts")
    hands.press("Export the journal to a folder")
    folder = hands.find(QLineEdit, "Folder")
    hands.reveal(QLineEdit, "Folder")
    QTest.keyClicks(folder, str(tmp_path / "out"))
    hands.picture("export")
    hands.press("Export the journal")
    hands.read(f"{NOTES + 9} entries are in {tmp_path / 'out'}")
    assert (tmp_path / "out" / "checkpoint").exists() and (tmp_path / "out" / "verify.py").exists()
