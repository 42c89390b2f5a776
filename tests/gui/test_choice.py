# SPDX-License-Identifier: Apache-2.0
"""Choices: an opened list shows its rows whole, no state of a choice cuts its words, and an empty one says so."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit import form, theme, typed_text
from console.gui.kit.parts import Parts
from tests.support.patience import PatientBot


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


def test_a_choice_is_as_wide_whether_it_is_chosen_or_not(qtbot: PatientBot) -> None:
    theme.apply(theme.application())
    parts = Parts(("The same words", QWidget()), ("The same words", QWidget()))
    qtbot.addWidget(parts)
    with qtbot.waitExposed(parts):
        parts.show()
    chosen, other = parts.choices()
    assert (chosen.isChecked(), other.isChecked()) == (True, False)
    for choice in (chosen, other):
        choice.setText("Other words")  # else a size is told that was asked for before one of them was chosen
    assert chosen.sizeHint().width() == other.sizeHint().width()


def test_a_choice_says_when_there_is_nothing_to_choose(qtbot: PatientBot) -> None:
    box = form.choice([])
    qtbot.addWidget(box)
    assert box.placeholderText() == "nothing to choose here now"
    form.fill(box, [("a", "Anna Berg")])
    assert (box.placeholderText(), box.currentText()) == ("", "Anna Berg")
    form.fill(box, [])
    assert (box.placeholderText(), box.currentText()) == ("nothing to choose here now", "")


def test_a_choice_that_was_empty_offers_its_first_again_after_a_lock(qtbot: PatientBot) -> None:
    page, box = QWidget(), form.choice([("", "By anybody")])
    QVBoxLayout(page).addWidget(box)
    qtbot.addWidget(page)
    at_first = typed_text.offers(page)
    form.fill(box, [])
    typed_text.offer_only(at_first, {"journal": page})
    assert box.currentText() == "By anybody"
