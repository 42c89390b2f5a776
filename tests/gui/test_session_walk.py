# SPDX-License-Identifier: Apache-2.0
"""An open session in the window, on real tokens: a key signs without being shown, a counted code is shown."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from PySide6.QtWidgets import QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from console.actions.activation import release
from console.domain.errors import Refused
from console.domain.payload.usage import TLS_CONTENT
from console.settings import read
from tests.gui.hands import Hands, on_window
from tests.support.clocks import SetClock
from tests.support.keys import CERTIFICATE, HOTP, HOTP_CODES, RSA_KEY, TOTP, keys_base
from tests.support.scenes import Scene, pins_of, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        yield lent


@pytest.fixture
def hands(qtbot: QtBot, scene: Scene) -> Iterator[Hands]:
    with on_window(qtbot, read(scene.folder / "station")) as lent:
        lent.find(QPushButton, "Request break-glass access")
        lent.window.choose("session")
        yield lent


def test_a_key_signs_what_was_read_and_is_not_shown(hands: Hands, scene: Scene, tmp_path: Path) -> None:
    claims, signed = tmp_path / "claims.json", tmp_path / "out" / "token.jwt"
    said = {
        "sub": "emergency@example.org",
        "aud": "https://login",
        "exp": int(time.time()) + 180,
        "nbf": 10**20,
        "x": "a\nb",
    }
    claims.write_text(json.dumps(said))
    assert not hands.seen(QPushButton, f"Show once: {RSA_KEY}")
    hands.press(f"Use without showing: {RSA_KEY}")
    hands.press("Read what will be signed")
    hands.read("One claims file is needed.")
    hands.find(QLineEdit, "Claims file (JSON)").setText(str(claims))
    hands.press("Read what will be signed")
    hands.read('For whom it is (aud): "https://login"')
    hands.read(r'"x": "a\nb"')
    claims.write_text("{}")  # What was read is what is signed.
    hands.picture("use")
    into = hands.find(QLineEdit, "File for what is signed")
    into.setText(str(claims / "token.jwt"))
    hands.enter("Sign exactly this, once")
    hands.read("There is a problem")
    into.setText(str(signed))
    hands.press("Sign exactly this, once")
    hands.read(f"{RSA_KEY} has signed, into {signed}.")
    hands.read("Showings: 1 of 8 used, 7 left")
    content, _, signature = signed.read_bytes().rpartition(b".")
    assert json.loads(base64.urlsafe_b64decode(content.partition(b".")[2] + b"==")) == said
    key = load_pem_private_key(scene.sealed[RSA_KEY], None)
    assert isinstance(key, rsa.RSAPrivateKey)
    raw = base64.urlsafe_b64decode(signature + b"==")
    key.public_key().verify(raw, content, padding.PKCS1v15(), hashes.SHA256())


def test_a_key_answers_a_tls_challenge_and_is_not_shown(hands: Hands, scene: Scene, tmp_path: Path) -> None:
    challenge, signed = tmp_path / "challenge", tmp_path / "answer.sig"
    challenge.write_bytes(TLS_CONTENT + bytes(32))
    hands.press(f"Use without showing: {CERTIFICATE}")
    hands.choose("What it shall sign", "Answer to a TLS challenge, P-256 key")
    hands.press("Read what will be signed")
    hands.read("One challenge file is needed.")
    hands.find(QLineEdit, "Challenge file").setText(str(challenge))
    hands.press("Read what will be signed")
    hands.read("The answer to a TLS challenge: 0000")
    hands.find(QLineEdit, "File for what is signed").setText(str(signed))
    hands.picture("use-tls")
    hands.press("Sign exactly this, once")
    hands.read(f"{CERTIFICATE} has signed, into {signed}.")
    key = load_pem_x509_certificate(scene.sealed[CERTIFICATE]).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signed.read_bytes(), challenge.read_bytes(), ec.ECDSA(hashes.SHA256()))


def test_claims_that_last_too_long_are_not_signed(hands: Hands, tmp_path: Path) -> None:
    claims = tmp_path / "claims.json"
    claims.write_text(json.dumps({"aud": "x", "exp": int(time.time()) + 86400}))
    hands.press(f"Use without showing: {RSA_KEY}")
    hands.find(QLineEdit, "Claims file (JSON)").setText(str(claims))
    hands.press("Read what will be signed")
    hands.read("These claims are not signed: exp must lie at most 10 minutes ahead.")
    assert not hands.seen(QPushButton, "Sign exactly this, once")


def test_a_counted_code_is_shown_like_a_code(hands: Hands) -> None:
    hands.press(f"Show next code: {HOTP}")
    hands.find(QPushButton, "I have it (read back)")
    hands.read("Read aloud: seven five five two")
    assert HOTP_CODES[0] == b"755224"
    hands.picture("hotp")
    hands.press("I have it (read back)")
    hands.read(f"{HOTP}: It was read back.")


def set_the_clock(scene: Scene) -> None:
    """Let the journal tell of a clock that was ten minutes ahead and is so no more."""
    ahead, right = SetClock(), scene.station._machine
    ahead.wall_s = 600
    scene.station._machine = ahead
    with scene.console() as console, pytest.raises(Refused, match="totp_clock"):
        release.release(console, scene.act, TOTP, Paper())
    scene.station._machine = right


def test_two_people_say_the_time_before_a_code_is_shown(hands: Hands, scene: Scene) -> None:
    set_the_clock(scene)
    hands.press(f"Show once: {TOTP}")
    hands.read("What time is it?")
    hands.picture("clock")
    pins = pins_of(scene.folder)
    for first, second, typed, answer in (
        ("Anna Berg (Legal)", "", "", "Two people are needed."),
        ("Anna Berg (Legal)", "Ben Clausen (Legal)", "02:15", "02:15 is no date and time."),
        ("Anna Berg (Legal)", "Carla Dietz (IT)", "2026-01-01 00:00", "That time lies "),
        ("Anna Berg (Legal)", "Carla Dietz (IT)", "", ""),
    ):
        for name, person in (("First person", first), ("Second person", second)):
            hands.choose(name, person or "Nobody is chosen yet")
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        hands.find(QLineEdit, "Date and time on your watches").setText(typed if answer else now)
        hands.press("Both sign this time")
        if second:
            hands.pin(pins["legal-1"], "Anna Berg")
        if answer:
            hands.read(answer)
    hands.pin(pins["it-1"], "Carla Dietz")
    hands.read("The time is signed; this clock differs by ")
    hands.press(f"Show once: {TOTP}")
    hands.press("I have it (read back)")
    hands.read(f"{TOTP}: It was read back.")


def test_the_time_is_said_from_the_journal_too(hands: Hands, scene: Scene) -> None:
    """At the beginning of an emergency, before anything asks for it; Back leads to where people came from."""
    hands.window.choose("journal")
    hands.press("Say what time it is")
    hands.read("What time is it?")
    hands.press("Back")
    hands.press("Say what time it is")
    for name, person in (("First person", "Anna Berg (Legal)"), ("Second person", "Carla Dietz (IT)")):
        hands.choose(name, person)
    hands.find(QLineEdit, "Date and time on your watches").setText(time.strftime("%Y-%m-%d %H:%M:%S"))
    hands.press("Both sign this time")
    for member, name in (("legal-1", "Anna Berg"), ("it-1", "Carla Dietz")):
        hands.pin(pins_of(scene.folder)[member], name)
    hands.read("The time is signed; this clock differs by ")
    hands.press("Say what time it is")


@pytest.mark.long
def test_one_keyholder_is_asked_from_far_and_another_ends_it(hands: Hands, scene: Scene, tmp_path: Path) -> None:
    hands.press("More time, more showings")
    hands.press("Ask somebody who is far away …")
    hands.tick("Ben Clausen (Legal)")
    hands.choose("What is asked", "More minutes")
    hands.find(QSpinBox, "How much more").setValue(20)
    hands.find(QLineEdit, "Entries of the journal that it knows").setText("many")
    hands.press("Show the pictures")
    hands.read("What their console knows is no number.")
    hands.find(QLineEdit, "Entries of the journal that it knows").clear()
    hands.find(QLineEdit, "Folder, if you save it as files").setText(str(tmp_path))
    hands.press("Show the pictures")
    hands.press("Save as files")
    hands.read(f"Saved in {tmp_path}")
    assert (tmp_path / "request-legal-2.bg").stat().st_size > 100
    hands.press("Done")
    hands.press("Back to the request")

    hands.press("A veto")
    hands.tick("Carla Dietz (IT)")
    hands.press("End the session by a veto")
    hands.press("Yes, this keyholder ends the session")
    hands.pin(pins_of(scene.folder)["it-1"], "Carla Dietz")
    hands.read("The reason of a veto: ")
    hands.tick("Carla Dietz (IT)")
    hands.find(QLineEdit, "Reason of a veto").setText("The sign-on has been back for ten minutes.")
    hands.press("End the session by a veto")
    hands.press("Yes, this keyholder ends the session")
    hands.pin(pins_of(scene.folder)["it-1"], "Carla Dietz")
    hands.read("A keyholder ended it by a veto.")
