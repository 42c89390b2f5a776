# SPDX-License-Identifier: Apache-2.0
"""What the pictures say is what is drawn, in every scheme; and what is drawn stands in the table, by one key."""

import struct
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from console.gui.charts.chart import Chart, Picture
from console.gui.charts.course import CourseChart
from console.gui.charts.gauge import BudgetGauge
from console.gui.charts.quorum import QuorumBoard
from console.gui.kit import theme
from console.gui.pages.activation.board import BoardScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.snapshot import Person, Snapshot
from tests.gui.views import COURSE, activation, snapshot

SCHEMES = sorted(file.stem for file in (theme.RESOURCES / "style").glob("*.toml"))
NOW = 1_795_748_400_000
PEOPLE = (
    *(Person(f"legal-{n}", f"Legal Person {n}", "legal") for n in range(1, 6)),
    Person("it-1", "Carla Dietz", "it"),
)


def asked(given: int, missing: int) -> tuple[Snapshot, dict[str, Any]]:
    approvals = [{"member": f"legal-{n}", "group": "legal"} for n in range(1, given + 1)]
    view = activation("requested", approvals=approvals, missing={"legal": missing}, requester="ops-1")
    return replace(snapshot(view), people=PEOPLE), view


def drawn(qtbot: QtBot, chart: Chart, scheme: str, width: int = 900) -> tuple[QImage, dict[str, str]]:
    """Return the pixels of a chart's picture, and the colours it is drawn in."""
    theme.application()
    qtbot.addWidget(chart)
    chart.resize(width, 400)
    chart.show()
    picture = chart.findChild(Picture)
    assert isinstance(picture, Picture)
    picture.colours = theme.colours_of(scheme)
    picture.fit()
    qtbot.wait(30)
    return picture.grab().toImage(), theme.colours_of(scheme)


def pixels(image: QImage) -> tuple[int, ...]:
    """Return every pixel as a number, row after row."""
    exact = image.convertToFormat(QImage.Format.Format_RGB32)
    return struct.unpack(f"{exact.width() * exact.height()}I", bytes(exact.constBits()))


def spots(image: QImage, colour: str, least: int = 30) -> list[int]:
    """Return how many pixels each connected spot of a colour has, the largest first."""
    wanted, width = QColor(colour).rgb(), image.width()
    left = {at for at, pixel in enumerate(pixels(image)) if pixel == wanted}
    found = []
    while left:
        edge, size = [left.pop()], 0
        while edge:
            at = edge.pop()
            size += 1
            near = {at + 1, at - 1, at + width, at - width} & left
            left -= near
            edge += near
        found.append(size)
    return sorted((size for size in found if size >= least), reverse=True)


def runs(image: QImage, y: int, colour: str) -> list[int]:
    """Return the lengths of the runs of a colour in one row of pixels."""
    wanted, width = QColor(colour).rgb(), image.width()
    line = pixels(image)[y * width : (y + 1) * width]
    return [len(list(same)) for is_it, same in groupby(pixel == wanted for pixel in line) if is_it]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("given", "missing"), [(0, 2), (1, 1), (3, 2)])
def test_as_many_seats_are_filled_as_people_agreed(qtbot: QtBot, scheme: str, given: int, missing: int) -> None:
    board = QuorumBoard()
    board.present(*asked(given, missing))
    image, colours = drawn(qtbot, board, scheme)
    assert len(spots(image, colours["good"], 300)) == given
    # A broken ring is a handful of dashes.
    assert (len(spots(image, colours["warning"], 8)) > missing) == (missing > 0)
    table = board.findChild(QTableView)
    assert isinstance(table, QTableView) and table.model().rowCount() == given + missing


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_bars_are_as_long_as_they_say(qtbot: QtBot, scheme: str) -> None:
    gauge = BudgetGauge()
    gauge.present(activation("open", budget={"releases": 6, "used": 2, "left": 4}, seconds=3600), 900)
    image, colours = drawn(qtbot, gauge, scheme)
    assert len([length for length in runs(image, 2 + 22 + 13, colours["accent"]) if length > 40]) == 4
    (left,) = (length for length in runs(image, 2 + 22 + 26 + 12 + 22 + 13, colours["accent"]) if length > 40)
    assert left / image.width() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_nearly_over_is_hatched_and_says_so(qtbot: QtBot, scheme: str) -> None:
    gauge = BudgetGauge()
    gauge.present(activation("open", budget={"releases": 4, "used": 3, "left": 1}, seconds=3600), 60)
    image, colours = drawn(qtbot, gauge, scheme)
    assert not [length for length in runs(image, 2 + 22 + 13, colours["accent"]) if length > 40]
    assert len(runs(image, 2 + 22 + 13, colours["warning"])) > 10


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_event_has_its_sign(qtbot: QtBot, scheme: str) -> None:
    refused = {**COURSE[0], "kind": "refused", "type": "activation.refused", "time": "2026-11-27T02:05:00.000Z"}
    chart = CourseChart()
    chart.present(snapshot(), activation("ended", course=[COURSE[0], refused, *COURSE[1:]]), NOW)
    image, colours = drawn(qtbot, chart, scheme)
    assert len(spots(image, colours["good"], 60)) == 1
    assert len(spots(image, colours["danger"], 60)) >= 1
    # Asked, opened, the two showings as one sign or two, ended.
    assert len(spots(image, colours["accent"], 60)) in (4, 5)


