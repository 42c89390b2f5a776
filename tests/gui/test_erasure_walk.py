# SPDX-License-Identifier: Apache-2.0
"""Erasing, a legal hold, the counts and the telephone, through the windows of the station and of who reads along."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.actions.activation import lifecycle
from console.actions.journal import reading
from console.actions.privacy import notices
from console.actions.station import lifecycle as station_actions
from console.domain.handoff.spoken import ALPHABET
from console.gui.app import TASKS
from console.gui.own_window import make_own_window
from console.settings import read
from console.wiring.station import Station
from tests.attacks.reading_along import READER, read_along_base
from tests.gui.hands import Hands, on_window
from tests.support.activations import filed
from tests.support.newcomers import PIN
from tests.support.remote import pinned_home
from tests.support.scenes import PASSWORD, Scene, pins_of, staged
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]


def on_page(hands: Hands, button: str) -> None:
    hands.read("Unlocked by")
    hands.window.choose("journal")
    hands.press(button)


def closed(scene: Scene, out: Path) -> str:
    """Let the activation be over, something of it be exported, and nothing be owed; return another's id."""
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        lifecycle.withdraw(console, act)
        reading.export(console, out)
    return act


def choose(hands: Hands, name: str, words: str) -> None:
    box = hands.find(QComboBox, name)
    box.setCurrentIndex(box.findText(words))
    assert box.currentText() == words


def test_two_people_erase_a_requester(qtbot: QtBot, tmp_path: Path) -> None:
    with staged(read_along_base()) as scene:
        act, pins = closed(scene, tmp_path / "out"), pins_of(scene.folder)
        words = f"Eva Falk (legal-ops-1) inside activation …{act[-6:]}"
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands, "Erase what is personal")
            box = hands.find(QComboBox, "What")
            qtbot.waitUntil(lambda: any(box.itemText(n).startswith(words) for n in range(box.count())))
            box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n).startswith(words)))
            hands.press("Propose to erase this")
            hands.read("No ground is chosen.")
            choose(hands, "On what ground", "the person asked for it")
            hands.picture("erasure")
            hands.press("Propose to erase this")
            hands.read("It is proposed.")
            hands.press("Anna Berg signs (Legal)")
            hands.pin(pins["legal-1"], "Anna Berg")
            hands.read("Agreed. One more is missing.")
            hands.press("Carla Dietz signs (IT)")
            hands.pin(pins["it-1"], "Carla Dietz")
            hands.read("It is erased.")
            hands.read("OWED: an export of the journal for an auditor")
            hands.picture("erased")
            seq = hands.read("OWED").partition("entry ")[2].partition(",")[0]
            hands.press(f"The notice for entry {seq} was given")
            hands.read("Given: an export of the journal")
        with scene.console() as console:
            status = notices.status(console)
            assert status["notices_owed"] == 0
            (requested,) = console.journal.entries(act=act, type_="activation.requested")
            assert console.journal.open_fields(requested) == {}


def test_a_hold_is_placed_and_lifted(qtbot: QtBot) -> None:
    with staged(read_along_base()) as scene:
        pins = pins_of(scene.folder)
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands, "Erase what is personal")
            hands.press("Legal holds")
            hands.read("No legal hold stands.")
            hands.find(QLineEdit, "On what").setText("M-2026-00117")
            hands.press("Place this hold")
            hands.read("Nobody is chosen.")
            hands.tick("Anna Berg")
            hands.press("Place this hold")
            hands.pin(pins["legal-1"], "Anna Berg")
            hands.read("The reason: ")
            hands.find(QPlainTextEdit, "Why").setPlainText("A claim is pending at the regional court.")
            hands.press("Place this hold")
            hands.pin(pins["legal-1"], "Anna Berg")
            hands.read("The hold stands.")
            hands.picture("holds")
            for person, group, member, said in (
                ("Anna Berg", "Legal", "legal-1", "Agreed."),
                ("Carla Dietz", "IT", "it-1", "The hold is lifted."),
            ):
                label = hands.read("Why ", " can be lifted")
                hands.find(QPlainTextEdit, label).setPlainText("The claim was settled and the file was closed.")
                hands.press(f"{person} signs ({group})")
                hands.pin(pins[member], person)
                hands.read(said)
            hands.read("No legal hold stands.")


def test_the_state_is_told_and_heard(qtbot: QtBot) -> None:
    with staged(read_along_base()) as scene:
        with scene.console() as console:
            home = pinned_home(scene, console, READER, take_along=False)
        with on_window(qtbot, read(scene.home)) as hands:
            on_page(hands, "In numbers")
            hands.read("Counted ")
            hands.press("Put the state into letters")
            hands.read("Read these six groups aloud")
            hands.picture("counts")
            groups = [t for t in hands.texts() if len(t) == 4 and set(t) <= set(ALPHABET)]
        window, _ = make_own_window(home.folder)
        qtbot.addWidget(window)
        window.show()
        hands = Hands(qtbot, window)
        hands.read("It knows the station")
        hands.window.choose("telephone")
        typed = hands.find(QLineEdit, "The 24 letters")
        typed.setText(" ".join(groups).lower()[:-1] + "?")
        hands.press("Check it")
        hands.pin(PIN, READER)
        hands.read("Letter 24 is ?")
        typed.setText(" ".join(groups).lower())
        hands.press("Check it")
        hands.pin(PIN, READER)
        hands.read("True: your station said this")
        hands.picture("own-telephone")
        window.close()


def test_who_reads_along_is_offered_only_that(qtbot: QtBot) -> None:
    with staged(read_along_base()) as scene:
        station_actions.lock(scene.station.locked)
        place = Station(read(scene.home), Pins({READER: PIN}))
        place.unlock(READER)
        place.close()
        with on_window(qtbot, read(scene.home)) as hands:
            hands.read("Unlocked by Gerda Hof")
            offered = {name for name, _ in TASKS if hands.window.is_allowed(name)}
            assert offered == {"station", "board", "journal"}
            for button in ("Request break-glass access", "Go to the session: INC-2026-0042"):
                assert not hands.seen(QPushButton, button)
            hands.picture("reading")
            hands.window.choose("journal")
            hands.read("Entries ")
            hands.find(QPushButton, "In numbers")
            assert not hands.seen(QPushButton, "Erase what is personal")
            hands.press("Show this entry, Enter")
            hands.read("You read along: you see everything here, and can change nothing.")
            assert not hands.seen(QPushButton, "Save the proof of this entry")
            # All actions lead on: what cannot be done is not offered, and nobody types what nothing keeps.
            hands.window.choose("erasure")
            hands.read("You read along: you see everything here, and can change nothing.")
            assert not hands.seen(QPushButton, "Propose to erase this")
            hands.window.choose("record")
            hands.read_part("only reads along, and can bring about nothing here.")
