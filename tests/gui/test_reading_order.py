# SPDX-License-Identifier: Apache-2.0
"""Tab goes as the page is read, also where something was made later; a page is begun where its work is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import Page, button
from console.gui.shell.window import Window


class Asking(Page):
    """A page whose people come after everything else was made."""

    def __init__(self) -> None:
        super().__init__("Asking")
        self.people, self.pressed = People(), 0
        self.column.addWidget(Field("Who", self.people))
        self.column.addWidget(Field("Why", form.line()))
        self.column.addWidget(button("Do it", self.count, weight="primary"))
        self.people.offer([("a", "Anna")])

    def count(self) -> None:
        self.pressed += 1


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window("Title", (("asking", "Asking"), ("reading", "Reading")), "")
    qtbot.addWidget(made)
    made.add_page("asking", Asking())
    made.show()
    made.choose("asking")
    QApplication.processEvents()
    return made


def focused(window: Window) -> str:
    return window.focusWidget().accessibleName()


def press(window: Window, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window.focusWidget(), key, held[0] if held else Qt.KeyboardModifier.NoModifier)


def test_what_was_made_last_is_reached_where_it_stands(window: Window) -> None:
    assert focused(window) == "Anna"
    press(window, Qt.Key.Key_Tab)
    assert focused(window) == "Why"
    press(window, Qt.Key.Key_Tab)
    assert focused(window) == "Do it"
    press(window, Qt.Key.Key_Backtab)
    press(window, Qt.Key.Key_Backtab)
    assert focused(window) == "Anna"


def test_tab_goes_round_and_leaves_nothing_out(window: Window) -> None:
    met = set()
    for _ in range(8):
        met.add(focused(window))
        press(window, Qt.Key.Key_Tab)
    assert {"Anna", "Why", "Do it", "Asking, Alt 1", "Reading, Alt 2"} <= met


def test_control_enter_presses_the_pages_one_verb(window: Window) -> None:
    press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page = window.page
    assert isinstance(page, Asking)
    assert page.pressed == 1


def test_of_two_verbs_control_enter_presses_none(window: Window) -> None:
    page = window.page
    assert isinstance(page, Asking)
    page.column.addWidget(button("Do another", page.count, weight="primary"))
    QApplication.processEvents()
    press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.pressed == 0
