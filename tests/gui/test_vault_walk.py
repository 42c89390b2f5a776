# SPDX-License-Identifier: Apache-2.0
"""Sealing in the window, on real tokens: typed twice unseen, from a picture, a new version, confirmed by another."""

import base64
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QRadioButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from console.adapters.qr import QrCodes
from console.domain.payload import otp
from console.settings import read
from console.wiring.station import Station
from tests.gui.hands import Hands, by_anna
from tests.support.stations import Pins, make_station

pytestmark = [pytest.mark.real, pytest.mark.long]
FIRST, SECOND = "Kranich-7-Ufer!", "Reiher-9-Schilf?"


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    with by_anna(qtbot, settings, pins) as lent:
        lent.window.choose("vault")
        yield lent


def fill(hands: Hands, kind: type[QWidget], name: str, text: str) -> None:
    edit = hands.find(kind, name)
    edit.clear()
    QTest.keyClicks(edit, text)


def describe(hands: Hands, name: str) -> None:
    hands.press("Seal a new credential")
    fill(hands, QLineEdit, "Name", name)
    fill(hands, QLineEdit, "System", "Salesforce production")
    fill(hands, QLineEdit, "Account", "emergency-admin")
    fill(hands, QPlainTextEdit, "How to change it", "Set a new one at the target.")


def type_secret(hands: Hands, secret: str, again: str) -> None:
    fill(hands, QLineEdit, "The secret", secret)
    fill(hands, QLineEdit, "The secret once more", again)


def nowhere(hands: Hands, secret: str) -> None:
    """Check that no widget says the secret: neither by its text nor to a screen reader."""
    for widget in hands.window.findChildren(QWidget):
        said = f"{widget.accessibleName()} {widget.accessibleDescription()} {widget.toolTip()}"
        shown = widget.displayText() if isinstance(widget, QLineEdit) else ""
        assert secret not in said + shown
    assert not any(secret in text for text in hands.texts())


