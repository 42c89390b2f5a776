# SPDX-License-Identifier: Apache-2.0
"""The journal in the window, on a real station: search as one types, pages, verification that can be stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from console.actions import station as station_actions
from console.gui.gestures.journal import PAGE
from tests.gui.hands import LIMIT_MS, Hands, on_window
from tests.journals import draft
from tests.stations import make_station, opened

pytestmark = pytest.mark.real
NOTES = 600
NAMES = ("idp-recovery-codes", "crm-admin", "tunnel-key")


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    with place.console() as console:
        console.journal.append([
            draft(n, body={"credential": NAMES[n % 3], "note": f"n{n}"})
            for n in range(NOTES)
        ])  # fmt: skip
    station_actions.lock(place.locked)
    place.close()
    with on_window(qtbot, settings) as lent:
        lent.unlock(0, pins["legal-1"], "Anna Berg")
        lent.find(QPushButton, "Request break-glass access")
        lent.window.choose("journal")
        yield lent


def rows(hands: Hands) -> int:
    (table,) = [t for t in hands.window.findChildren(QTableView) if t.isVisible()]
    return int(table.model().rowCount())


def test_search_pages_and_verification(hands: Hands) -> None:
    hands.read("Entries 60")
    assert rows(hands) == PAGE
    hands.press("Older")
    hands.read("Entries 40")
    search = hands.find(QLineEdit, "Search")
    QTest.keyClicks(search, "idp n59")
    hands.qtbot.waitUntil(lambda: rows(hands) == 3, timeout=LIMIT_MS)
    search.clear()
    QTest.keyClicks(search, "idp")
    hands.qtbot.waitUntil(lambda: rows(hands) == PAGE, timeout=LIMIT_MS)
    hands.press("Verify the journal")
    hands.read("Verified up to entry")
    assert [text for text in hands.texts() if text.startswith("Verified to entry ")]
    hands.picture("journal")
    search.clear()
    QTest.keyClicks(search, "nothing of the kind")
    hands.read("No such entry among")


def test_the_journal_is_exported_for_somebody_without_this_program(hands: Hands, tmp_path: Path) -> None:
    hands.press("Outside this room: witnesses, receipts")
    folder = hands.find(QLineEdit, "Folder")
    hands.reveal(QLineEdit, "Folder")
    QTest.keyClicks(folder, str(tmp_path / "out"))
    hands.picture("export")
    hands.press("Export the journal")
    hands.read(f"{NOTES + 9} entries are in {tmp_path / 'out'}")
    assert (tmp_path / "out" / "checkpoint").exists() and (tmp_path / "out" / "verify.py").exists()
