# SPDX-License-Identifier: Apache-2.0
"""A window that stands open for days: PySide6 6.12.0 on Python 3.11 lost a reference to None with every setter call.

The process died after about 5,000 of them: a countdown of a quarter of an hour. The pinned version keeps them.
"""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.gui.app import DRILL, PASSING, TASKS
from console.gui.kit import theme
from console.gui.phrases import span
from console.gui.shell.announcements import Announcer
from console.gui.shell.window import Window
from tests.gui.views import activation, snapshot

UPDATES = 50_000
MOST_GROWN_MB = 4.0
SLACK = 100


def test_setters_do_not_eat_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(500):
        label.setText("x")
    assert sys.getrefcount(None) > before - SLACK


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def update(window: Window, announcer: Announcer, number: int) -> None:
    """Do what a second of an open session does."""
    state = "open" if number % 100 else "frozen"
    view = activation(state, seconds_left=UPDATES - number)
    announcer.present(snapshot(view))
    window.strip.show_session(f"{state.upper()} INC-2026-0042 {span(UPDATES - number)}")
    window.strip.show_light(f"Recording, {number}", "good" if number % 7 else "warning")


@pytest.mark.long
def test_fifty_thousand_updates_of_the_strip_cost_nothing_that_stays(qtbot: QtBot) -> None:
    theme.apply(theme.application())
    window, told = Window("Title", TASKS, DRILL, PASSING), list[str]()
    qtbot.addWidget(window)
    window.show()
    announcer = Announcer(told.append)
    announcer.setParent(window)
    for number in range(1000):  # caches are full after it
        update(window, announcer, number)
    QCoreApplication.processEvents()
    nones, memory, widgets = sys.getrefcount(None), resident_mb(), len(window.findChildren(QWidget))
    for number in range(UPDATES):
        update(window, announcer, number)
        if number % 50 == 0:
            QCoreApplication.processEvents()
    told.clear()
    assert sys.getrefcount(None) > nones - SLACK
    assert len(window.findChildren(QWidget)) == widgets
    assert resident_mb() - memory < MOST_GROWN_MB