def chart_of(kind: str) -> Chart:
    if kind == "quorum":
        board = QuorumBoard()
        board.present(*asked(1, 1))
        return board
    if kind == "budget":
        gauge = BudgetGauge()
        gauge.present(activation("open"), 900)
        return gauge
    course = CourseChart()
    course.present(snapshot(), activation("open", course=COURSE[:4]), NOW)
    return course


SENTENCES = {
    "quorum": "Approvals: Legal 1 of 2; 1 approval is missing.",
    "budget": "3 of 4 showings are left, and 15 minutes of 60 are left.",
    "course": "1 approval, 1 showing; it goes on.",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_one_key_turns_to_the_table_and_back(qtbot: QtBot, kind: str) -> None:
    theme.apply(theme.application())
    chart = chart_of(kind)
    qtbot.addWidget(chart)
    chart.show()
    chart.activateWindow()
    qtbot.waitUntil(chart.isActiveWindow)
    picture, table = chart.findChild(Picture), chart.findChild(QTableView)
    assert isinstance(picture, Picture) and isinstance(table, QTableView)
    assert QAccessible.queryAccessibleInterface(picture).role() == QAccessible.Role.Graphic
    assert SENTENCES[kind] in picture.accessibleName() and picture.accessibleName().endswith("Press T for a table.")
    picture.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(picture, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: table.isVisible() and not picture.isVisible() and table.hasFocus())
    assert table.model().rowCount() > 0 and table.accessibleName()
    QTest.keyClick(table, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: picture.isVisible() and not table.isVisible() and picture.hasFocus())
    (turn,) = chart.findChildren(QPushButton)
    assert turn.height() >= 24 and turn.accessibleName().endswith(": show as a table")


def test_what_happened_is_told_in_full_under_the_mouse(qtbot: QtBot) -> None:
    chart = chart_of("course")
    drawn(qtbot, chart, SCHEMES[0])
    picture = chart.findChild(Picture)
    assert isinstance(picture, Picture)
    told = set()
    for x in range(0, picture.width(), 6):
        for y in range(0, picture.height(), 10):
            at = QPoint(x, y)
            QApplication.sendEvent(picture, QHelpEvent(QEvent.Type.ToolTip, at, picture.mapToGlobal(at)))
            told.add(QToolTip.text())
    full = {f"2026-11-27 02:{minute}:00 UTC" for minute in ("00", "10", "20", "30")}
    assert len(full) == len({line for line in told if line}), told
    assert all("Eva Falk" in line for line in told if line)


def test_a_column_of_a_table_is_as_wide_as_the_names_in_it(qtbot: QtBot) -> None:
    chart = chart_of("course")
    qtbot.addWidget(chart)
    chart.resize(900, 400)
    chart.show()
    chart.turn()
    table = chart.findChild(QTableView)
    assert isinstance(table, QTableView)
    assert all(
        table.columnWidth(column) >= table.sizeHintForColumn(column)
        for column in range(table.model().columnCount() - 1)
    )


def test_a_tick_builds_nothing_anew_and_says_nothing_new(qtbot: QtBot) -> None:
    gauge = BudgetGauge()
    qtbot.addWidget(gauge)
    view = activation("open")
    gauge.present(view, 2999)
    before = [id(widget) for widget in gauge.findChildren(QWidget)]
    picture = gauge.findChild(Picture)
    assert isinstance(picture, Picture)
    said = picture.accessibleName()
    for seconds in range(2998, 2945, -1):
        gauge.present(view, seconds)
    assert [id(widget) for widget in gauge.findChildren(QWidget)] == before
    assert picture.accessibleName() == said
    table = gauge.findChild(QTableView)
    assert isinstance(table, QTableView)
    assert table.model().index(1, 2).data() == "49:06"


def test_a_table_that_somebody_turned_to_stays_when_something_happens(qtbot: QtBot) -> None:
    (before, _), (after, _) = asked(1, 1), asked(2, 0)
    page = BoardScreen()
    qtbot.addWidget(page)
    page.show()
    page.present(before)
    (board,) = page.findChildren(QuorumBoard)
    board.turn()
    page.present(after)
    (still,) = page.findChildren(QuorumBoard)
    qtbot.waitUntil(board.isVisible)
    assert still is board and board.is_table
    table = board.findChild(QTableView)
    assert isinstance(table, QTableView) and table.model().index(1, 2).data() == "agreed"


def test_the_session_draws_what_is_left_and_what_happened(qtbot: QtBot) -> None:
    page = SessionScreen()
    qtbot.addWidget(page)
    page.show()
    page.present(snapshot(activation("open", course=COURSE[:4])))
    gauge, course = page.findChild(BudgetGauge), page.findChild(CourseChart)
    assert isinstance(gauge, BudgetGauge) and isinstance(course, CourseChart)
    assert gauge.isVisible() and course.isVisible()
    page.present(snapshot(activation("ended", course=COURSE)))
    assert course.isVisible() and not gauge.isVisible()
    page.forget()
    assert not course.isVisible()
    picture = course.findChild(Picture)
    assert isinstance(picture, Picture) and not picture.accessibleName()
