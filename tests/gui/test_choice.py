# SPDX-License-Identifier: Apache-2.0
"""The list of a choice: opened by whoever has just come to it, all of it can be read."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui import form, theme
from tests.patience import PatientBot


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_row_is_whole(qtbot: PatientBot, count: int) -> None:
    theme.apply(theme.application())
    page = QWidget()
    qtbot.addWidget(page)
    box = form.choice([(number, f"Row {number}") for number in range(count)])
    QVBoxLayout(page).addWidget(box)
    with qtbot.waitExposed(page):
        page.show()
    box.setFocus()
    box.showPopup()
    rows = box.view()
    qtbot.waitUntil(lambda: rows.isVisible() and rows.verticalScrollBar().maximum() == 0)
    last = rows.visualRect(rows.model().index(count - 1, 0))
    assert last.height() >= 36
    assert last.bottom() < rows.viewport().height()
    box.hidePopup()
