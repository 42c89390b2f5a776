# SPDX-License-Identifier: Apache-2.0
"""The window where there is no station: the set-up guide, one put back, an own console made; on real tokens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from console import settings
from console.actions import backup
from console.gui import theme
from console.gui.start_window import make_start_window
from console.wiring import backup_folder
from tests.gui.hands import Hands, on_window
from tests.stations import make_station, opened

pytestmark = pytest.mark.real
PEOPLE = (("Anna Berg", "Legal"), ("Ben Clausen", "Legal"), ("Carla Dietz", "IT"), ("Eva Falk", "operator"))


@contextmanager
def on_nothing(qtbot: QtBot, folder: Path) -> Iterator[Hands]:
    """Lend hands on the window of an empty folder."""
    theme.apply(theme.application())
    window, _ = make_start_window(folder)
    qtbot.addWidget(window)
    window.show()
    try:
        yield Hands(qtbot, window)
    finally:
        window.close()


def write(hands: Hands, **lines: str) -> None:
    for name, text in lines.items():
        hands.find(QLineEdit, name.replace("_", " ")).setText(text)


def choose_pin(hands: Hands, name: str, pin: str) -> None:
    """Choose a PIN, typed twice."""
    for field in (f"New PIN of {name}", f"New PIN of {name}, again"):
        edit = hands.find(QLineEdit, field)
        QTest.keyClicks(edit, pin)
        QTest.keyClick(edit, Qt.Key.Key_Return)


def answer_everything(hands: Hands, mirror: Path) -> None:
    hands.press("Found a new station")
    hands.press("Continue")
    hands.read("Something is missing here.")
    write(hands, Organisation="legal.example", Name_of_this_station="hamburg-1",
          Folder_on_the_second_medium=str(mirror))  # fmt: skip
    hands.picture("found-station")
    hands.press("Continue")
    hands.read("What keeps the station's own keys?")
    hands.press("Continue")
    for name, role in PEOPLE:
        write(hands, Name_of_the_person=name)
        hands.choose("Group", role)
        hands.press("Add this person")
    hands.picture("found-people")
    hands.press("Continue")
    hands.find(QSpinBox, "Privileged: of IT").setValue(2)
    hands.press("Continue")
    hands.read("Something is missing here.")
    hands.find(QSpinBox, "Privileged: of IT").setValue(1)
    hands.press("Continue")
    write(hands, One_matter_number="M-2026-00117", Countries_whose_law_holds="de fr")
    hands.press("Continue")
    hands.read("Station: legal.example/hamburg-1, a drill")


def test_answers_are_kept_and_the_guide_goes_on_where_it_stopped(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    with on_nothing(qtbot, folder) as hands:
        answer_everything(hands, tmp_path / "mirror")
    assert json.loads((folder / settings.DRAFT_NAME).read_text())["step"] == 5
    assert not settings.is_begun(folder)
    with on_nothing(qtbot, folder) as hands:
        hands.read("Step 6 of 6.")
        hands.read("A matter number: M-2026-00117")
        hands.press("Back one step")
        assert hands.find(QLineEdit, "One matter number").text() == "M-2026-00117"


@pytest.mark.long
def test_people_who_are_no_developers_found_a_station(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    (tmp_path / "mirror").mkdir()
    with on_nothing(qtbot, folder) as hands:
        answer_everything(hands, tmp_path / "mirror")
        hands.picture("found-read")
        hands.press("Found this station")
        for number, (name, _) in enumerate(PEOPLE):
            choose_pin(hands, name, f"47110{number}")
        hands.closed()
    founded = settings.read(folder)
    assert not (folder / settings.DRAFT_NAME).exists()
    assert founded.rules.matter_pattern == r"M\-[0-9]{4}\-[0-9]{5}"
    assert founded.classes["privileged"] == {"legal": 2, "it": 1}
    with on_window(qtbot, founded) as hands:
        hands.read("The founding is not finished")
        hands.read_part("To open privileged: 1 of IT, 2 of Legal")
        hands.picture("found-sign")
        for number, (name, _) in enumerate(PEOPLE[:3]):
            hands.sign(number, f"47110{number}", name)
        hands.read("The founding is finished.")
        hands.picture("founded")
        hands.unlock(3, "471103", "Eva Falk")
        hands.press("Request break-glass access")


def test_a_new_pin_that_differs_founds_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    with on_nothing(qtbot, folder) as hands:
        answer_everything(hands, tmp_path / "mirror")
        hands.press("Found this station")
        for field, pin in (("New PIN of Anna Berg", "471100"), ("New PIN of Anna Berg, again", "471109")):
            edit = hands.find(QLineEdit, field)
            QTest.keyClicks(edit, pin)
            QTest.keyClick(edit, Qt.Key.Key_Return)
        hands.read("The two PINs were not the same.")
        hands.press("Call it off")
        hands.read("Step 6 of 6.")
    assert not (folder / settings.FILE_NAME).exists()


def test_a_lost_folder_comes_back_from_a_backup(qtbot: QtBot, tmp_path: Path) -> None:
    known, pins = make_station(tmp_path)
    place = opened(known, pins)
    with place.console() as console:
        backup.make(console, backup_folder(tmp_path / "backup", known.folder, same_disk=True))
    place.locked.keepers.stop()
    place.close()
    folder = tmp_path / "again"
    with on_nothing(qtbot, folder) as hands:
        hands.press("Put a lost station back")
        hands.press("Put this station back")
        hands.read("No folder is named.")
        hands.picture("putback")
        write(hands, Folder_it_comes_back_from=str(tmp_path / "nowhere"))
        hands.press("Put this station back")
        hands.read("There is a problem")
        assert not settings.is_begun(folder)
        write(hands, Folder_it_comes_back_from=str(tmp_path / "backup"))
        hands.press("Put this station back")
        hands.closed()
    assert (folder / "genesis.json").read_bytes() == (known.folder / "genesis.json").read_bytes()


def test_no_word_of_a_sheet_outlives_the_page(qtbot: QtBot, tmp_path: Path) -> None:
    with on_nothing(qtbot, tmp_path / "station") as hands:
        hands.press("Put a lost station back")
        hands.find(QCheckBox, "The security module is lost, too: make a new one from the sheets").setChecked(
            True
        )
        edit = hands.find(QPlainTextEdit, "All words of one sheet")
        edit.setPlainText("academic acid acne")
        hands.press("This is one sheet")
        hands.read("Sheet 1 has 3 words; 33 stand on each sheet.")
        hands.press("Forget what was typed")
        assert edit.toPlainText() == ""


def test_a_computer_becomes_somebodys_own_console(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    with on_nothing(qtbot, folder) as hands:
        hands.press("Make this computer my own console")
        hands.press("Make my card")
        hands.read("Something is missing here.")
        write(hands, Your_short_name="legal-3", Your_name="Gerd Hahn", Your_group="legal")
        assert hands.find(QComboBox, "Your token").currentIndex() == 0
        hands.picture("newcard")
        hands.press("Make my card")
        choose_pin(hands, "Gerd Hahn", "471103")
        hands.read("Read these twelve words to the station's people, by voice: ")
        hands.press("Done")
        hands.closed()
    assert settings.read_own(folder).name == "Gerd Hahn"
