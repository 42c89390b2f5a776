# SPDX-License-Identifier: Apache-2.0
"""The window where there is no station: the set-up guide, one put back, an own console made; on real tokens."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from console import settings
from console.actions.backup import copy
from console.demo.station import KnownPins
from console.domain.errors import Cancelled
from console.gui.kit import theme
from console.gui.own_window import make_own_window
from console.gui.pages.founding.plan import read_draft, station_toml
from console.gui.start_window import make_start_window
from console.wiring import founding
from console.wiring.station import backup_folder
from tests.gui.hands import Hands, on_window
from tests.support.stations import make_station, opened

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


def add(hands: Hands, name: str, role: str) -> None:
    write(hands, Name_of_the_person=name)
    hands.choose("Group", role)
    hands.press("Add this person")


def to_people(hands: Hands, mirror: Path) -> None:
    hands.press("Found a new station")
    hands.press("Continue")
    hands.read("Something here is missing or wrong.")
    write(
        hands, Organisation="legal.example", Name_of_this_station="hamburg-1", Folder_on_the_second_medium=str(mirror)
    )
    hands.choose("What it is for", "A drill, to learn and to try")
    hands.picture("found-station")
    hands.press("Continue")
    hands.read("What keeps the station's own keys?")
    hands.press("Continue")
    hands.read("Who takes part?")


def answer_everything(hands: Hands, mirror: Path) -> None:
    to_people(hands, mirror)
    for name, role in PEOPLE:
        add(hands, name, role)
    hands.picture("found-people")
    hands.press("Continue")
    hands.find(QSpinBox, "Privileged: of IT").setValue(2)
    hands.press("Continue")
    hands.read("Something here is missing or wrong.")
    hands.find(QSpinBox, "Privileged: of IT").setValue(1)
    hands.press("Continue")
    write(hands, One_matter_number="M-2026-00117", Countries_whose_law_holds="de fr")
    hands.press("Continue")
    hands.read("Station: legal.example/hamburg-1, a drill")


def test_answers_are_kept_and_the_guide_goes_on_where_it_stopped(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    (tmp_path / "mirror").mkdir()
    with on_nothing(qtbot, folder) as hands:
        answer_everything(hands, tmp_path / "mirror")
    assert json.loads((folder / settings.DRAFT_NAME).read_text())["step"] == 5
    assert not settings.is_begun(folder)
    with on_nothing(qtbot, folder) as hands:
        hands.read("Step 6 of 6.")
        hands.read("A matter number: M-2026-00117")
        hands.press("Back one step")
        assert hands.find(QLineEdit, "One matter number").text() == "M-2026-00117"


def test_the_first_step_refuses_names_and_folders_that_cannot_be(qtbot: QtBot, tmp_path: Path) -> None:
    with on_nothing(qtbot, tmp_path / "station") as hands:
        hands.press("Found a new station")
        write(
            hands,
            Organisation="Kanzlei Nord",
            Name_of_this_station="Büro 1",
            Folder_on_the_second_medium=str(tmp_path / "mirror"),
        )
        hands.press("Continue")
        hands.read("The organisation cannot be called “Kanzlei Nord” here")
        hands.read("The station cannot be called “Büro 1”")
        hands.read("What it is for: It is missing or empty.")
        hands.picture("found-wrong-name")
        write(hands, Organisation="kanzlei-nord.example", Name_of_this_station="Büro 1")
        hands.choose("What it is for", "A drill, to learn and to try")
        hands.press("Continue")
        hands.read("The station cannot be called “Büro 1”")
        write(hands, Name_of_this_station="buero-1")
        hands.press("Continue")
        hands.read(f"The folder {tmp_path / 'mirror'} on the second medium is not there.")
        hands.read("Step 1 of 6.")
        hands.picture("found-no-folder")
        hands.qtbot.waitUntil(lambda: hands.focused() == "Folder on the second medium")
        (tmp_path / "mirror").mkdir()
        hands.press("Continue")
        hands.read("Step 2 of 6.")


def test_a_real_station_is_asked_whether_one_disk_is_meant(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    with on_nothing(qtbot, tmp_path / "station") as hands:
        hands.press("Found a new station")
        write(
            hands,
            Organisation="legal.example",
            Name_of_this_station="hamburg-1",
            Folder_on_the_second_medium=str(tmp_path / "mirror"),
        )
        hands.choose("What it is for", "The real one")
        hands.press("Continue")
        hands.read("The second medium lies on the station's own disk.")
        hands.press("Keep it all the same")
        hands.read("Step 2 of 6.")


def test_people_are_kept_as_they_are_added_and_can_be_changed(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    (tmp_path / "mirror").mkdir()
    with on_nothing(qtbot, folder) as hands:
        to_people(hands, tmp_path / "mirror")
        hands.press("Continue")
        hands.read("Nobody of Legal takes part yet. Nobody of IT takes part yet.")
        hands.press("Name of the person")
        assert hands.focused() == "Name of the person"
        hands.press("Add this person")
        hands.read("It is missing or empty.")
        write(hands, Name_of_the_person="🦊")
        hands.press("Add this person")
        hands.read("“🦊” cannot be the name of a person.")
        hands.picture("found-odd-person")
        for name, role in PEOPLE:
            add(hands, name, role)
        write(hands, Name_of_the_person="anna  berg")
        hands.press("Add this person")
        hands.read("Anna  berg takes part already.")
    with on_nothing(qtbot, folder) as hands:
        hands.read("Step 3 of 6.")
        people = hands.find(QListWidget, "People so far")
        assert [people.item(n).text().split("  ")[0] for n in range(people.count())] == [n for n, _ in PEOPLE]
        people.setCurrentRow(1)
        hands.press("Change the chosen person")
        assert hands.find(QLineEdit, "Name of the person").text() == "Ben Clausen"
        write(hands, Name_of_the_person="Bea Clausen")
        hands.press("Keep this change")
        hands.read("People so far: 4")
        hands.find(QListWidget, "People so far").setCurrentRow(0)
        hands.press("Take the chosen person out")
        hands.read("People so far: 3")
    kept = json.loads((folder / settings.DRAFT_NAME).read_text())["people"]
    assert [(row["id"], row["name"]) for row in kept] == [
        ("legal-2", "Bea Clausen"),
        ("it-1", "Carla Dietz"),
        ("operator-1", "Eva Falk"),
    ]


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


class Leaving(KnownPins):
    """Somebody who goes away when the third person is asked for a PIN."""

    def pin(self, member: str) -> bytearray:
        """Return a PIN, or cancel."""
        if member == "it-1":
            raise Cancelled
        return super().pin(member)


def cut_founding(qtbot: QtBot, tmp_path: Path) -> Path:
    """Return the folder of a founding that was cut after two people had chosen their PINs."""
    folder, pins = tmp_path / "station", {"legal-1": "471100", "legal-2": "471101"}
    (tmp_path / "mirror").mkdir()
    with on_nothing(qtbot, folder) as hands:
        answer_everything(hands, tmp_path / "mirror")
    plan = read_draft((folder / settings.DRAFT_NAME).read_bytes())
    with pytest.raises(Cancelled):
        founding.found(folder, station_toml(plan, folder), Leaving(pins))
    return folder


@pytest.mark.long
def test_whose_token_is_left_of_a_cut_founding_is_asked_for_its_pin_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    folder = cut_founding(qtbot, tmp_path)
    with on_nothing(qtbot, folder) as hands:
        hands.read("Step 6 of 6.")
        hands.press("Found this station")
        hands.read("There is a token from before: Anna Berg, Ben Clausen.")
        hands.press("Go on with its PIN")
        hands.read("This token is there from a founding that was not finished.")
        hands.pin("471109", "Anna Berg")
        hands.read("This is not the PIN of Anna Berg.")
        hands.picture("pin-left-over")
        hands.pin("471100", "Anna Berg")
        hands.pin("471101", "Ben Clausen")
        edit = hands.find(QLineEdit, "New PIN of Carla Dietz")
        hands.picture("pin-new")
        QTest.keyClicks(edit, "12")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        hands.read("This PIN is too short: it needs at least 6 letters or digits.")
        choose_pin(hands, "Carla Dietz", "471102")
        choose_pin(hands, "Eva Falk", "471103")
        hands.read("The station is being founded.")
        hands.picture("founding-now")
        hands.closed()
    assert settings.is_begun(folder)


@pytest.mark.long
def test_a_pin_that_nobody_knows_any_more_does_not_keep_a_station_from_being_founded(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """The tokens of the founding that was cut are renamed: nobody deletes a folder by hand, and nothing is lost."""
    folder = cut_founding(qtbot, tmp_path)
    with on_nothing(qtbot, folder) as hands:
        hands.read("Step 6 of 6.")
        hands.press("Found this station")
        hands.press("Nobody knows it: make a new one")
        for number, (name, _) in enumerate(PEOPLE):
            choose_pin(hands, name, f"58220{number}")
        hands.closed()
    assert settings.is_begun(folder)
    names = {path.name for path in (folder / "tokens").iterdir()}
    assert {"legal-1", "legal-1.cut-0", "legal-1.pin-salt", "legal-1.pin-salt.cut-0", "legal-2.cut-0"} <= names


def test_a_new_pin_that_differs_founds_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    (tmp_path / "mirror").mkdir()
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
        copy.make(console, backup_folder(tmp_path / "backup", known.folder, same_disk=True))
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
        assert not (folder / settings.FILE_NAME).exists()
        write(hands, Folder_it_comes_back_from=str(tmp_path / "backup"))
        hands.press("Put this station back")
        hands.read("The files are back, and the security module is not here.")
        hands.find(QPlainTextEdit, "All words of one sheet")
    with on_nothing(qtbot, folder) as hands:
        hands.read("The files are back, and the security module is not here.")
        shutil.copytree(known.folder / "hsm", folder / "hsm")
        write(hands, Folder_it_comes_back_from=str(tmp_path / "backup"))
        hands.find(QCheckBox, "The security module is lost, too: make a new one from the sheets").setChecked(False)
        hands.press("Put this station back")
        hands.closed()
    assert not settings.lacks_module(folder)
    assert (folder / "genesis.json").read_bytes() == (known.folder / "genesis.json").read_bytes()


def test_no_word_of_a_sheet_outlives_the_page(qtbot: QtBot, tmp_path: Path) -> None:
    with on_nothing(qtbot, tmp_path / "station") as hands:
        hands.press("Put a lost station back")
        hands.find(QCheckBox, "The security module is lost, too: make a new one from the sheets").setChecked(True)
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
        write(hands, Your_short_name="legal-3", Your_name="Gerd Hahn")
        hands.press("Make my card")
        hands.read("Something is missing here.")
        other = hands.find(QLineEdit, "Another group than these (optional)")
        other.setText("our lawyers")
        hands.press("Make my card")
        hands.read("our lawyers cannot be the name of a group.")
        other.clear()
        hands.choose("Your group", "Legal")
        assert hands.find(QComboBox, "Your token").currentIndex() == 0
        hands.picture("newcard")
        hands.press("Make my card")
        choose_pin(hands, "Gerd Hahn", "471103")
        told = hands.read("Read these twelve words to the station's people, by voice: ")
        hands.press("Done")
        hands.closed()
    assert settings.read_own(folder).name == "Gerd Hahn"
    assert settings.read_own(folder).role == "legal"
    check_card_is_shown_again(qtbot, folder, told)


def check_card_is_shown_again(qtbot: QtBot, folder: Path, told: str) -> None:
    """The call comes later than the card: its words can be read out then."""
    window, _ = make_own_window(folder)
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window)
    hands.press("Show my card and its words")
    hands.read(told)
    window.close()
