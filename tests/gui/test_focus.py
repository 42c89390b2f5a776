# SPDX-License-Identifier: Apache-2.0
"""Where the focus is: on every page that somebody comes to, and after what was done there. Never on the lock."""

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from console.gui.kit.first_focus import FIELDS, SETTLED_MS
from console.gui.kit.widgets import Page, button
from console.gui.rooms import ROOMS
from console.gui.shell.window import Window
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window

pytestmark = pytest.mark.real

PAGES = ["station", *(name for room in ROOMS for name in room.tasks if name != "alarm")]
LEFT_AT = ("the rail", "the last button of the page before", "the card above")
WITH_A_FIELD_AT_ITS_TOP = ("request", "journal", "clock", "looks", "everything")


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        lent.unlock(4, sample.pins["legal-ops-1"], "Eva Falk")
        lent.find(QPushButton, "Request break-glass access")
        lent.window.activateWindow()
        yield lent


def wrong(window: Window, name: str) -> str:
    """Return what is wrong with where the focus is on this page; nothing is good."""
    # Qt says None where nothing has it, whatever its types say.
    focused = cast(QWidget | None, window.focusWidget())
    if focused is None or not window.page.isAncestorOf(focused):
        return f"outside: {focused} {focused.accessibleName() if focused else None}"
    if name in WITH_A_FIELD_AT_ITS_TOP and not isinstance(focused, FIELDS):
        return f"no field: {focused.accessibleName()}"
    return ""


def test_whoever_comes_to_a_page_is_on_it_whatever_had_the_focus(hands: Hands) -> None:
    found = {}
    for name in PAGES:
        for left_at in LEFT_AT:
            hands.window.choose("board" if name != "board" else "journal")
            leave(hands.window, left_at)
            hands.window.choose(name)
            found[name, left_at, "at once"] = wrong(hands.window, name)
        hands.qtbot.wait(SETTLED_MS)
        found[name, left_at, "settled"] = wrong(hands.window, name)
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "come_late",
    [lambda page: page.say_problem("It failed.", ""), lambda page: page.reveal(page.findChild(QLineEdit))],
    ids=["a problem", "a result"],
)
def test_what_comes_late_on_a_page_that_was_left_takes_no_focus(
    qtbot: QtBot, come_late: Callable[[Page], None]
) -> None:
    window = Window("Window", [("board", "Board"), ("vault", "Vault")], "")
    left, here, typed = Page("Board"), Page("Vault"), QLineEdit()
    left.column.addWidget(QLineEdit())
    here.column.addWidget(typed)
    qtbot.addWidget(window)
    window.add_page("board", left)
    window.add_page("vault", here)
    with qtbot.waitExposed(window):
        window.show()
    window.choose("board")
    window.choose("vault")
    qtbot.waitUntil(lambda: window.focusWidget() is typed)
    come_late(left)
    qtbot.wait(SETTLED_MS)
    assert window.focusWidget() is typed


def leave(window: Window, left_at: str) -> None:
    """Put the focus there."""
    root = {"the rail": window.rail, "the card above": window.above}.get(left_at, window.page)
    verbs = [one for one in root.findChildren(QPushButton) if one.isVisible()]
    verbs[-1].setFocus(Qt.FocusReason.OtherFocusReason)


def test_what_goes_while_it_has_the_focus_leaves_it_where_the_page_begins(qtbot: QtBot) -> None:
    window, page, field = Window("Window", [("board", "Board")], ""), Page("Board"), QLineEdit()
    qtbot.addWidget(window)
    going = button("Go", lambda: None)
    for widget in (field, going):
        page.column.addWidget(widget)
    window.add_page("board", page)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.choose("board")
    for take_away in (going.setEnabled, going.setVisible):
        going.setFocus()
        assert window.focusWidget() is going
        take_away(False)
        assert window.focusWidget() is field
        going.setEnabled(True)
    going.setVisible(True)
    field.clearFocus()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert window.focusWidget() is field


def test_a_page_that_was_made_anew_meanwhile_takes_the_focus_back_where_it_begins(qtbot: QtBot) -> None:
    window, page, panel, field = (Window("Window", [("board", "Board")], ""), Page("Board"), Page("?"), QLineEdit())
    qtbot.addWidget(window)
    window.add_page("board", page)
    window.add_panel(panel, window.resume)
    going = button("Go", lambda: None)
    for widget in (field, going):
        page.column.addWidget(widget)
    with qtbot.waitExposed(window):
        window.show()
    window.choose("board")
    going.setFocus()
    window.interrupt(panel)
    delete(going)
    window.resume()
    assert window.focusWidget() is field