def test_sealed_rotated_and_confirmed(hands: Hands) -> None:
    describe(hands, "crm-admin")
    type_secret(hands, FIRST, FIRST[:-1])
    hands.press("Seal it")
    hands.read("The secret was typed differently the second time.")
    type_secret(hands, FIRST, FIRST)
    nowhere(hands, FIRST)
    hands.reveal(QLineEdit, "The secret")
    hands.picture("seal")
    hands.press("Seal it")
    hands.pin("000000", "Anna Berg")
    hands.read("This is not the PIN of Anna Berg.\nThis token counts no wrong PINs")
    assert hands.focused() == "PIN of Anna Berg"  # At once, and nothing typed is lost.
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read("crm-admin is sealed (password), version 1.")
    assert hands.window.page.isAncestorOf(hands.window.focusWidget())
    hands.press("Use card")
    hands.read("Account: emergency-admin")
    assert hands.find(QTableView, "Sealed credentials").model().rowCount() == 1

    hands.press("Seal a new version")
    assert hands.find(QLineEdit, "The secret").text() == ""
    type_secret(hands, SECOND, SECOND)
    hands.press("Seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read("Version 2 of crm-admin is sealed.")
    hands.read("Version 2 waits until somebody else confirms")
    hands.picture("vault")

    hands.press("Confirm the new version")
    hands.press("Confirm this version")
    hands.read("Nobody is chosen.")
    hands.tick("Carla Dietz (IT)")
    assert hands.seen(QRadioButton, "Anna Berg (Legal)") == []  # She sealed it.
    hands.press("Confirm this version")
    hands.pin(hands.pins["it-1"], "Carla Dietz")
    hands.read("A confirmation needs evidence from the target system.")
    fill(hands, QLineEdit, "How you saw that it works at the target", "sign-in 4711")
    hands.picture("confirm")
    hands.press("Confirm this version")
    hands.pin(hands.pins["it-1"], "Carla Dietz")
    hands.read("Version 2 of crm-admin is confirmed.")


def test_a_name_that_could_be_another_ones_asks_and_keeps_the_secret(hands: Hands) -> None:
    describe(hands, "crm-admin")
    type_secret(hands, FIRST, FIRST)
    hands.press("Seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.qtbot.waitUntil(lambda: hands.find(QTableView, "Sealed credentials").model().rowCount() == 1)
    describe(hands, "crm-admin-2")
    type_secret(hands, SECOND, SECOND)
    hands.press("Seal it")
    hands.read("crm-admin-2 could be taken for crm-admin.")
    hands.picture("seal-which")
    hands.press("It is a new version of crm-admin")
    hands.read("Seal a new version of crm-admin")
    hands.press("Seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read("Version 2 of crm-admin is sealed.")
    describe(hands, "crm-admin-eu")
    type_secret(hands, SECOND, SECOND)
    hands.press("Seal it")
    hands.press("It is another credential")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read("crm-admin-eu is sealed (password), version 1.")


def test_a_seed_comes_from_the_picture_that_the_target_shows(hands: Hands, tmp_path: Path) -> None:
    seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    picture = tmp_path / "seed.png"
    picture.write_bytes(QrCodes().render(f"otpauth://totp/CRM:admin?secret={seed}&issuer=CRM"))
    describe(hands, "crm-totp")
    hands.choose("Kind", "time-based code")
    hands.choose("How the secret comes in", "From a file, or a picture of one QR code")
    fill(hands, QLineEdit, "File with the secret", str(picture))
    hands.press("Seal it")
    hands.read("This seed now gives the code ")
    hands.picture("seal-seed")
    hands.press("It is right: seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read(f"crm-totp is sealed (time-based code), version 1. Warning: {picture} holds the secret")
    nowhere(hands, seed)
    place = Station(read(tmp_path / "station"), Pins(hands.pins))
    with closing(place), place.console() as console:
        (entry,) = console.journal.entries(type_="credential.sealed")
        assert entry.body["source"] == "picture"


def test_a_seed_is_compared_with_its_target_before_it_is_sealed(hands: Hands) -> None:
    seed = base64.b32encode(otp.TEST_SEED).decode()
    describe(hands, "crm-totp")
    hands.choose("Kind", "time-based code")
    type_secret(hands, f"1{seed}", f"1{seed}")
    hands.press("Seal it")
    hands.read("The seed is not in the letters A to Z and digits 2 to 7.")
    type_secret(hands, seed, seed)
    hands.press("Seal it")
    step = otp.totp_step(int(time.time() * 1000))
    told = hands.read("This seed now gives the code ")
    codes = [otp.code(mac, 6).decode() for mac in otp.macs(memoryview(otp.TEST_SEED), [step, step + 1])]
    assert told.split("code ")[1].split(",")[0] in codes
    hands.press("It is wrong: give it again")
    assert hands.find(QLineEdit, "The secret").text() == ""
    type_secret(hands, seed, seed)
    hands.press("Seal it")
    hands.read("This seed now gives the code ")
    hands.press("Back to what is sealed")
    hands.press("Seal a new credential")
    assert not any("gives the code" in text for text in hands.texts())


def test_no_secret_outlives_the_page_and_a_key_is_not_typed(hands: Hands) -> None:
    describe(hands, "idp-codes")
    type_secret(hands, FIRST, FIRST)
    edit = hands.find(QLineEdit, "The secret")
    hands.choose("Kind", "one-time codes")
    fill(hands, QPlainTextEdit, "The codes", "1111 2222")
    codes = hands.find(QPlainTextEdit, "The codes")
    hands.choose("Kind", "certificate with key")
    assert hands.find(QComboBox, "How the secret comes in").count() == 1
    hands.press("Back to what is sealed")
    assert (edit.text(), codes.toPlainText()) == ("", "")


def test_a_list_of_codes_is_typed_one_a_line(hands: Hands) -> None:
    describe(hands, "idp-codes")
    hands.choose("Kind", "one-time codes")
    hands.read("One code a line, as the target lists them.")
    hands.press("Seal it")
    hands.read("The secret is missing.")
    hands.find(QPlainTextEdit, "The codes").setPlainText("1111 2222\n3333 4444\n1111 2222")
    hands.press("Seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read("A code stands in the list twice.")
    assert hands.find(QPlainTextEdit, "The codes").toPlainText().startswith("1111 2222")
    hands.find(QPlainTextEdit, "The codes").setPlainText("1111 2222\n3333 4444\n")
    hands.picture("seal-codes")
    hands.press("Seal it")
    hands.pin(hands.pins["legal-1"], "Anna Berg")
    hands.read_part("idp-codes")
    hands.read_part("version 1.")
    hands.qtbot.waitUntil(lambda: hands.find(QTableView, "Sealed credentials").model().rowCount() == 1)
    nowhere(hands, "1111 2222")
