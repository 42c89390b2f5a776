# SPDX-License-Identifier: Apache-2.0
"""The lock wins over everything and leaves nothing behind; whoever unlocks again finds the page as it was."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QListWidget, QPlainTextEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from console.domain.station import Place
from console.gui.kit.files import FilesField
from console.gui.kit.widgets import Page
from console.gui.rooms import ROOMS
from console.gui.shell.desk import Desk
from console.gui.shell.guards import TokenLock
from console.gui.shell.secret_display import SecretPanel, WindowScreen
from console.settings import read
from console.wiring.station import Station
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.gui.leavings import everything, holders
from tests.support.keys import HOTP, keys_base
from tests.support.scenes import Scene, pins_of, staged
from tests.support.stations import Pins, make_station, opened

pytestmark = pytest.mark.real
ANNA = 0
REASON = "unsaid-reason: the appeal ends at midnight"
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
    QTest.keyClick(QApplication.focusWidget() or hands.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def chosen(hands: Hands) -> str:
    return hands.window.pages.name_of(hands.window.page)


def is_locked(sample: Sample) -> bool:
    return Station(sample.settings, Pins({})).locked.keepers.status() is None


def fill(hands: Hands) -> None:
    hands.window.choose("request")
    hands.find(QLineEdit, "Incident number").setText("INC-unsaid-1")
    hands.find(QPlainTextEdit, "Reason").setPlainText(REASON)
    hands.find(QCheckBox, "DE").setChecked(True)


def test_what_was_typed_comes_back_to_whoever_typed_it_and_to_nobody_else(hands: Hands, sample: Sample) -> None:
    fill(hands)
    lock(hands)
    hands.read("LOCKED")
    left = everything()
    assert "unsaid" not in left
    hands.unlock(ANNA, sample.pins["legal-1"], "Anna Berg")
    hands.read("Unlocked by Anna Berg")
    hands.qtbot.wait(200)
    assert "unsaid" not in everything() and chosen(hands) == "board"
    lock(hands)
    hands.read("LOCKED")
    unlock_as_eva(hands, sample)
    hands.qtbot.waitUntil(lambda: hands.find(QLineEdit, "Incident number").text() == "INC-unsaid-1")
    assert chosen(hands) == "request"
    assert hands.find(QPlainTextEdit, "Reason").toPlainText() == REASON
    assert hands.find(QCheckBox, "DE").isChecked()


@pytest.mark.long
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


class Port:
    """The one port: a person's token is in it, or nobody's. Real SoftHSM tokens, each on a stick of its own."""

    def __init__(self, sample: Sample) -> None:
        self._tokens = sample.settings.folder.parent / "tokens"
        self._sticks = sample.settings.folder.parent / "sticks"
        self._sticks.mkdir(exist_ok=True)
        self._in = ""
        for folder in [each for each in self._tokens.iterdir() if each.is_dir()]:
            folder.rename(self._sticks / folder.name)

    def swap(self, member: str = "") -> None:
        """Take out what is in it, and put this person's token in."""
        if self._in:
            (self._tokens / self._in).rename(self._sticks / self._in)
        if member:
            (self._sticks / member).rename(self._tokens / member)
        self._in = member


@pytest.fixture
def alone(tmp_path: Path) -> Sample:
    """A station of its own: elsewhere a request may wait, and while one does nothing locks."""
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    sealed = seal_samples(place)
    station_actions.lock(place.locked)
    place.close()
    return Sample(settings, pins, {name: secret.decode() for name, secret in sealed.items()})


@pytest.fixture
def port(alone: Sample) -> Port:
    return Port(alone)


def watched(hands: Hands, place: Place) -> None:
    """Wait until the window has seen where the token of whoever unlocked is."""
    hands.qtbot.waitUntil(lambda: [each.place for each in hands.window.findChildren(TokenLock)] == [place])


def approve(hands: Hands, sample: Sample, member: str, name: str, role: str, matter: str = "M-2026-00117") -> None:
    hands.find(QRadioButton, f"{name} ({role})").setChecked(True)
    hands.find(QLineEdit, "Matter number, typed again").setText(matter)
    if role == "Legal":
        hands.find(QCheckBox, "I confirm that no privilege is claimed.").setChecked(True)
    hands.press("Approve")
    hands.pin(sample.pins[member], name)
    hands.read(f"{name} has approved.")


