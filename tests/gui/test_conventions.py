# SPDX-License-Identifier: Apache-2.0
"""What holds on every page: one decision at a time, buttons that stay enabled, keys that press nothing by accident."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.gui import pages
from console.gui.kit import form, theme, verb
from console.gui.kit.confirmation import Twice
from console.gui.kit.first_focus import SETTLED_MS
from console.gui.kit.parts import Parts
from console.gui.kit.secret_field import HEARD, SecretField
from console.gui.kit.verb import PRESSES, Verb
from console.gui.kit.widgets import Page, button
from console.gui.pages.credential.vault import VaultScreen
from console.gui.pages.journal.outside import OutsideScreen
from console.gui.shell.window import Window
from console.settings import KeyholderSection
from tests.gui.views import activation, snapshot

PEOPLE = (KeyholderSection("legal-1", "Anna Berg", "legal"),)
GIVEN: dict[str, tuple[Any, ...]] = {
    "UnlockScreen": ("org/name", PEOPLE),
    "BeginningScreen": ("/media/station",),
    "OwnScreen": ("Anna Berg",),
}
PAGING = ("Older", "Newer")
"""At an end of the list there is no further page to ask for."""


def _pages() -> Iterator[type[Page]]:
    for found in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        module = importlib.import_module(found.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Page) and kind.__module__ == module.__name__:
                yield kind


PAGES = tuple(_pages())


@pytest.fixture(scope="module", autouse=True)
def looks(qapp: QApplication) -> None:
    """Once: the charts need colours, and putting them on costs time for every widget there is."""
    theme.apply(qapp)


def made(qtbot: QtBot, kind: type[Any]) -> Page:
    page = kind(*GIVEN.get(kind.__name__, ()))
    assert isinstance(page, Page)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    if hasattr(page, "present") and not isinstance(page, VaultScreen):
        page.present(snapshot(activation("open")))
    QApplication.processEvents()
    return page


def seen(page: QWidget) -> list[QPushButton]:
    return [one for one in page.findChildren(QPushButton) if one.isVisibleTo(page)]


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_one_page_asks_for_one_decision(qtbot: QtBot, kind: type[Any]) -> None:
    page = made(qtbot, kind)
    choices = [choice for parts in page.findChildren(Parts) for choice in parts.choices()]
    for turn in [choice.click for choice in choices] or [page.repaint]:
        turn()
        wanted = {one.accessibleName() for one in seen(page) if one.property("weight") == "primary"}
        # Of a list, each row may have its own verb.
        assert len({name.split()[0].rstrip(":") for name in wanted}) <= 1, wanted


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_buttons_stay_enabled_and_are_all_of_one_kind(qtbot: QtBot, kind: type[Any]) -> None:
    page = made(qtbot, kind)
    for one in page.findChildren(QPushButton):
        assert isinstance(one, Verb)
        assert one.isEnabled() or one.text() in PAGING


KEY_TOLD = re.compile(r"\(([A-Z]|F\d{1,2}|Enter|Escape|(?:Alt|Ctrl|Control)[ +]\w+)\)\Z")
MNEMONIC = re.compile(r"(?<!&)&(\w)")


def taken_by_the_window() -> set[str]:
    """Return the keys that mean something on every page."""
    sources = Path(inspect.getfile(verb)).parents[1].rglob("*.py")
    return {keys for path in sources for keys in re.findall(r'\.shortcut\("([^"]+)"', path.read_text())}


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_a_key_does_one_thing_on_a_page(qtbot: QtBot, kind: type[Any]) -> None:
    page, by_window = made(qtbot, kind), taken_by_the_window()
    assert {"Esc", "Ctrl+K"} <= by_window
    choices = [choice for parts in page.findChildren(Parts) for choice in parts.choices()]
    for turn in [choice.click for choice in choices] or [page.repaint]:
        turn()
        told = [found[1] for one in seen(page) if (found := KEY_TOLD.search(one.text()))]
        # In a label & is a sign like any other: no page gives a field a letter of its own.
        letters = [letter.upper() for one in seen(page) for letter in MNEMONIC.findall(one.text())]
        everywhere = [
            keys.key().toString()
            for keys in page.findChildren(QShortcut)
            if keys.context() == Qt.ShortcutContext.WindowShortcut
        ]
        for keys in (told, letters, [*everywhere, *by_window]):
            assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_a_page_with_several_decisions_names_them_and_shows_one(qtbot: QtBot) -> None:
    page = made(qtbot, OutsideScreen)
    (parts,) = page.findChildren(Parts)
    assert len(parts.choices()) == 6
    shown = {one.accessibleName() for one in seen(page)}
    assert "Show the request as pictures" in shown
    assert not {"Compare", "Compare the words", "Export the journal"} & shown
    parts.choices()[2].click()
    shown = {one.accessibleName() for one in seen(page)}
    assert "Compare" in shown
    assert "Show the request as pictures" not in shown


# --- keys ---------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> tuple[Verb, list[int]]:
    """A grave button that has just appeared, as it is outside of the walks."""
    monkeypatch.setattr(verb, "GRAVE_MS", 120)
    pressed: list[int] = []
    button = Verb("End it", lambda: pressed.append(1), weight="danger", name="")
    qtbot.addWidget(button)
    button.show()
    button.setFocus()
    return button, pressed


@pytest.mark.parametrize("key", PRESSES)
def test_a_key_meant_for_what_stood_here_before_presses_nothing_grave(
    qtbot: QtBot, counted: tuple[Verb, list[int]], key: Qt.Key
) -> None:
    button, pressed = counted
    QTest.keyClick(button, key)
    assert pressed == []
    qtbot.waitUntil(lambda: button.hears)
    QTest.keyClick(button, key)
    assert pressed == [1]


def test_a_click_meant_for_what_stood_here_before_presses_nothing_grave(
    qtbot: QtBot, counted: tuple[Verb, list[int]]
) -> None:
    button, pressed = counted
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == []
    qtbot.waitUntil(lambda: button.hears)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


def test_a_time_is_typed_as_it_is_written(qtbot: QtBot) -> None:
    """The signs between the numbers lead to the next number, not out of the field."""
    edit = form.moment()
    qtbot.addWidget(edit)
    edit.show()
    edit.setFocus()
    edit.setSelectedSection(edit.Section.YearSection)
    QTest.keyClicks(edit, "2031-02-28 23:59")
    assert edit.dateTime().toString("yyyy-MM-dd HH:mm") == "2031-02-28 23:59"


def test_a_secret_typed_blindly_is_heard_but_not_counted(qtbot: QtBot) -> None:
    field = SecretField()
    qtbot.addWidget(field)
    first, again = (edit for edit in field.findChildren(QLineEdit) if edit.echoMode() != edit.EchoMode.Normal)
    said = []
    for edit in (first, again):
        for _ in range(2):
            QTest.keyClicks(edit, "w")
            said.append([text.text() for text in field.findChildren(QLabel) if text.text() in HEARD])
    assert said == [[HEARD[1]]] * 2 + [[HEARD[2]]] * 2
    field.clear()
    assert HEARD[0] in [text.text() for text in field.findChildren(QLabel)]


@pytest.mark.parametrize("key", PRESSES)
def test_a_key_held_down_presses_nothing(qtbot: QtBot, counted: tuple[Verb, list[int]], key: Qt.Key) -> None:
    button, pressed = counted
    qtbot.waitUntil(lambda: button.hears)
    for _ in range(3):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", autorep=True)
            QApplication.sendEvent(button, event)
    assert pressed == []


def test_it_waits_again_each_time_it_appears(qtbot: QtBot, counted: tuple[Verb, list[int]]) -> None:
    button, pressed = counted
    qtbot.waitUntil(lambda: button.hears)
    button.hide()
    button.show()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed == []


def test_the_real_wait_is_half_a_second() -> None:
    source = inspect.getsource(verb)
    assert "GRAVE_MS = 500" in source


def test_what_cannot_be_undone_is_asked_with_the_safe_answer_in_hand(qtbot: QtBot) -> None:
    done: list[int] = []
    twice = Twice("End the session", "Yes, end it", lambda: done.append(1))
    qtbot.addWidget(twice)
    twice.show()
    (ask,) = [one for one in twice.findChildren(QPushButton) if one.isVisible()]
    ask.click()
    focused = twice.focusWidget()
    assert focused.accessibleName() == "No, go back"
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert done == []
    assert ask.isVisible()


def test_the_rail_says_why_a_number_is_missing(qtbot: QtBot) -> None:
    window = Window("Window", [("station", "Station"), ("board", "Board"), ("vault", "Vault")], "")
    qtbot.addWidget(window)
    window.show()
    window.rail.explain_holes("A missing number: nothing there for you now.")
    for offered, is_said in (
        (("station",), False),
        (("station", "vault"), True),
        (("vault", "station", "board"), False),
    ):
        window.allow(offered)
        told = [label.text() for label in window.rail.findChildren(QLabel) if label.isVisible()]
        assert told == (["A missing number: nothing there for you now."] if is_said else [])
    assert [one.text() for one in window.rail.findChildren(QPushButton)] == ["1  Station", "2  Board", "3  Vault"]


# --- messages, and where somebody begins ------------------------------------------------------------------------------


def with_button(qtbot: QtBot, pressed: Callable[[Page], object]) -> tuple[Page, QPushButton]:
    page = Page("Approve")
    verb_ = button("Take it", lambda: pressed(page))
    page.column.addWidget(verb_)
    qtbot.addWidget(page)
    page.show()
    return page, verb_


def presses(found: QPushButton) -> list[Callable[[], None]]:
    return [
        lambda: QTest.mouseClick(found, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(found, Qt.Key.Key_Return),
        lambda: QTest.keyClick(found, Qt.Key.Key_Space),
    ]


def test_what_was_done_goes_with_the_next_press_and_a_problem_stays(qtbot: QtBot) -> None:
    page, found = with_button(qtbot, lambda _: None)
    for press in presses(found):
        page.say_done("It is open.")
        QTest.keyClick(found, Qt.Key.Key_Tab)
        QApplication.processEvents()
        assert page.messages.isVisible()
        press()
        qtbot.waitUntil(lambda: not page.messages.isVisible())
        page.say_problem("It failed.", "Try again.")
        press()
        QApplication.processEvents()
        assert page.messages.isVisible()


def test_what_a_press_has_done_stays(qtbot: QtBot) -> None:
    page, found = with_button(qtbot, lambda page: page.say_done("The second one is done."))
    for press in presses(found):
        page.say_done("The first one is done.")
        press()
        QApplication.processEvents()
        assert page.messages.accessibleName() == "The second one is done."
        assert page.messages.isVisible()


def test_what_was_done_is_gone_when_somebody_comes_back(qtbot: QtBot) -> None:
    window = Window("Window", [("board", "Board"), ("request", "Request")], "")
    qtbot.addWidget(window)
    board, request = Page("Board"), Page("Request")
    for name, page in (("board", board), ("request", request)):
        window.add_page(name, page)
    window.show()
    window.choose("board")
    board.say_done("It is withdrawn.")
    request.say_problem("It failed.", "Try again.")
    for name in ("request", "board", "request"):
        window.choose(name)
        assert not board.messages.isVisible()
    assert request.messages.isVisible()  # Nobody knows whether it was read.


@pytest.mark.parametrize("moved", [False, True])
def test_what_comes_a_moment_later_takes_the_focus_unless_it_was_moved(qtbot: QtBot, moved: bool) -> None:
    page, found = with_button(qtbot, lambda _: None)
    other, late = button("Another", lambda: None), QLineEdit()
    page.column.addWidget(other)
    QApplication.processEvents()  # What was just added is not there before.
    page.arrive()
    assert page.focusWidget() is found
    if moved:
        other.setFocus()
        assert page.focusWidget() is other
    page.column.insertWidget(1, late)
    qtbot.wait(3 * SETTLED_MS)
    assert page.focusWidget() is (other if moved else late)
