# SPDX-License-Identifier: Apache-2.0
"""The last step of the retreat in the window: the light says so, two accept, and what to write stands on the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QSpinBox
from pytestqt.qtbot import QtBot

from console.domain.canonical import Json
from console.gui.pages.paper.paper import PaperScreen
from console.sentences import paper
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.gui.views import snapshot

pytestmark = pytest.mark.real

NOTHING: dict[str, Json] = {"light": "paper", "why": "disk_full", "waiting": 0, "incomplete": False}
PEOPLE: dict[str, Json] = {"legal-1": "Anna Berg", "it-1": "Carla Dietz"}
ASKED: dict[str, Json] = {"write": ["date and time", "activation"], "people": PEOPLE}
IN_PEACE: dict[str, Json] = {
    "recording": {**NOTHING, "light": "recording"},
    "since": None,
    "serial": None,
    "accepted": [],
    "missing": ["it", "legal"],
    "given": [],
    **ASKED,
}
STATE: dict[str, Json] = {
    "recording": NOTHING,
    "since": "2026-11-24T02:15:00.000Z",
    "serial": 7,
    "accepted": ["legal-1", "it-1"],
    "missing": [],
    **ASKED,
    "given": [{"credential": "idp-codes", "item": 3, "at": "2026-11-24T02:20:00.000Z"}],
}


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        yield lent


def test_in_peace_forms_are_printed_and_nobody_can_accept(hands: Hands, sample: Sample, tmp_path: Path) -> None:
    people = hands.find(QListWidget, "Who are you?")
    hands.unlock(people.count() - 1, sample.pins["legal-ops-1"], "Eva Falk")
    hands.read("Recording")
    hands.window.choose("journal")
    hands.press("When nothing takes entries")
    hands.read("Recording: The journal takes every entry.")
    hands.read("Nothing is to be done now.")
    hands.read("4. Two keyholders of two groups accept paper mode")
    hands.picture("paper")
    hands.press("Forms to print")
    hands.find(QSpinBox, "How many").setValue(3)
    hands.find(QLineEdit, "Folder for the forms").setText(str(tmp_path / "forms"))
    hands.press("Save again what is not used")
    hands.read("No number for a paper form is reserved that is not used.")
    hands.press("Reserve and save these forms")
    hands.read("Written: paper-forms-1-3.pdf in ")
    hands.read("2. Take form 1.")
    first, again = tmp_path / "forms" / "paper-forms-1-3.pdf", tmp_path / "again" / "paper-forms-1-3.pdf"
    hands.find(QLineEdit, "Folder for the forms").setText(str(again.parent))
    hands.press("Save again what is not used")
    hands.read(
        "Written: paper-forms-1-3.pdf in ",
        f"{again.parent}, a folder that was made for it. Print it, and keep it beside the station.",
    )
    assert [file.read_bytes()[:4] for file in (first, again)] == [b"%PDF"] * 2
    hands.press("Paper mode")
    hands.press("Accept paper mode")
    hands.read("Nobody is chosen.")
    hands.choose("Who accepts it", "Anna Berg (Legal)")
    hands.press("Accept paper mode")
    hands.pin(sample.pins["legal-1"], "Anna Berg")
    hands.read("The journal or its reserve takes entries")
    hands.press("Lock now, Control L")


def test_the_page_says_what_is_written_by_hand(qtbot: QtBot) -> None:
    page = PaperScreen()
    qtbot.addWidget(page)
    page.present(snapshot())
    page.show_state(STATE)
    page.resize(1060, 700)
    page.show()
    told = [label.text() for label in page.findChildren(QLabel)]
    assert any(text.startswith("Write on paper") for text in told) and any("idp-codes, code 3" in text for text in told)
    assert page.findChildren(QComboBox)[0].count() > 1
    page.forget()
    assert page.findChildren(QComboBox)[0].count() == 1


def steps(**changes: Json) -> list[paper.Step]:
    return paper.steps({**IN_PEACE, **changes})


def test_the_steps_say_what_is_done_what_waits_and_in_which_order() -> None:
    down: dict[str, Json] = {"recording": NOTHING, "serial": 7}
    numbered = [text.split(". ", 1)[0] for _, text in steps(**down)]
    assert numbered == [str(number) for number in range(1, 10)]
    assert "Take form 7." in steps(**down)[1][1]
    assert "as no form is numbered" in steps(**{**down, "serial": None})[1][1]
    begun: dict[str, Json] = {**down, "since": STATE["since"], "accepted": ["legal-1"], "missing": ["it"]}
    tone, told = steps(**begun)[3]
    assert (tone, told.endswith("Still needed is somebody of: IT.")) == ("warning", True)
    accepted = steps(**{**begun, "accepted": ["legal-1", "it-1"], "missing": []})
    assert accepted[3][0] == "good" and accepted[3][1].endswith("It was Anna Berg, Carla Dietz.")
    assert [tone for tone, _ in accepted].index("warning") == 4


def test_while_the_reserve_records_nobody_is_sent_to_paper() -> None:
    reserve = steps(recording={**NOTHING, "light": "reserve"})
    assert [text[:2] for _, text in reserve] == ["1.", "2.", "3."] and "as usual" in reserve[0][1]
    assert not any("form" in text for _, text in reserve)