@pytest.mark.long
def test_swapping_approvers_tokens_never_locks_and_going_away_does(
    qtbot: QtBot, alone: Sample, port: Port, request_texts: tuple[dict[str, str], dict[str, str]]
) -> None:
    with on_window(qtbot, alone.settings) as hands:
        port.swap("legal-ops-1")
        unlock_as_eva(hands, alone)
        watched(hands, Place.IN)
        hands.window.choose("request")
        for name, text in request_texts[0].items():
            hands.find(QLineEdit, name).setText(text)
        for name, text in request_texts[1].items():
            hands.find(QPlainTextEdit, name).setPlainText(text)
        hands.find(QCheckBox, "DE").setChecked(True)
        tick = [b for b in hands.window.findChildren(QCheckBox) if b.text().startswith("salesforce-emergency")]
        tick[0].setChecked(True)
        hands.press("File the request")
        hands.read("The request is filed.")
        for member, name, role in (("legal-1", "Anna Berg", "Legal"), ("it-1", "Carla Dietz", "IT")):
            port.swap()
            watched(hands, Place.OUT_FOR_OTHERS)
            hands.read("Their token is out. Control L locks.")
            qtbot.wait(1200)  # more than one look
            port.swap(member)
            approve(hands, alone, member, name, role)
        assert not is_locked(alone)
        hands.press("All have approved: go and open it")
        hands.press("Open now")
        hands.read("OPEN")
        port.swap("legal-ops-1")
        watched(hands, Place.IN)
        port.swap()
        hands.read("LOCKED")
        hands.read("Locked because the token that had unlocked was taken out.")
        hands.read("A session goes on: ")
        assert is_locked(alone)
        port.swap("legal-ops-1")
        unlock_as_eva(hands, alone)
        hands.read("OPEN")  # the session has gone on
        assert chosen(hands) == "session"
        hands.press("End the session")
        hands.press("Yes, end it: nothing more can be shown")
        hands.read("The session is ended.")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        yield lent


@pytest.mark.long
def test_nothing_of_a_secret_on_the_screen_is_left_after_the_lock(qtbot: QtBot, scene: Scene) -> None:
    with on_window(qtbot, read(scene.folder / "station")) as hands:
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("session")
        hands.press(f"Show next code: {HOTP}")
        hands.read("Read aloud: seven five five two")
        assert hands.window.panels.shows_code()  # the idle lock waits for whoever reads it
        lock(hands)
        hands.qtbot.waitUntil(lambda: chosen(hands) == "station", timeout=SOON_MS)
        left = everything()
        for secret in ("755224", "7552", "seven five", "CLAIMS"):
            assert secret not in left
        hands.read("LOCKED")
        assert zxingcpp.read_barcodes(hands.pixels()) == [] and not hands.window.panels.shows_code()
        hands.unlock(ANNA, pins_of(scene.folder)["legal-1"], "Anna Berg")
        hands.read("OPEN")
        hands.window.choose("session")
        hands.read("Showings: 1 of 8 used, 7 left")  # it counts as shown


def test_what_arrives_after_the_lock_is_shown_to_nobody(qtbot: QtBot) -> None:
    panel = SecretPanel()
    qtbot.addWidget(panel)
    screen = WindowScreen(panel, panel.show, panel.hide)
    screen.shut()
    answers = list[str]()
    secret = memoryview(bytearray(b"canary"))

    def release() -> None:
        answers.append(screen.show("crm-admin", secret, kind="password", seconds=60))

    thread = threading.Thread(target=release)
    thread.start()
    qtbot.waitUntil(lambda: answers == ["shown"])
    thread.join()
    assert not panel.isVisible() and not panel.is_showing


