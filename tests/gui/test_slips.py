# SPDX-License-Identifier: Apache-2.0
"""Slips of a tired hand: a wheel over an answer, a secret typed differently, a stale problem, a wrong matter number."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.gui.kit import form, theme, verb, widgets
from console.gui.kit.confirmation import Twice
from console.gui.kit.decision import Decision
from console.gui.kit.secret_field import SecretField
from console.gui.kit.widgets import Page
from console.gui.shell.next_card import NextCard
from console.gui.shell.next_step import NextStep
from console.gui.shell.window import Window
from console.gui.snapshot import Person

LOW, MUCH = 200, 3000


@pytest.fixture(scope="module", autouse=True)
def looks(qapp: QApplication) -> None:
    theme.apply(qapp)


@pytest.fixture(autouse=True)
def hears_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "GRAVE_MS", 0)


def test_the_wheel_answers_nothing_and_is_left_to_the_page(qtbot: QtBot) -> None:
    choice, number = form.choice([("a", "First"), ("b", "Second")]), form.number(1, 9, 1)
    for box in (choice, number, form.moment()):
        qtbot.addWidget(box)
        box.show()
        place = QPointF(box.rect().center())
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, event)
        assert not event.isAccepted()
        assert not box.focusPolicy() & ~Qt.FocusPolicy.StrongFocus  # it does not come by the wheel either
    assert choice.currentData() == "a" and number.value() == 1


def test_a_secret_typed_differently_is_typed_again_from_nothing(qtbot: QtBot) -> None:
    field = SecretField()
    qtbot.addWidget(field)
    first, again = (field._first, field._again)
    first.setText("correct horse")
    again.setText("correct hores")
    assert field.problem()
    assert field.start_again() is first
    assert first.text() == again.text() == ""
    for edit in (first, again):
        QTest.keyClicks(edit, "correct horse")
    assert not field.problem()


@pytest.mark.parametrize("read_ms", [0, 60_000])
def test_a_problem_goes_once_somebody_had_time_to_read_it_and_left(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, read_ms: int
) -> None:
    monkeypatch.setattr(widgets, "READ_MS", read_ms)
    window = Window("Window", [("board", "Board"), ("request", "Request")], "")
    qtbot.addWidget(window)
    board = Page("Board")
    window.add_page("board", board)
    window.add_page("request", Page("Request"))
    window.show()
    window.choose("board")
    board.say_problem("It failed.", "Try again.")
    for name in ("request", "board"):
        window.choose(name)
    assert board.messages.isVisible() is (read_ms > 0)


def test_the_second_question_of_a_grave_button_is_in_sight(qtbot: QtBot) -> None:
    page, grave = Page("Page"), Twice("End it", "Yes, end it", lambda: None)
    qtbot.addWidget(page)
    for _ in range(2):
        filler = QLabel("")
        filler.setFixedHeight(MUCH)
        page.column.addWidget(filler)
        page.column.addWidget(grave)
    page.column.addWidget(QLineEdit())
    page.resize(500, LOW)
    page.show()
    ask, no = (b for b in grave.findChildren(QPushButton) if b.text() in {"End it", "No, go back"})
    page.reveal(ask)
    QTest.keyClick(ask, Qt.Key.Key_Space)
    view = page._scroll.viewport()
    qtbot.waitUntil(lambda: view.rect().contains(no.mapTo(view, no.rect().center())))
    assert page.focusWidget() is no


@pytest.mark.parametrize(("page", "leads"), [("board", True), ("vault", False), ("confirm", False), ("seal", False)])
def test_what_comes_next_leads_nobody_away_from_doing_it(qtbot: QtBot, page: str, leads: bool) -> None:
    card, led = NextCard(), list[str]()
    qtbot.addWidget(card)
    card.chosen.connect(lambda name, _: led.append(name))
    card.present(NextStep("A new version waits", "Somebody else must confirm it.", "Go and confirm it", "vault"))
    card.stand_above(page)
    (go,) = card.findChildren(QPushButton)
    assert go.isHidden() is not leads
    if page != "vault":
        card.go()
        assert bool(led) is leads


def test_a_wrong_matter_number_is_told_before_any_pin(qtbot: QtBot) -> None:
    told, approved = list[str](), list[object]()
    decision = Decision(lambda what, now, leads: told.append(what), lambda _: None)
    qtbot.addWidget(decision)
    decision.approved.connect(lambda *given: approved.append(given[1]))
    person = Person("it-1", "Carla Dietz", "it")
    decision.offer([person], [], {"matters": ["M-2026-00117"], "privilege": "none"})
    decision._people.findChildren(QRadioButton)[0].setChecked(True)
    for typed in ("M-2026-00171", "M-2026-00117"):
        decision._typed.setText(typed)
        decision._approve()
    assert told == ["The matter number that was typed is not the one in the request."]
    assert approved == [["M-2026-00117"]]
