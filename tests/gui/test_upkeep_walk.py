# SPDX-License-Identifier: Apache-2.0
"""What an administrator does in peacetime, in the window, on real tokens: change, seal again, back up, measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.settings import read
from tests.gui.hands import Hands, on_window
from tests.support.changes import stale_base
from tests.support.scenes import Base, pins_of, sealed_base, staged

pytestmark = [pytest.mark.real, pytest.mark.long]
EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"


FORM_LINES = {
    "Matter numbers": "M-2026-00117",
    "System": "identity provider",
    "What is seen": "sign-in page times out",
    "How it was checked": "browser and phone, two networks",
}
FORM_TEXTS = {
    "Harm if it waits": "Time limits of the day cannot be seen without signing in.",
    "What was tried instead": "service desk called",
}


@contextmanager
def window_on(qtbot: QtBot, base: Base) -> Iterator[Hands]:
    with staged(base) as scene, on_window(qtbot, read(scene.folder / "station")) as lent:
        lent.find(QPushButton, "Request break-glass access")
        lent.pins = pins_of(scene.folder)
        yield lent


def test_changes_and_prepared_requests_come_from_files_or_a_form(qtbot: QtBot, tmp_path: Path) -> None:
    with window_on(qtbot, sealed_base()) as hands:
        hands.window.choose("people")
        hands.press("Another change")
        hands.press("Propose this change")
        hands.read("One change file is needed.")
        hands.find(QLineEdit, "Change file").setText(str(EXAMPLES / "change.toml"))
        hands.press("Propose this change")
        hands.read("It is proposed. Read it below")
        hands.read("Change number 2 waits")
        hands.picture("change")
        hands.window.choose("request")
        hands.press("From a prepared request")
        hands.press("Prepare another one")
        hands.find(QLineEdit, "Its name").setText("crm-down-at-night")
        hands.find(QLineEdit, "Request file (TOML)").setText(str(tmp_path / "missing.toml"))
        hands.press("Propose the file")
        hands.read("There is a problem")
        hands.find(QLineEdit, "Request file (TOML)").setText(str(EXAMPLES / "prepared.toml"))
        hands.press("Propose the file")
        hands.read("crm-down-at-night: waits for signatures")
        hands.press("Prepare another one")
        hands.press("Propose it")
        hands.read("A name is missing.")
        hands.find(QLineEdit, "Its name").setText("sign-on-down")
        hands.press("Propose it")
        hands.read("The request is not complete.")
        assert hands.seen(QLineEdit, "Incident number") == []  # Only the hour tells it.
        for name, text in FORM_LINES.items():
            hands.find(QLineEdit, name).setText(text)
        for name, text in FORM_TEXTS.items():
            hands.find(QPlainTextEdit, name).setPlainText(text)
        for name in ("salesforce-emergency-admin (password)", "DE"):
            hands.find(QCheckBox, name).setChecked(True)
        hands.picture("prepare")
        hands.press("Propose it")
        hands.read("sign-on-down is proposed: each group signs it below.")
        hands.read("sign-on-down: waits for signatures")
        hands.read_part("Opens: salesforce-emergency-admin; 60 minutes, 4 showings in all.")


def test_a_backup_the_module_and_how_old_everything_is(qtbot: QtBot, tmp_path: Path) -> None:
    with window_on(qtbot, sealed_base()) as hands:
        hands.window.choose("readiness")
        hands.read("Token of Ben Clausen: never proven, here")
        hands.read("salesforce-emergency-admin: sealed 0 days ago")
        hands.read("Sheets of Legal: none")
        hands.read("No fresh backup holds what is sealed today")
        hands.read("none was ever written")
        hands.press("Upkeep")
        hands.press("Seal again")
        hands.press("See what it takes")
        hands.read("Everything is sealed to the people of today.")
        hands.press("Backup")
        hands.find(QLineEdit, "Empty folder on another disk").setText(str(tmp_path / "copy"))
        hands.press("Check a backup")
        hands.read("There is a problem")
        hands.press("Write a backup")
        hands.read(f"{tmp_path}/copy lies on the station's own disk")
        hands.find(QCheckBox, "It may lie on the station's own disk, which one fault takes along").setChecked(True)
        hands.press("Write a backup")
        hands.read(f"The backup is written into {tmp_path}/copy")
        hands.press("Check a backup")
        hands.read("This backup is whole: ")
        hands.press("Back to readiness")
        hands.find(QCheckBox, "Show details for IT").setChecked(True)
        hands.read("A backup holds what is sealed today: in order")
        hands.press("Upkeep")
        hands.press("Measure the module")
        hands.press("Measure it")
        hands.read("An old copy of the security module could bring things back")
        assert hands.window.page.messages.property("message") == "warning"  # type: ignore[attr-defined]
        assert "Done" not in hands.texts()
        hands.read("What it destroys DOES NOT stay so: an old copy brings it back;")


def test_what_is_stale_is_sealed_again(qtbot: QtBot) -> None:
    """What it will take is said first; one touch later nothing is stale any more."""
    with window_on(qtbot, stale_base()) as hands:
        hands.window.choose("readiness")
        hands.read("Losing ")
        hands.press("Upkeep")
        hands.press("Seal again")
        hands.press("See what it takes")
        hands.read("Requests to file: 3. It takes about 28 minutes.")
        hands.picture("upkeep")
        hands.press("Seal again now")
        hands.pin(hands.pins["legal-ops-1"], "Eva Falk")
        hands.read("Sealed again: 1.")
        hands.read("Requests to file: 2.")
