# SPDX-License-Identifier: Apache-2.0
"""What locks by itself: nobody there, the system goes to sleep, the lid, the session; and when it waits."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.domain.station import CODE_SECONDS, Place, is_idle_over, place_after
from console.gui.kit.secret_field import SecretField, SecretText
from console.gui.shell.idleness import IdleLock
from console.gui.shell.logind import Logind
from console.gui.shell.network_proof import NetworkProof
from console.gui.shell.operator import PinPanel
from console.gui.shell.secret_display import SecretPanel, Showing
from console.gui.shell.window import Window
from console.gui.snapshot import up_seconds
from tests.gui.fake_logind import FakeLogind, logind

MINUTES = 15


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window("Title", (("station", "Station"),), "")
    qtbot.addWidget(made)
    made.show()
    return made


# --- nobody is there ----------------------------------------------------------------------------------------


def test_the_idle_lock_waits_while_a_code_is_read_and_no_longer() -> None:
    assert not is_idle_over(899, 900, shows_code=False)
    assert is_idle_over(900, 900, shows_code=False)
    assert not is_idle_over(900 + CODE_SECONDS - 1, 900, shows_code=True)
    assert is_idle_over(900 + CODE_SECONDS, 900, shows_code=True)


def test_a_touch_begins_the_count_anew_and_a_code_holds_it_off(qtbot: QtBot, window: Window) -> None:
    why, shows = list[str](), [True]
    window.add_panel(QWidget(), window.resume, lambda: shows[0])
    idle = IdleLock(window, MINUTES, why.append)
    later = up_seconds() + MINUTES * 60 + 1
    idle.look(later, 0)
    assert why == []  # a code is on the screen
    idle.look(later + CODE_SECONDS, 0)
    assert why == ["Locked because nobody was here for 15 minutes."]
    shows[0] = False
    QTest.keyClick(window, Qt.Key.Key_A)
    idle.look(up_seconds() + 1, 0)
    assert len(why) == 1


def test_a_sleep_that_nobody_announced_locks(window: Window) -> None:
    why = list[str]()
    idle = IdleLock(window, MINUTES, why.append)
    idle.look(up_seconds(), 5.0)
    assert why == ["Locked because this computer was asleep."]
    idle.look(up_seconds(), 5.0)
    assert len(why) == 1


# --- the token of whoever unlocked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "is_in", "awaited", "after"),
    [
        (Place.UNSEEN, False, False, Place.UNSEEN),  # unlocked before this window was opened, token long away
        (Place.UNSEEN, True, False, Place.IN),
        (Place.IN, False, False, Place.GONE),
        (Place.IN, False, True, Place.OUT_FOR_OTHERS),
        (Place.OUT_FOR_OTHERS, False, False, Place.OUT_FOR_OTHERS),  # all have approved: it goes on
        (Place.OUT_FOR_OTHERS, True, False, Place.IN),
    ],
)
def test_a_token_that_is_taken_out_locks_unless_others_need_its_port(
    before: Place, is_in: bool, awaited: bool, after: Place
) -> None:
    assert place_after(before, is_in=is_in, others_awaited=awaited) is after


# --- the system ---------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeLogind]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("this machine lacks dbus-daemon")
    with logind(tmp_path) as lent:
        yield lent


@pytest.fixture
def heard(qtbot: QtBot, fake: FakeLogind) -> Iterator[tuple[list[str], Logind]]:
    """Why it asked to lock so far, and what listens; it holds the sleep up already."""
    why, parent = list[str](), QObject()
    system = Logind(parent, why.append, fake.address)
    system.hold()
    qtbot.waitUntil(lambda: fake.hears("held"))
    yield why, system


def test_a_sleep_waits_for_the_lock(qtbot: QtBot, fake: FakeLogind, heard: tuple[list[str], Logind]) -> None:
    why, system = heard
    fake.happen("sleep")
    qtbot.waitUntil(lambda: why == ["Locked because this computer goes to sleep."])
    qtbot.wait(100)
    assert not fake.hears("released")  # it sleeps only once the station is locked
    system.release()
    qtbot.waitUntil(lambda: fake.hears("released"))
    fake.happen("wake")
    qtbot.wait(100)
    assert len(why) == 1


def test_the_lid_and_the_lock_of_the_session_lock_too(
    qtbot: QtBot, fake: FakeLogind, heard: tuple[list[str], Logind]
) -> None:
    why, system = heard
    fake.happen("lock")
    qtbot.waitUntil(lambda: why == ["Locked with the session of this computer."])
    fake.happen("lid")
    qtbot.waitUntil(lambda: why[1:] == ["Locked because the lid was shut."])
    system.release()


def test_without_a_system_bus_nothing_breaks(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    parent = QObject()
    system = Logind(parent, lambda _: None, f"unix:path={tmp_path}/none")
    system.hold()
    system.release()


# --- the clipboard ------------------------------------------------------------------------------------------

CANARY = "canary amount academic"
TAKING = (Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_Insert)


def secret_fields() -> list[QWidget]:
    """Return one of each kind of field into which a secret is typed."""
    text, pin, field = SecretText(), PinPanel(), SecretField()
    return [text, *pin.findChildren(QLineEdit), *field.findChildren(QLineEdit)[:2]]


def test_no_secret_reaches_the_clipboard(qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    fields = secret_fields()
    assert len(fields) == 4
    for field in fields:
        clipboard.setText("as before")
        qtbot.addWidget(field)
        QTest.keyClicks(field, CANARY)
        for key in TAKING:
            QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(field, key, Qt.KeyboardModifier.ControlModifier)
            for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
                assert "canary" not in clipboard.text(mode), type(field)
        QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert field.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu, type(field)


def test_a_released_secret_has_no_copy_at_all(qtbot: QtBot) -> None:
    panel = SecretPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.present(Showing("crm-admin", memoryview(bytearray(CANARY.encode())), "password", 60, b""))
    QGuiApplication.clipboard().setText("as before")
    for widget in (panel, *panel.findChildren(QWidget)):
        for key in (Qt.Key.Key_A, *TAKING):
            QTest.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "as before"
    panel.answer("shown")


# --- the network --------------------------------------------------------------------------------------------


def test_a_network_that_is_not_off_is_said_loudly(window: Window) -> None:
    # The process of the tests has its network.
    NetworkProof(window)
    assert "THE NETWORK IS NOT OFF: stop, and call IT" in [x.text() for x in window.strip.findChildren(QLabel)]


@pytest.mark.parametrize(("before", "proven"), [("", False), ("shut_network()", True)])
def test_the_proof_is_an_attempt(before: str, proven: bool) -> None:
    program = f"from console.confinement import *\n{before}\nprint(is_network_shut())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{proven}\n"
