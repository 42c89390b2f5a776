# SPDX-License-Identifier: Apache-2.0
"""The strip: everything that must be known at a glance, in words; nothing is ever cut off, and nothing scrolls."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.gui.app import DRILL, PASSING, TASKS
from console.gui.catalogue import DEEDS, matching
from console.gui.kit import theme
from console.gui.kit.looks import DEFAULT, Looks
from console.gui.kit.widgets import PlainLabel
from console.gui.shell.operator import PinPanel
from console.gui.shell.pictures import PicturesPanel
from console.gui.shell.secret_display import SecretPanel
from console.gui.shell.station_words import LOCKED, OPEN, owed, owed_in_full, session, session_behind_lock, state
from console.gui.shell.status_strip import CAPTURE, Strip
from console.gui.shell.window import Window
from tests.gui.views import activation, snapshot

DEBT = {"debt": "rotation", "credential": "crm-admin", "version": 1}


@pytest.fixture
def app() -> Iterator[QApplication]:
    found = cast(QApplication, QApplication.instance())
    yield found
    theme.choose(found, DEFAULT)


def filled(strip: Strip) -> None:
    strip.show_state(*OPEN, lockable=True)
    strip.show_holder("Unlocked by Eva Falk")
    strip.show_session("INC-2026-0042: 58:12 left, agreed by Anna Berg, Carla Dietz · 1 waiting")
    strip.show_owed("Owed: 2 rotations, 1 notice, since 2026-11-26")
    strip.show_network("Network off, proven 04:49", is_off=True)
    strip.show_light("Recording", "good")
    strip.show_proof("others hold proof of 12 of 41")
    strip.show_activity("Verifying the journal")


@pytest.mark.parametrize(("width", "percent"), [(900, 100), (1240, 100), (900, 200), (1240, 200)])
def test_nothing_is_cut_off(qtbot: QtBot, app: QApplication, width: int, percent: int) -> None:
    theme.choose(app, Looks(percent=percent))
    window = Window("Title", TASKS, DRILL, PASSING)
    qtbot.addWidget(window)
    window.resize(width, 560)
    window.show()
    filled(window.strip)
    qtbot.wait(50)
    labels = [
        label for part in (window.strip, window.banner) for label in part.findChildren(QLabel) if label.isVisible()
    ]
    assert len(labels) == 10
    for label in labels:
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        top = label.parentWidget()
        assert top is not None and top.rect().contains(label.geometry()), label.text()
        assert window.rect().contains(label.mapTo(window, label.rect().bottomRight())), label.text()
    boxes = [(label.mapTo(window, label.rect().topLeft()), label) for label in labels]
    rects = [label.rect().translated(at) for at, label in boxes]
    assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
    assert window.strip.lock.isVisible() and window.rect().contains(window.strip.lock.geometry())
    assert max(rect.bottom() for rect in rects) < window.height() * 0.75  # a page is still to be seen


def test_the_banner_stands_above_every_panel(qtbot: QtBot) -> None:
    window = Window("Title", TASKS, DRILL, PASSING)
    qtbot.addWidget(window)
    window.show()
    for panel in (PinPanel(), SecretPanel(), PicturesPanel()):
        window.add_panel(panel, window.resume)
        window.interrupt(panel)
        QApplication.processEvents()
        assert panel.isVisible() and window.banner.isVisible()
        assert window.banner.mapTo(window, window.banner.rect().bottomLeft()).y() < panel.mapTo(window, QPoint()).y()


def test_one_word_one_sign_one_tone_for_each_state() -> None:
    stands = {
        "open": state(snapshot(activation("open"), activation("frozen"))),
        "frozen": state(snapshot(activation("frozen"))),
        "sealed": state(snapshot(activation("requested"))),
        "locked": LOCKED,
    }
    assert [word for word, _ in stands.values()] == ["OPEN", "FROZEN", "SEALED", "LOCKED"]
    assert len({tone for _, tone in stands.values()}) == 4


def test_who_agreed_and_the_time_left_are_said() -> None:
    opened = activation("open", seconds_left=3492, approvals=[{"member": "legal-1", "group": "legal"}])
    waiting = activation("requested")
    told = session(snapshot(opened, waiting))
    assert told == "INC-1: 58:12 left, agreed by Anna Berg · 1 waiting"
    frozen = session(snapshot(activation("frozen", seconds_left=60, approvals=[])))
    assert frozen == "INC-1: frozen, 01:00 left"


def test_behind_the_lock_only_the_time_is_said() -> None:
    assert session_behind_lock([3492, -4]) == "A session goes on: 58:12 left"
    assert session_behind_lock([0]) == ""


def test_what_is_owed_is_counted_once_with_its_oldest_day() -> None:
    first, second = "019ac000-0000-7000-8000-000000000001", "019ac3e8-0000-7000-8000-000000000002"
    live = (activation("ended", activation=first, owed=[DEBT]), activation("open", activation=second, owed=[DEBT]))
    told = owed(replace(snapshot(*live), notices_owed=2))
    assert told.startswith("Owed: 1 secret to change, 2 notices, since 2025-11-2")
    assert owed(snapshot(activation("open", owed=[]))) == ""


def test_what_is_owed_is_told_in_full_and_found_before_anything_is() -> None:
    assert owed_in_full(snapshot(activation("open", owed=[]))) == []
    one = activation("ended", owed=[DEBT, DEBT])
    secrets, people = owed_in_full(replace(snapshot(one), notices_owed=2))
    assert secrets == f"After INC-1 · 123456: change {DEBT['credential']} at the target, and seal the new one."
    assert people == "People must still be told of an erasure: 2"
    for word in ("owed", "secrets", "change", "notices"):
        assert "counts" in {deed.page for deed in matching(word, DEEDS)}, word
    for word in ("report", "reports"):
        assert "board" in {deed.page for deed in matching(word, DEEDS)}, word


def test_the_words_about_recording_are_those_of_the_platform(qtbot: QtBot) -> None:
    assert set(CAPTURE) == {"xcb", "wayland"}
    strip = Strip()
    qtbot.addWidget(strip)
    assert not any("record" in label.text() for label in strip.findChildren(PlainLabel))  # offscreen
