# SPDX-License-Identifier: Apache-2.0
"""Walks every page of a station's window in the language of this process; run by ``test_tongues.py`` in one of its own.

What a person can see on each page is written to the file that TONGUE_SAID names: page -> texts; what of it is cut; and
the station's own data: what somebody typed or named, and what the journal keeps.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from console.actions.activation import approval, lifecycle
from console.actions.journal import reading
from console.actions.policy import steps
from console.actions.station import lifecycle as station_actions
from console.demo.emergency import REQUEST
from console.demo.story import MATTER
from console.domain.canonical import Json
from console.gui.rooms import ROOMS
from console.gui.shell.worker import Worker
from tests.gui import audit
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.support.stations import opened

SIZE = 1366, 768
"""The smallest screen that the window is made for."""
SETTLED_MS = 350
FREE_MS = 20_000
WITHDRAWN = 3
"""The number in the words of the request that is taken back: only what is over has a course to look back on."""
T = TypeVar("T", bound=QWidget)
PAGES = [name for room in ROOMS for name in room.tasks]


def texts(root: QWidget) -> Iterator[str]:
    """Yield what can be seen, and what is read aloud instead of it."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield widget.accessibleName()
        yield widget.toolTip()
        match widget:
            case QLabel() | QAbstractButton():
                yield widget.text()
            case QLineEdit() | QPlainTextEdit():
                yield widget.placeholderText()
            case QComboBox():
                yield from (widget.itemText(number) for number in range(widget.count()))
            case QTableView():
                yield from cells(widget)
            case _:
                pass


def cells(table: QTableView) -> Iterator[str]:
    """Yield the titles of a table's columns, and what stands in its first rows."""
    model = table.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        yield from (str(model.index(row, column).data() or "") for row in range(min(20, model.rowCount())))


def cut(root: QWidget) -> Iterator[str]:
    """Yield what does not fit into its place."""
    yield from audit.cut_off(root)
    yield from audit.sideways(root)
    for table in root.findChildren(QTableView):
        header = table.horizontalHeader()
        for column in range(header.count()) if table.isVisible() else ():
            if header.sectionSizeHint(column) > header.sectionSize(column):
                yield str(table.model().headerData(column, Qt.Orientation.Horizontal))


class Walker:
    """Goes from page to page and writes down what it reads."""

    def __init__(self, hands: Hands, data: list[object]) -> None:
        self.hands, self.data = hands, data
        self.said, self.cut = dict[str, list[str]](), dict[str, list[str]]()

    def look(self, name: str) -> None:
        """Read what is on the screen now."""
        (worker,) = self.hands.window.findChildren(Worker)
        self.hands.qtbot.wait(SETTLED_MS)
        self.hands.qtbot.waitUntil(lambda: not worker.is_busy, timeout=FREE_MS)
        self.hands.qtbot.wait(SETTLED_MS)
        self.hands.picture(name)
        window = self.hands.window
        self.said[name] = sorted({*filter(None, texts(window)), window.windowTitle()})
        self.cut[name] = sorted(set(cut(window)))

    def go(self, name: str) -> None:
        """Turn to a page; to one that shows what was chosen elsewhere, by choosing it there."""
        leads = {"entry": self._choose_entry, "course": self._choose_course}
        leads.get(name, partial(self.hands.window.choose, name))()
        pages = self.hands.window.pages
        self.hands.qtbot.waitUntil(lambda: pages.name_of(self.hands.window.page) == name, timeout=FREE_MS)
        self.look(name)

    def _choose_entry(self) -> None:
        self.hands.window.choose("journal")
        table = self._wait_for(QTableView, lambda one: bool(one.model().rowCount()))
        table.selectRow(0)
        QTest.keyClick(table, Qt.Key.Key_Return)

    def _choose_course(self) -> None:
        self.hands.window.choose("board")
        self._wait_for(QAbstractButton, lambda one: f"({WITHDRAWN})" in one.accessibleName()).click()

    def _wait_for(self, kind: type[T], is_meant: Callable[[T], bool]) -> T:
        """Wait for a control that can be seen on the page; return it."""

        def there() -> list[T]:
            found = self.hands.window.page.findChildren(kind)
            return [one for one in found if one.isVisible() and is_meant(one)]

        self.hands.qtbot.waitUntil(lambda: bool(there()), timeout=FREE_MS)
        return there()[0]

    def unlock(self, pin: str) -> None:
        """Unlock as the person in the last row, found by kinds of controls, not by their names."""
        window, wait = self.hands.window, self.hands.qtbot.waitUntil

        def people() -> list[QListWidget]:
            return [one for one in window.findChildren(QListWidget) if one.isVisible() and one.count()]

        wait(lambda: bool(people()), timeout=FREE_MS)
        self.look("locked")
        people()[0].setCurrentRow(people()[0].count() - 1)
        buttons = [b for b in window.page.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        next(b for b in buttons if b.property("weight") == "primary").click()

        def field() -> list[QLineEdit]:
            found = window.findChildren(QLineEdit)
            return [one for one in found if one.isVisible() and one.echoMode() != QLineEdit.EchoMode.Normal]

        wait(lambda: bool(field()), timeout=FREE_MS)
        self.look("pin")
        QTest.keyClicks(field()[0], pin)
        QTest.keyClick(field()[0], Qt.Key.Key_Return)
        wait(lambda: window.is_allowed("board"), timeout=FREE_MS)


@pytest.fixture
def walker(qtbot: QtBot, sample: Sample) -> Iterator[Walker]:
    known = file_requests(sample)
    with on_window(qtbot, sample.settings) as hands:
        hands.window.resize(*SIZE)
        yield Walker(hands, known)


def file_requests(sample: Sample) -> list[object]:
    """File requests: one waits for approvals, one is approved, one is open, one was taken back; return what is data."""
    place = opened(sample.settings, sample.pins)
    with place.console() as console:
        acts = [
            str(lifecycle.request(console, request(number), sign_as="legal-ops-1")["activation"])
            for number in range(WITHDRAWN + 1)
        ]
        lifecycle.withdraw(console, acts.pop())
        for act in acts[1:]:
            approval.approve(console, act, "legal-1", matters=[MATTER])
            approval.approve(console, act, "it-1", matters=[MATTER])
        # The newest: it is what the page of the session shows at first.
        lifecycle.open_activation(console, acts[2])
        entries = reading.list_entries(console)["entries"]
        known: list[object] = [
            entries,
            steps.show(console.policy),
            asdict(sample.settings),
            REQUEST,
            list(sample.sealed),
        ]
    station_actions.lock(place.locked)
    place.close()
    return known


def request(number: int) -> dict[str, Json]:
    """Return a request that says something else than the one before."""
    told = {name: f"{REQUEST[name]} ({number})" for name in ("reason", "harm_if_delayed", "incident")}
    return {**REQUEST, **told, "minutes": 60}


def test_walk(walker: Walker, sample: Sample) -> None:
    walker.unlock(sample.pins["legal-ops-1"])
    for name in PAGES:
        if name != "alarm":
            walker.go(name)
    found = {"said": walker.said, "cut": walker.cut, "data": walker.data}
    Path(os.environ["TONGUE_SAID"]).write_text(json.dumps(found, ensure_ascii=False, default=str))
