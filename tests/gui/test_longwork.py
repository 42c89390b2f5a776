# SPDX-License-Identifier: Apache-2.0
"""Long work in the window: nothing within a second, then how far it is; stopped, it ends without a word."""

import time
from typing import Any, cast

from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.gui.kit.widgets import Page
from console.gui.shell.desk import Desk
from console.gui.shell.long_work import LongWork, ProgressRow


class AtOnce:
    """A desk that acts in this thread, and is never locked."""

    def __init__(self) -> None:
        self.stops: list[Any] = []

    def act(self, page: Page, title: str, action: Any, done: Any, **_: object) -> None:
        done(action(None))


def test_what_is_over_within_a_second_shows_nothing(qtbot: QtBot) -> None:
    line = ProgressRow()
    qtbot.addWidget(line)
    line.begin()
    line.show_progress("Counting", 1, 4)
    assert not line.isVisible()


def test_it_shows_how_far_it_is_and_is_stopped_at_its_next_step(qtbot: QtBot) -> None:
    page, line, done = Page("Work"), ProgressRow(), list[int]()
    page.column.addWidget(line)
    qtbot.addWidget(page)
    page.show()
    work = LongWork(cast(Desk, AtOnce()), page, line, "Counting")

    def count(_: object, progress: Any) -> int:
        time.sleep(1.05)
        progress(1, 4)
        qtbot.waitUntil(line.isVisible)
        (bar,) = line.findChildren(QProgressBar)
        assert bar.format().startswith("Counting: 25 %, 1 of 4, about ")
        line.findChildren(QPushButton)[0].click()
        if not progress(2, 4):
            from console.domain.errors import Cancelled

            raise Cancelled
        return 4

    work.run(count, done.append)
    assert done == [] and not line.isVisible()


def test_it_takes_the_focus_from_nobody_who_has_gone_on(qtbot: QtBot) -> None:
    window, page, typed, line = QWidget(), Page("Work"), QLineEdit(), ProgressRow()
    below = QVBoxLayout(window)
    for widget in (typed, page):
        below.addWidget(widget)
    page.column.addWidget(line)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    typed.setFocus()
    work = LongWork(cast(Desk, AtOnce()), page, line, "Counting")

    def count(_: object, progress: Any) -> int:
        time.sleep(1.05)
        progress(1, 4)
        qtbot.waitUntil(line.isVisible)
        assert window.focusWidget() is typed
        return 4

    work.run(count, lambda _: None)


def test_the_lock_calls_it_off(qtbot: QtBot) -> None:
    page, line, desk = Page("Work"), ProgressRow(), AtOnce()
    page.column.addWidget(line)
    qtbot.addWidget(page)
    page.show()
    work = LongWork(cast(Desk, desk), page, line, "Counting")
    went_on: list[bool] = []

    def count(_: object, progress: Any) -> int:
        line.show()
        (call_off,) = desk.stops
        call_off()
        went_on.append(progress(2, 4))
        return 4

    work.run(count, lambda _: None)
    assert went_on == [False] and not line.isVisible()
