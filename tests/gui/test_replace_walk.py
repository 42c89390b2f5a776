# SPDX-License-Identifier: Apache-2.0
"""A new security module in the window, on real tokens: the station goes on in another folder, the old one is spent."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.settings import read
from tests.gui.hands import on_window
from tests.support.stations import make_station

pytestmark = [pytest.mark.real, pytest.mark.long]


def test_the_station_moves_to_a_new_module(qtbot: QtBot, tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    folder = tmp_path / "second"
    with on_window(qtbot, settings) as hands:
        hands.unlock(0, pins["legal-1"], "Anna Berg")
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("readiness")
        hands.read("The security module answers")
        hands.press("Upkeep")
        hands.press("A new security module …")
        hands.press("Move to a new module")
        hands.press("Yes, and the old one opens nothing any more")
        hands.read("No folder is named.")
        hands.find(QLineEdit, "New folder of the station").setText(str(folder))
        hands.press("Move to a new module")
        hands.picture("replace")
        hands.press("Yes, and the old one opens nothing any more")
        hands.read(f"The station is in {folder} now.")
    assert (folder / "genesis.json").read_bytes() == (settings.folder / "genesis.json").read_bytes()
    with on_window(qtbot, read(folder)) as hands:
        hands.unlock(0, pins["legal-1"], "Anna Berg")
        hands.read("ALARM · unlocked by Anna Berg")
        hands.find(QPushButton, "Begin a new journal")
