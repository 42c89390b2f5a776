# SPDX-License-Identifier: Apache-2.0
"""People and rules in the window, on real tokens: enrol, read, sign, suspend, the register; by keys alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from console.actions.policy import suspension
from console.actions.station import lifecycle
from console.settings import read
from tests.gui.hands import Hands, by_anna, on_window
from tests.support.stations import make_station, opened

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def pins(tmp_path: Path) -> dict[str, str]:
    return make_station(tmp_path)[1]


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path, pins: dict[str, str]) -> Iterator[Hands]:
    with by_anna(qtbot, read(tmp_path / "station"), pins) as lent:
        yield lent


def new_pin(hands: Hands, pin: str, name: str) -> None:
    for asked in (f"New PIN of {name}", f"New PIN of {name}, again"):
        edit = hands.find(QLineEdit, asked)
        QTest.keyClicks(edit, pin)
        QTest.keyClick(edit, Qt.Key.Key_Return)


def test_somebody_joins_and_somebody_is_suspended(hands: Hands, pins: dict[str, str], tmp_path: Path) -> None:
    hands.find(QPushButton, "Request break-glass access")
    hands.window.choose("people")
    hands.read("A credential of class standard needs: IT 1, Legal 1.")
    hands.picture("people")

    hands.press("Enrol somebody")
    hands.find(QLineEdit, "Name of the person")
    hands.picture("enrol")
    hands.press("Enrol with this token")
    hands.read("The name is missing.")
    hands.find(QLineEdit, "Name of the person").setText("Gerd Hahn")
    hands.choose("Group", "IT")
    hands.press("Enrol with this token")
    for pin in ("new-pin-1", "new-pin-2"):
        edit = hands.find(QLineEdit, "New PIN of Gerd Hahn" + (", again" if pin.endswith("2") else ""))
        QTest.keyClicks(edit, pin)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    hands.read("The two PINs were not the same.")
    new_pin(hands, "new-pin-1", "Gerd Hahn")
    hands.read("Gerd Hahn is proposed.")
    hands.read("Gerd Hahn joins IT.")
    hands.picture("proposal")
    hands.press("Enrol somebody")
    hands.choose("Part of which change", "Change number 2, still open")
    hands.press("Back to people")

    for member, name, role, then in (
        ("it-1", "Carla Dietz", "IT", "Still missing: 2 × Legal."),
        ("legal-2", "Ben Clausen", "Legal", "Still missing: 1 × Legal."),
        ("legal-1", "Anna Berg", "Legal", "It is in force now."),
    ):
        hands.press(f"{name} signs ({role})")
        hands.pin(pins[member], name)
        hands.read(f"Change number 2 is signed. {then}")
    hands.read("Gerd Hahn (it-3)")

    hands.press("Suspend, or let leave")
    assert [hands.find(QComboBox, name).currentText() for name in ("Who", "Suspended by")] == 2 * ["Nobody yet"]
    hands.choose("Who", "Deniz Eren (IT)")
    hands.choose("Suspended by", "Gerd Hahn (IT)")
    hands.press("Suspend now")
    assert hands.focused() == "No, go back"
    hands.press("Yes, suspend Deniz Eren")
    hands.pin("new-pin-1", "Gerd Hahn")
    hands.read("Deniz Eren is suspended and counts nowhere.")
    hands.read("SUSPENDED, counts nowhere")

    hands.press("Custody register")
    hands.read("Gerd Hahn (IT)")
    hands.picture("custody")
    hands.find(QLineEdit, "Folder for the printed page").setText(str(tmp_path / "paper"))
    hands.press("Print to a file (PDF)")
    hands.read("Written: custody-register.pdf")
    assert (tmp_path / "paper" / "custody-register.pdf").read_bytes().startswith(b"%PDF")


def test_whom_the_journal_refuses_does_not_stay_logged_in(qtbot: QtBot, tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    slot = settings.folder / "slots" / "it-2.json"
    kept = slot.read_bytes()
    place = opened(settings, pins)
    with place.console() as console:
        suspension.suspend(console, "it-2", "it-1")
    lifecycle.lock(place.locked)
    slot.write_bytes(kept)
    with on_window(qtbot, settings) as hands:
        people = hands.find(QListWidget, "Who are you?")
        (row,) = [n for n in range(people.count()) if people.item(n).text().startswith("Deniz Eren")]
        hands.unlock(row, pins["it-2"], "Deniz Eren")
        hands.read("it-2, who unlocked the station, has left or is suspended.")
        hands.read("LOCKED")
        assert place.locked.keepers.status() is None
    place.close()


def test_a_token_is_proven_and_a_contact_card_is_kept(hands: Hands, pins: dict[str, str]) -> None:
    hands.find(QPushButton, "Request break-glass access")
    hands.window.choose("people")
    hands.press("One person")
    hands.choose("Person", "Ben Clausen (Legal)")
    hands.press("Keep this contact card")
    hands.read("There is a problem")
    hands.find(QLineEdit, "Telephone").setText("+49 40 555 0117")
    hands.choose("Who is called next", "Anna Berg")
    hands.press("Keep this contact card")
    hands.read("The contact card of Ben Clausen is kept.")
    hands.read("then call Anna Berg")
    hands.read("+49 40 555 0117")
    hands.press("Prove the token")
    hands.pin(pins["legal-2"], "Ben Clausen")
    hands.read("The token of Ben Clausen works: it signed and it opened.")
    hands.choose("Person", "Deniz Eren (IT)")
    assert hands.find(QLineEdit, "Telephone").text() == ""
    hands.choose("Person", "Ben Clausen (Legal)")
    assert hands.find(QLineEdit, "Telephone").text() == "+49 40 555 0117"
    hands.reveal(QPushButton, "Keep this contact card")
    hands.picture("contact")
