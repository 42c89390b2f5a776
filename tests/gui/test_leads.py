# SPDX-License-Identifier: Apache-2.0
"""Every button of readiness leads to its page and to its part of it, without what was said there before."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.domain.text import told
from console.gui.kit.finding import LEADS, WITHOUT_NUMBER, finding
from console.gui.kit.parts import Parts
from console.gui.kit.widgets import Page
from console.gui.pages.readiness.readiness import ReadinessScreen
from console.sentences.checks import CHECKS
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window

pytestmark = [pytest.mark.real, pytest.mark.long]
NOT_HERE = ("anchor", "prepared")
"""What only an alarm, or a request that waits for agreement, offers."""
OLD = "What was wrong in another part"


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        lent.unlock(0, sample.pins["legal-1"], "Anna Berg")
        lent.find(QPushButton, "Request break-glass access")
        lent.window.choose("readiness")
        yield lent


def test_every_button_of_readiness_opens_its_page_and_its_part(hands: Hands) -> None:
    readiness = hands.window.page
    assert isinstance(readiness, ReadinessScreen)
    hands.read("How old it is")  # The checks are made; they come only once.
    for mend, (words, page, part) in LEADS.items():
        if mend in NOT_HERE:
            continue
        if (made := hands.window.pages.made(page)) is not readiness:
            assert isinstance(made, Page)
            made.say_problem(OLD, "")
        _button(mend, words, readiness).click()
        assert hands.window.pages.name_of(hands.window.page) == page, mend
        if part:
            assert part in _parts_shown(hands.window.page), mend
            assert OLD not in hands.texts(), mend
    readiness.page_asked.emit(*WITHOUT_NUMBER[1:])
    assert WITHOUT_NUMBER[2] in _parts_shown(hands.window.page)


def test_what_was_wrong_in_a_part_is_gone_in_the_next(hands: Hands) -> None:
    hands.window.choose("upkeep")
    hands.press("Seal again")
    hands.read("No activation is open. File a request for what is to be sealed again,")
    assert not hands.seen(QComboBox, "Open activation")  # An empty list would say nothing.
    hands.press("Seal again now")
    hands.read("No activation is open.")
    hands.press("Backup")
    assert "No activation is open." not in hands.texts()


def test_a_part_that_is_offered_later_is_turned_to_then(qtbot: QtBot) -> None:
    page, first, later = Page("Title"), QLabel("1"), QLabel("2")
    qtbot.addWidget(page)
    parts = page.parts(("First", first), ("Later", later))
    page.column.addWidget(parts)
    parts.allow(later, allowed=False)
    page.turn_to_part("Later")
    assert _parts_shown(page) == ["First"]
    parts.allow(later, allowed=True)
    assert _parts_shown(page) == ["Later"]
    parts.choices()[0].click()
    parts.allow(later, allowed=True)
    assert _parts_shown(page) == ["First"]


def _button(mend: str, words: str, readiness: ReadinessScreen) -> QPushButton:
    row: Mapping[str, Any] = {
        "id": mend if mend in CHECKS else "recovery_sheets",
        "mend": mend,
        "ok": False,
        "level": "warning",
        "call": [],
        "said": [told("in order")],
    }
    made = finding(row, {}, readiness.page_asked.emit)
    (found,) = [one for one in made.findChildren(QPushButton) if one.text() == words]
    found.setParent(readiness)
    return found


def _parts_shown(page: QWidget) -> list[str]:
    return [choice.text() for parts in page.findChildren(Parts) for choice in parts.choices() if choice.isChecked()]
