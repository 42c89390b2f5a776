# SPDX-License-Identifier: Apache-2.0
"""Readiness, prepared requests and what opening will cost, in the window, on real tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.actions.activation import prepared
from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from tests.gui.hands import Hands, on_window
from tests.support.night_request import TEMPLATE
from tests.support.stations import make_station, opened

pytestmark = pytest.mark.real
EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    seal_samples(place)
    with place.console() as console:
        prepared.propose(console, "crm-down-at-night", TEMPLATE)
        prepared.sign(console, "crm-down-at-night", "legal-1")
    station_actions.lock(place.locked)
    place.close()
    with on_window(qtbot, settings) as lent:
        lent.unlock(4, pins["legal-ops-1"], "Eva Falk")
        lent.read("Unlocked by Eva Falk")
        lent.find(QPushButton, "Request break-glass access")
        lent.pins = pins
        yield lent


def test_readiness_what_if_and_the_grab_card(hands: Hands, tmp_path: Path) -> None:
    hands.window.choose("readiness")
    hands.read("Losing ")
    hands.picture("readiness")
    hands.press("If this were lost")
    hands.find(QCheckBox, "The security module").setChecked(True)
    hands.press("See what still opens")
    hands.read("salesforce-emergency-admin: ")
    hands.picture("what-if")
    hands.press("What was found")
    hands.find(QCheckBox, "Show details for IT").setChecked(True)
    hands.read("The security module answers: answers; unlocked by legal-ops-1")
    hands.press("The grab card")
    hands.find(QLineEdit, "Folder for the printed page").setText(str(tmp_path / "nix" / "paper"))
    hands.press("Print the grab card to a file (PDF)")
    hands.read(f"There is no folder {tmp_path / 'nix'}.")
    hands.find(QLineEdit, "Folder for the printed page").setText(str(tmp_path / "paper"))
    hands.press("Print the grab card to a file (PDF)")
    hands.read(f"Written: grab-card.pdf in {tmp_path / 'paper'}, a folder that was made for it.")
    assert (tmp_path / "paper" / "grab-card.pdf").read_bytes().startswith(b"%PDF")
    hands.press("The founding certificate")
    hands.find(QLineEdit, "Folder for the certificate").setText(str(tmp_path / "paper"))
    hands.press("Print the certificate to a file (PDF)")
    hands.read("Written: founding-certificate.pdf")
    assert (tmp_path / "paper" / "founding-certificate.pdf").read_bytes().startswith(b"%PDF")


def test_a_prepared_request_is_agreed_on_and_filed_with_three_fields(hands: Hands) -> None:
    hands.window.choose("request")
    hands.press("What opening will cost")
    hands.read("Nothing is chosen yet.")
    hands.press("From a prepared request")
    hands.read("No prepared request is agreed on.")
    hands.press("Carla Dietz signs (IT)")
    hands.pin(hands.pins["it-1"], "Carla Dietz")
    hands.read("crm-down-at-night is signed.")
    hands.read("Opens: idp-recovery-codes; 60 minutes, 4 showings in all.")
    # Proposed anew by one person alone, it can be filed all the same.
    hands.press("Prepare another one")
    hands.find(QLineEdit, "Its name").setText("crm-down-at-night")
    hands.find(QLineEdit, "Request file (TOML)").setText(str(EXAMPLES / "prepared.toml"))
    hands.press("Propose the file")
    hands.read("crm-down-at-night: waits for signatures; the one agreed on before stands until then")
    hands.picture("prepared-anew")
    hands.press("Use a prepared one")
    hands.read("Opens: idp-recovery-codes; 60 minutes, 4 showings in all.")
    hands.press("What opening will cost")
    hands.read("▲  idp-recovery-codes: codes left afterwards: 8.")
    hands.picture("prepared")
    hands.press("File this request")
    hands.read("The request is not complete.")
    hands.find(QLineEdit, "Incident number").setText("INC-2026-0042")
    hands.find(QPlainTextEdit, "Reason").setPlainText("Single sign-on has not answered since five past two.")
    hands.press("File this request")
    hands.read("The request is filed. Still missing: 1 × IT, 1 × Legal.")
