# SPDX-License-Identifier: Apache-2.0
"""A witness is asked, signs on a console of its own, is taken back, through both windows; what came back compared."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.gui.own_window import make_own_window
from console.settings import read
from tests.gui.hands import Hands, on_window
from tests.support.activations import filed
from tests.support.copies import journal_files, put_back
from tests.support.scenes import PASSWORD, Scene, pins_of, staged
from tests.support.witnesses import witnessed_base

pytestmark = [pytest.mark.real, pytest.mark.long]
REQUEST = "The request to a witness: file or pictures"


def on_page(hands: Hands) -> None:
    hands.read("Unlocked by")
    hands.window.choose("journal")
    hands.press("Outside this room: witnesses, receipts")


def saved(hands: Hands, folder: Path, stem: str) -> str:
    """Save the pictures that are shown as files, and close them."""
    hands.press("Save as files")
    hands.read(f"Saved in {folder}")
    hands.press("Done")
    return str(folder / f"{stem}.bg")


def asked(qtbot: QtBot, scene: Scene, out: Path) -> str:
    """Ask the witness, and return the file of the request."""
    with on_window(qtbot, read(scene.home)) as hands:
        on_page(hands)
        hands.press("Show the request as pictures")
        hands.read("No witness is chosen.")
        hands.find(QRadioButton, "Anna Berg: has signed nothing yet").setChecked(True)
        hands.find(QLineEdit, "Folder, if you save it as files").setText(str(out))
        hands.picture("outside")
        hands.press("Show the request as pictures")
        hands.read("For the witness legal-1")
        sent = hands.read_part("are known there").split()[0]
        return saved(hands, out, f"witness-{sent}")


def signed(qtbot: QtBot, scene: Scene, request: str, out: Path) -> str:
    """Sign on the witness's own console, and return the file of the answer."""
    window, _ = make_own_window(scene.folder / "home-legal-1")
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window)
    hands.read("It knows the station")
    hands.window.choose("witness")
    hands.press("My line for the rules")
    hands.press("Show my line for the rules")
    hands.read("legal-1 ")
    hands.press("Sign as a witness")
    hands.give(REQUEST, request)
    hands.find(QLineEdit, "Folder, if you save the answer as files").setText(str(out))
    hands.picture("own-witness")
    hands.press("Compare and sign")
    hands.pin(pins_of(scene.folder)["legal-1"], "legal-1")
    hands.read("Your signature as a witness")
    answer = saved(hands, out, "cosigned")
    hands.read("Signed: ")
    window.close()
    return answer


def test_a_witness_from_window_to_window_and_back(qtbot: QtBot, tmp_path: Path) -> None:
    with staged(witnessed_base()) as scene:
        answer = signed(qtbot, scene, asked(qtbot, scene, tmp_path / "out"), tmp_path / "back")
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands)
            hands.press("Take a witness's answer in")
            hands.give("The witness's answer: file or pictures", answer)
            hands.press("Take the answer in")
            hands.read("legal-1 signed ")
            hands.read_part("last witnessed by Anna Berg")
            hands.picture("outside-witnessed")
            hands.press("Back to the journal")
            hands.read_part("last witnessed by Anna Berg")
            hands.read("others hold proof of ")
            hands.picture("journal")


def test_what_came_back_is_compared_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    with staged(witnessed_base()) as scene:
        before = journal_files(scene)
        with scene.console() as console:
            filed(console, {"credential": PASSWORD})
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands)
            hands.press("Give the state to somebody")
            hands.find(QRadioButton, "Carla Dietz (IT)").setChecked(True)
            hands.find(QLineEdit, "Folder, if you save the receipt as files").setText(str(tmp_path))
            hands.press("Show the receipt as a picture")
            hands.read("Proof of the journal, to keep elsewhere")
            words = hands.read_part("Their words")
            size = words.split()[0]
            hands.press("Save as files")
            hands.read("Saved in")
            hands.press("Done")
            compare(hands, size, words.rpartition(": ")[2])
            hands.read("The journal continues what was shown")
            hands.press("Compare with a receipt")
            receipt = "A receipt, a photo of paper, or a witness's answer: file or pictures"
            hands.give(receipt, str(tmp_path / f"journal-{size}.bg"))
            hands.press("Compare")
            hands.read("The journal continues what was shown")
        put_back(scene, before)
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands)
            compare(hands, size, words.rpartition(": ")[2])
            hands.read("THE JOURNAL IS NOT WHAT IT WAS")
            hands.picture("outside-rewritten")
            hands.find(QPushButton, "Compare the words")


def compare(hands: Hands, size: str, words: str) -> None:
    hands.press("Compare with twelve words")
    hands.find(QLineEdit, "Entries, as they stand on the paper").setText(size)
    hands.find(QLineEdit, "The twelve words beside them").setText(words)
    hands.press("Compare the words")
