# SPDX-License-Identifier: Apache-2.0
"""The lock wins over everything and leaves nothing behind; whoever unlocks again finds the page as it was."""

import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.gui.desk import Desk
from console.gui.files import FilesField
from console.gui.widgets import Page
from console.wiring import Station
from tests.gui.conftest import Sample
from tests.gui.hands import LIMIT_MS, Hands, on_window
from tests.gui.leavings import everything
from tests.stations import Pins

pytestmark = pytest.mark.real
EVA, ANNA = 5, 0
REASON = "canary-reason: the appeal ends at midnight"
SOON_MS = 1000


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        unlock_as_eva(lent, sample)
        yield lent


def unlock_as_eva(hands: Hands, sample: Sample) -> None:
    people = hands.find(QListWidget, "Who are you?")
    hands.unlock(people.count() - 1, sample.pins["legal-ops-1"], "Eva Falk")
    hands.read("Unlocked by Eva Falk")


def lock(hands: Hands) -> None:
    """Press the keys, wherever the focus is."""
    QTest.keyClick(
        QApplication.focusWidget() or hands.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier
    )


def chosen(hands: Hands) -> str:
    return hands.window.pages.name_of(hands.window.page)


def is_locked(sample: Sample) -> bool:
    return Station(sample.settings, Pins({})).locked.keepers.status() is None


def fill(hands: Hands) -> None:
    hands.window.choose("request")
    hands.find(QLineEdit, "Incident number").setText("INC-canary-1")
    hands.find(QPlainTextEdit, "Reason").setPlainText(REASON)
    hands.find(QCheckBox, "DE").setChecked(True)


def test_what_was_typed_comes_back_to_whoever_typed_it_and_to_nobody_else(
    hands: Hands, sample: Sample
) -> None:
    fill(hands)
    lock(hands)
    hands.read("LOCKED")
    left = everything()
    assert "canary" not in left and "idp-recovery-codes.use" not in left
    hands.unlock(ANNA, sample.pins["legal-1"], "Anna Berg")
    hands.read("Unlocked by Anna Berg")
    hands.qtbot.wait(200)
    assert "canary" not in everything() and chosen(hands) == "board"
    lock(hands)
    hands.read("LOCKED")
    unlock_as_eva(hands, sample)
    hands.qtbot.waitUntil(lambda: hands.find(QLineEdit, "Incident number").text() == "INC-canary-1")
    assert chosen(hands) == "request"
    assert hands.find(QPlainTextEdit, "Reason").toPlainText() == REASON
    assert hands.find(QCheckBox, "DE").isChecked()


def test_it_wins_over_a_question_and_a_list_of_files(hands: Hands, sample: Sample) -> None:
    desk = hands.window.findChildren(Desk)[0]
    page = hands.window.page
    assert isinstance(page, Page)
    desk.act(page, "Asking", lambda console: console.token("it-1"), lambda _: None, pin_of="it-1")
    hands.find(QLineEdit, "PIN of Carla Dietz").setText("canary-pin")
    lock(hands)
    hands.read("LOCKED")
    assert "canary" not in everything() and is_locked(sample)
    unlock_as_eva(hands, sample)
    hands.window.choose("carry")
    field = next(field for field in hands.window.findChildren(FilesField) if field.isVisible())
    field.findChildren(QPushButton)[0].click()
    hands.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    lock(hands)
    hands.read("LOCKED")
    assert QApplication.activeModalWidget() is None


def test_it_does_not_wait_for_what_hangs(hands: Hands, sample: Sample) -> None:
    desk, over = hands.window.findChildren(Desk)[0], threading.Event()
    page, told = hands.window.page, list[object]()
    assert isinstance(page, Page)
    desk.act(page, "A module that hangs", lambda _: over.wait(30), told.append)
    began = time.monotonic()
    lock(hands)
    hands.qtbot.waitUntil(lambda: chosen(hands) == "station", timeout=SOON_MS)
    hands.qtbot.waitUntil(lambda: is_locked(sample), timeout=LIMIT_MS)
    hands.read("LOCKED")
    assert time.monotonic() - began < 5  # what logind waits before a suspend
    over.set()
    hands.find(QListWidget, "Who are you?")
    assert told == []  # it came to its end, and nobody was told: its page is empty
