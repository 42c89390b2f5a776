# SPDX-License-Identifier: Apache-2.0
"""Rows that wrap: they come and go with every look at the station, and keep hold of nothing that is gone."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.gui.kit.widgets import PlainLabel, button, clear_layout, row

ROUNDS = 60


def fill(column: QVBoxLayout) -> None:
    for number in range(6):
        column.addLayout(row(button(f"Press {number}", lambda: None), PlainLabel(f"told {number}", wrap=False)))


def test_rows_that_are_built_anew_hold_nothing_that_is_gone(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    column = QVBoxLayout(whole)
    whole.show()
    heights = set()
    for _ in range(ROUNDS):
        clear_layout(column)
        fill(column)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        heights.add((column.heightForWidth(120), column.heightForWidth(1200)))
    assert len(heights) == 1
    ((narrow, wide),) = heights
    assert narrow > wide


def test_a_row_outlives_another_whose_window_is_gone(qtbot: QtBot) -> None:
    kept = QWidget()
    qtbot.addWidget(kept)
    for _ in range(ROUNDS):
        gone = QWidget()
        fill(QVBoxLayout(gone))
        gone.show()
        del gone
    fill(QVBoxLayout(kept))
    kept.show()
    layout = kept.layout()
    assert layout is not None and layout.heightForWidth(1200) > 0
