# SPDX-License-Identifier: Apache-2.0
"""From the journal's alarm to the first secret of the new journal, in the window, by keys, on real tokens."""

import sys

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.support.limits import MOST_ACTS

pytestmark = pytest.mark.real


def fill(hands: Hands, texts: tuple[dict[str, str], dict[str, str]]) -> None:
    for name, text in texts[0].items():
        hands.find(QLineEdit, name).setText(text)
    for name, text in texts[1].items():
        hands.find(QPlainTextEdit, name).setPlainText(text)
    hands.find(QCheckBox, "DE").setChecked(True)
    boxes = hands.window.findChildren(QCheckBox)
    next(box for box in boxes if box.text().startswith("salesforce-emergency-admin")).setChecked(True)


def approve(hands: Hands, pin: str, name: str, role: str) -> None:
    hands.find(QRadioButton, f"{name} ({role})").setChecked(True)
    hands.find(QLineEdit, "Matter number, typed again").setText("M-2026-00117")
    if role == "Legal":
        hands.find(QCheckBox, "I confirm that no privilege is claimed.").setChecked(True)
    hands.press("Approve")
    hands.pin(pin, name)
    hands.read(f"{name} has approved.")


def test_from_the_alarm_to_the_first_secret(
    qtbot: QtBot, alarmed: Sample, request_texts: tuple[dict[str, str], dict[str, str]]
) -> None:
    with on_window(qtbot, alarmed.settings) as hands:
        hands.unlock(0, alarmed.pins["legal-1"], "Anna Berg")
        hands.read("ALARM · unlocked by Anna Berg")
        hands.read("It is shorter than the security module remembers.")
        hands.acts = 0
        hands.enter("Begin a new journal")
        hands.read("Found: ")
        hands.picture("alarm")
        # The focus is where the next signature is asked for: Enter, PIN, Enter, PIN.
        hands.enter("Carla Dietz signs (IT)")
        hands.pin(alarmed.pins["it-1"], "Carla Dietz")
        hands.enter("Anna Berg signs (Legal)")
        hands.pin(alarmed.pins["legal-1"], "Anna Berg")
        hands.read("The new journal has begun")
        assert not hands.seen(QPushButton, "Alarm, Alt 0")
        assert hands.acts == 5

        hands.window.choose("request")
        fill(hands, request_texts)
        hands.press("File the request")
        hands.read("The request is filed.")
        approve(hands, alarmed.pins["legal-2"], "Ben Clausen", "Legal")
        approve(hands, alarmed.pins["it-1"], "Carla Dietz", "IT")
        hands.window.choose("session")
        hands.press("Open now")
        hands.press("Show once: salesforce-emergency-admin")
        hands.find(QPushButton, "I have it (read back)")
        sys.stdout.write(f"from the alarm to the first secret: {hands.acts} buttons and PINs\n")
        assert hands.acts <= MOST_ACTS
        hands.press("I have it (read back)")
        hands.read("salesforce-emergency-admin: It was read back.")

        hands.window.choose("journal")
        now = hands.read("Entries ")
        hands.choose("Which journal", "Journal 1, from before an alarm")
        hands.read_other("Entries ", now)
        hands.picture("older-journal")
