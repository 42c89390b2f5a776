# SPDX-License-Identifier: Apache-2.0
"""The last step of the retreat in the window: the light says so, two accept, and what to write stands on the page."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget
from pytestqt.qtbot import QtBot

from console.gui.screens.paper import PaperScreen
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.gui.views import snapshot

pytestmark = pytest.mark.real

NOTHING = {"light": "paper", "why": "disk_full", "waiting": 0, "incomplete": False}
STATE = {
    "recording": NOTHING, "since": "2026-11-24T02:15:00.000Z", "serial": 7, "accepted": ["legal-1", "it-1"],
    "missing": [], "write": ["date and time", "activation"],
    "given": [{"credential": "idp-codes", "item": 3, "at": "2026-11-24T02:20:00.000Z"}],
}  # fmt: skip


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        yield lent


def test_in_peace_numbers_are_reserved_and_nobody_can_accept(hands: Hands, sample: Sample) -> None:
    people = hands.find(QListWidget, "Who are you?")
    hands.unlock(people.count() - 1, sample.pins["legal-ops-1"], "Eva Falk")
    hands.read("Recording")
    hands.window.choose("journal")
    hands.press("When nothing takes entries")
    hands.read("Recording: The journal takes every entry.")
    hands.press("Numbers for the paper forms")
    hands.press("Reserve these numbers")
    hands.read("Reserved: forms 1 to 20.")
    hands.press("Paper mode")
    hands.press("Accept paper mode")
    hands.read("Nobody is chosen.")
    hands.choose("Who accepts it", "Anna Berg (Legal)")
    hands.press("Accept paper mode")
    hands.pin(sample.pins["legal-1"], "Anna Berg")
    hands.read("The journal or its reserve takes entries")
    hands.picture("paper")
    hands.press("Lock now, Control L")


def test_the_page_says_what_is_written_by_hand(qtbot: QtBot) -> None:
    page = PaperScreen()
    qtbot.addWidget(page)
    page.present(snapshot())
    page.show_state(STATE)
    page.resize(1060, 700)
    page.show()
    told = "\n".join(label.text() for label in page.findChildren(QLabel))
    assert "Write on paper" in told and "form 7" in told and "idp-codes, code 3" in told
    assert page.findChildren(QComboBox)[0].count() > 1
    page.forget()
    assert page.findChildren(QComboBox)[0].count() == 1
