# SPDX-License-Identifier: Apache-2.0
"""Looking back in the window, on a real station: what happened in an emergency that is over."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTableView
from pytestqt.qtbot import QtBot

from console.actions.activation import lifecycle
from console.gui.charts.chart import Picture
from console.settings import read
from tests.gui.hands import Hands, on_window
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, sealed_base, staged

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def hands(qtbot: QtBot) -> Iterator[Hands]:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            gone = filed(console, {"credential": PASSWORD})
            lifecycle.withdraw(console, gone)
            approve(console, filed(console, {"credential": PASSWORD}), "legal-1")
        with on_window(qtbot, read(scene.folder / "station")) as lent:
            lent.find(QPushButton, "Request break-glass access")
            lent.window.choose("board")
            yield lent


def pictures(hands: Hands) -> list[Picture]:
    return [picture for picture in hands.window.findChildren(Picture) if picture.isVisible()]


def test_the_board_draws_who_is_missing_and_leads_to_what_happened(hands: Hands) -> None:
    hands.qtbot.waitUntil(lambda: len(pictures(hands)) == 1)
    assert "Approvals: IT 0 of 1, Legal 1 of 1; 1 approval is missing." in pictures(hands)[0].accessibleName()
    hands.picture("board-quorum")
    (go,) = [b for b in hands.window.findChildren(QPushButton) if b.accessibleName().startswith("What happened: ")]
    hands.press(go.accessibleName())
    hands.qtbot.waitUntil(lambda: "2 events since" in "".join(p.accessibleName() for p in pictures(hands)))
    (picture,) = pictures(hands)
    assert picture.accessibleName().endswith("it is over. Press T for a table.")
    hands.picture("course")
    hands.window.activateWindow()
    picture.setFocus(Qt.FocusReason.TabFocusReason)
    hands.qtbot.waitUntil(lambda: hands.window.isActiveWindow() and picture.hasFocus())
    QTest.keyClick(picture, Qt.Key.Key_T)
    hands.qtbot.waitUntil(lambda: not picture.isVisible())
    (table,) = [t for t in hands.window.findChildren(QTableView) if t.isVisible()]
    told = [str(table.model().index(row, 2).data()) for row in range(table.model().rowCount())]
    assert told == ["Request filed", "Request withdrawn"]
    hands.press("Back to the board")
    hands.find(QPushButton, "Request break-glass access")