def test_a_press_while_something_goes_on_says_so(hands: Hands) -> None:
    desk, over, ran = hands.window.findChildren(Desk)[0], threading.Event(), list[str]()
    page = hands.window.page
    assert isinstance(page, Page)
    desk.act(page, "Counting sheep", lambda _: over.wait(30), lambda _: ran.append("first"))
    desk.act(page, "Something else", lambda _: None, lambda _: ran.append("second"))
    hands.read("“Counting sheep” is not over yet. Wait for it, then press again.")
    over.set()
    hands.qtbot.waitUntil(lambda: ran == ["first"])
    assert not any("is not over yet" in text for text in hands.texts())
    desk.act(page, "Something else", lambda _: None, lambda _: ran.append("second"))
    hands.qtbot.waitUntil(lambda: ran == ["first", "second"])


@pytest.mark.long
def test_it_does_not_wait_for_what_hangs(hands: Hands, sample: Sample) -> None:
    desk, over = hands.window.findChildren(Desk)[0], threading.Event()
    page, told = hands.window.page, list[object]()
    assert isinstance(page, Page)
    desk.act(page, "A module that hangs", lambda _: over.wait(30), told.append)
    began = time.monotonic()
    lock(hands)
    hands.qtbot.waitUntil(lambda: chosen(hands) == "station", timeout=SOON_MS)
    hands.qtbot.waitUntil(lambda: is_locked(sample))
    hands.read("LOCKED")
    assert time.monotonic() - began < 5  # what logind waits before a suspend
    over.set()
    hands.find(QListWidget, "Who are you?")
    assert told == []  # it came to its end, and nobody was told: its page is empty


@pytest.mark.long
def test_a_window_that_is_closed_leaves_nothing_unlocked_though_something_hangs(qtbot: QtBot, sample: Sample) -> None:
    over = threading.Event()
    with on_window(qtbot, sample.settings) as hands:
        unlock_as_eva(hands, sample)
        page = hands.window.page
        assert isinstance(page, Page)
        hands.window.findChildren(Desk)[0].act(page, "A module that hangs", lambda _: over.wait(60), lambda _: None)
        hands.window.close()
        qtbot.waitUntil(lambda: is_locked(sample))
        over.set()


CANARIES = {
    "Incident number": "INC-canary-1",
    "Matter numbers": "M-2026-04711",
    "System": "canary-system",
    "What is seen": "canary-symptom",
    "How it was checked": "canary-check",
}
CANARY_TEXTS = {
    "Reason": "canary-reason: nobody can sign in since the morning.",
    "Harm if it waits": "canary-harm: the appeal ends at midnight today.",
    "What was tried instead": "canary-tried: telephone 14:20\nanother network 14:31",
}


@pytest.mark.long
def test_no_page_keeps_anything_of_an_emergency(hands: Hands, sample: Sample) -> None:
    hands.window.choose("request")
    for name, text in CANARIES.items():
        hands.find(QLineEdit, name).setText(text)
    for name, text in CANARY_TEXTS.items():
        hands.find(QPlainTextEdit, name).setPlainText(text)
    hands.find(QCheckBox, "DE").setChecked(True)
    tick = [b for b in hands.window.findChildren(QCheckBox) if b.text().startswith("salesforce-emergency")]
    tick[0].setChecked(True)
    hands.press("What opening will cost")
    hands.read("To be changed afterwards: ")
    hands.press("File the request")
    hands.read("The request is filed.")
    approve(hands, sample, "legal-1", "Anna Berg", "Legal", "M-2026-04711")
    approve(hands, sample, "it-1", "Carla Dietz", "IT", "M-2026-04711")
    hands.press("All have approved: go and open it")
    hands.press("Open now")
    hands.read("It is open.")
    for name in [name for room in ROOMS for name in room.tasks if name != "alarm"]:
        hands.window.choose(name)
        assert chosen(hands) == name, name
        hands.qtbot.wait(300)
    assert "canary" in everything() and "M-2026-04711" in everything()
    lock(hands)
    hands.read("LOCKED")
    assert [*holders("canary"), *holders("M-2026-04711")] == []
    assert "canary" not in everything() and "M-2026-04711" not in everything()
    unlock_as_eva(hands, sample)
    hands.window.choose("session")
    hands.press("End the session")
    hands.press("Yes, end it: nothing more can be shown")
    hands.read("The session is ended.")
