# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets in the window, on real tokens: printed, typed in from the paper, read back, signed, tried."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.settings import read
from tests.gui.hands import Hands, by_anna, on_window
from tests.support.scenes import pins_of, staged
from tests.support.sheets import recoverable_base, words_of
from tests.support.stations import make_station

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    with by_anna(qtbot, settings, pins) as lent:
        lent.window.choose("people")
        lent.press("Recovery sheets")
        yield lent


def words_on(page: Path) -> list[str]:
    """Return the words on a printed sheet, in the order of their numbers."""
    text = subprocess.run(["pdftotext", "-layout", page, "-"], capture_output=True, check=True).stdout.decode()
    numbered = {int(n): word for n, word in re.findall(r"(?<!\S)(\d{1,2}) +([a-z]{4,8})(?!\S)", text)}
    return [numbered[n] for n in range(1, 34)]


def type_in(hands: Hands, words: list[str]) -> None:
    hands.press("Type sheets in from the paper")
    hands.find(QPlainTextEdit, "All words of one sheet").setPlainText(" ".join(words))
    hands.press("This is one sheet")


def test_from_print_to_drill(hands: Hands, tmp_path: Path) -> None:
    hands.read("IT: none")
    hands.press("Print a new set")
    hands.read("This computer knows no printer.")
    assert hands.find(QComboBox, "Where the sheets come out").currentText().startswith("A folder in memory")
    hands.choose("Where the sheets come out", "Another folder")
    hands.press("See what printing takes")
    hands.read("No folder is named.")
    folder = tmp_path / "paper"
    folder.mkdir()
    hands.find(QLineEdit, "Folder instead of the printer").setText(str(folder))
    hands.press("See what printing takes")
    hands.read("IT, sheet 2: kept by Deniz Eren")
    assert not list(folder.iterdir())
    hands.picture("sheets-plan")
    hands.enter("Print them now")
    hands.read("Printed, check value ")
    hands.read("IT: printed, not read back yet")
    first, second = (words_on(page) for page in sorted(folder.glob("it-*.pdf")))

    type_in(hands, [*first[:6], "academic" if first[6] != "academic" else "acid", *first[7:]])
    hands.read("Word 7 of sheet 1 is another one than on the paper.")
    type_in(hands, first)
    hands.read("Sheets typed so far: 1.")
    hands.press("Read back a new set")
    hands.read("it gave 1 sheets; 2 are needed.")
    type_in(hands, second)
    hands.read("Sheets typed so far: 2.")
    hands.press("Read back a new set")
    hands.read("The set was read back, check value ")
    hands.read("IT: read back, not signed yet")
    hands.picture("sheets")

    hands.press("Back to people")
    for member, name in (
        ("it-1", "Carla Dietz (IT)"),
        ("legal-1", "Anna Berg (Legal)"),
        ("legal-2", "Ben Clausen (Legal)"),
    ):
        person, role = name.split(" (")
        hands.press(f"{person} signs ({role}")
        hands.pin(hands.pins[member], person)
        hands.read("Change number 2 is signed.")
    hands.press("Recovery sheets")
    hands.read("IT: in force")
    for words in (first, second):
        type_in(hands, words)
        hands.read(f"Sheets typed so far: {1 if words is first else 2}.")
    hands.press("Try the sheets in force")
    hands.read("These sheets work, check value ")
    hands.picture("sheets-drilled")


def test_a_folder_in_memory_is_made_and_gone_when_the_page_is_left_or_the_station_locked(hands: Hands) -> None:
    """Nobody needs to know of one; words of sheets stay there no longer than somebody prints them."""

    def printed() -> Path:
        hands.press("Print a new set")
        hands.choose("Where the sheets come out", "A folder in memory, made for this printing")
        hands.press("See what printing takes")
        told = hands.read("IT, generation ")
        assert "breakglass-sheets-" in told
        hands.press("Print them now")
        told = hands.read("Printed, check value ")
        folder = Path(told.split("The pages lie in ")[1].split(" for now")[0])
        assert len(list(folder.glob("it-*.pdf"))) == 2
        return folder

    leave: tuple[Callable[[], object], ...] = (
        lambda: hands.press("Remove the pages from memory now"),
        lambda: hands.press("Back to people"),
        lambda: hands.press("Lock now, Control L"),
    )
    for left in leave:
        folder = printed()
        left()
        hands.qtbot.waitUntil(lambda: not folder.exists())  # noqa: B023 - called at once
        if left is leave[1]:
            hands.press("Recovery sheets")


def test_no_word_outlives_the_page(hands: Hands) -> None:
    edit = hands.find(QPlainTextEdit, "All words of one sheet")
    hands.find(QComboBox, "Sheets of")
    edit.setPlainText("academic acid acne")
    hands.press("Try the sheets in force")
    hands.read("One sheet is typed and not taken yet.")
    hands.press("This is one sheet")
    hands.read("Sheet 1 has 3 words; 33 stand on each sheet.")
    hands.press("Back to people")
    assert edit.toPlainText() == ""


@pytest.mark.long
def test_the_sheets_of_a_group_stand_in_once(qtbot: QtBot) -> None:
    with staged(recoverable_base()) as scene, on_window(qtbot, read(scene.folder / "station")) as hands:
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("people")
        hands.press("Recovery sheets")
        hands.read("Legal: in force")
        hands.choose("Sheets of", "Legal")
        for number, words in enumerate(words_of(scene)["legal"], 1):
            type_in(hands, words)
            hands.read(f"Sheets typed so far: {number}.")
        hands.press("Sheets in place of tokens")
        for witness, name, answer in (
            ("legal-1", "Anna Berg (Legal)", "Anna Berg cannot witness for the sheets of legal."),
            ("it-2", "Deniz Eren (IT)", "The sheets stand in and are spent. Nobody is missing."),
        ):
            hands.choose("Witness", name)
            hands.press("Use these sheets")
            assert hands.focused() == "No, go back"
            hands.press("Yes, use them: they are spent then")
            hands.pin(pins_of(scene.folder)[witness], name.split(" (")[0])
            hands.read(answer)
        hands.read("Legal: spent: print new sheets")
        hands.picture("sheets-used")
