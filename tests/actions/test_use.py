# SPDX-License-Identifier: Apache-2.0
"""A sealed key signs without being shown: on a real token, checked by another implementation, and attacked."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from console.actions.activation import lifecycle, release, use
from console.actions.console import Console
from console.actions.credential import versions
from console.domain.errors import Corrupt, Refused
from console.domain.payload import usage
from console.domain.payload.usage import TLS_CONTENT, ToSign
from tests.support.keys import CERTIFICATE, EC_KEY, HOTP, RSA_KEY, keys_base
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

CHALLENGE = TLS_CONTENT + bytes(range(32))


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        yield lent


@pytest.fixture
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


def claims(**more: object) -> bytes:
    now = int(time.time())
    said: dict[str, object] = {"iss": "3MVG9", "sub": "emergency@example.org", "aud": "https://login", "exp": now + 180}
    return json.dumps({**said, **more}).encode()


def jwt(console: Console, algorithm: str = "RS256", key_id: str | None = None) -> ToSign:
    return use.prepare_jwt(console, claims(), algorithm=algorithm, key_id=key_id)


def used(console: Console, act: str, name: str, wanted: ToSign) -> tuple[bytes, dict[str, Any]]:
    """Use a key; return what was handed over, and the answer."""
    paper = Paper("shown")
    answer = use.use(console, act, name, wanted, paper)
    (shown,) = paper.shown
    return shown[1], dict(answer)


def parts(token: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return header, claims, signing input and signature of a JWT, as RFC 7515 section 5.2 reads it."""
    header, payload, signature = (
        base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in token.split(b".")
    )
    return json.loads(header), json.loads(payload), token.rpartition(b".")[0], signature


def private(scene: Scene, name: str) -> Any:
    return load_pem_private_key(scene.sealed[name], None)


def entries(console: Console, type_: str) -> list[Any]:
    return list(console.journal.entries(type_=type_))


# --- what is signed ---------------------------------------------------------------------------------------


def test_a_jwt_signed_with_rsa(scene: Scene, console: Console) -> None:
    token, answer = used(console, scene.act, RSA_KEY, jwt(console, key_id="emergency-1"))
    header, payload, signed, signature = parts(token)
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "emergency-1"}
    assert payload["sub"] == "emergency@example.org"
    public: rsa.RSAPublicKey = private(scene, RSA_KEY).public_key()
    public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    assert (answer["used"], answer["outcome"], answer["budget"]["used"]) == (RSA_KEY, "shown", 1)


def test_a_jwt_signed_with_p256(scene: Scene, console: Console) -> None:
    token, _ = used(console, scene.act, EC_KEY, jwt(console, "ES256"))
    header, _, signed, signature = parts(token)
    assert (header["alg"], len(signature)) == ("ES256", 64)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    private(scene, EC_KEY).public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))


def test_a_tls_challenge_is_answered(scene: Scene, console: Console) -> None:
    rsa_answer, _ = used(console, scene.act, RSA_KEY, use.prepare_tls(CHALLENGE, scheme=None))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    private(scene, RSA_KEY).public_key().verify(rsa_answer, CHALLENGE, pss, hashes.SHA256())
    wanted = use.prepare_tls(CHALLENGE, scheme="ecdsa_secp256r1_sha256")
    ec_answer, _ = used(console, scene.act, CERTIFICATE, wanted)
    made = x509.load_pem_x509_certificate(scene.sealed[CERTIFICATE]).public_key()
    assert isinstance(made, ec.EllipticCurvePublicKey)
    made.verify(ec_answer, CHALLENGE, ec.ECDSA(hashes.SHA256()))


# --- what is left of it -----------------------------------------------------------------------------------


def test_a_use_counts_and_owes_nothing(scene: Scene, console: Console) -> None:
    wanted = jwt(console)
    used(console, scene.act, RSA_KEY, wanted)
    shown = lifecycle.show(console, scene.act)
    assert shown["owed"] == []
    assert versions.fold(console)[RSA_KEY].state() == "sealed"
    (intent,), (outcome,) = entries(console, "release.intended"), entries(console, "release.outcome")
    assert (intent.body["use"], intent.body["algorithm"], outcome.body["outcome"]) == ("jwt", "RS256", "shown")
    assert b"emergency@example.org" not in intent.data
    assert console.journal.open_fields(intent)["claims"] == wanted.claims


def test_a_certificate_shown_owes_rotation_and_used_does_not(scene: Scene, console: Console) -> None:
    used(console, scene.act, CERTIFICATE, use.prepare_tls(CHALLENGE, scheme="ecdsa_secp256r1_sha256"))
    assert lifecycle.show(console, scene.act)["owed"] == []
    release.release(console, scene.act, CERTIFICATE, Paper())
    assert lifecycle.show(console, scene.act)["owed"] != []


def test_the_budget_ends_it(scene: Scene, console: Console) -> None:
    for _ in range(8):
        used(console, scene.act, EC_KEY, jwt(console, "ES256"))
    with pytest.raises(Refused, match="budget_used_up"):
        used(console, scene.act, EC_KEY, jwt(console, "ES256"))
    assert lifecycle.show(console, scene.act)["frozen_why"] == "budget"


def test_nothing_of_the_key_stays_in_the_hsm(scene: Scene, console: Console) -> None:
    before = console.hsm.keys()
    used(console, scene.act, RSA_KEY, jwt(console))
    assert console.hsm.keys() == before


# --- attacks ----------------------------------------------------------------------------------------------


def test_after_the_end_nothing_is_signed(scene: Scene, console: Console) -> None:
    lifecycle.end(console, scene.act)
    with pytest.raises(Refused, match="activation_state"):
        used(console, scene.act, RSA_KEY, jwt(console))


def test_a_credential_that_was_not_asked_for(scene: Scene, console: Console) -> None:
    versions.seal(
        console,
        "another-key",
        "signing-key",
        "standard",
        bytearray(scene.sealed[EC_KEY]),
        {"target": "t", "account": "a", "rotate": "r"},
    )
    with pytest.raises(Refused, match="not_in_request"):
        used(console, scene.act, "another-key", jwt(console, "ES256"))


@pytest.mark.parametrize("name", [PASSWORD, HOTP])
def test_what_is_no_key_does_not_sign(scene: Scene, console: Console, name: str) -> None:
    with pytest.raises(Refused, match="not_a_signing_key"):
        used(console, scene.act, name, jwt(console))


def test_a_signing_key_is_never_shown(scene: Scene, console: Console) -> None:
    paper = Paper()
    with pytest.raises(Refused, match="use_only"):
        release.release(console, scene.act, RSA_KEY, paper)
    assert paper.shown == []


def test_a_key_of_another_kind_signs_nothing_and_does_not_count(scene: Scene, console: Console) -> None:
    with pytest.raises(Refused, match="key_of_another_kind"):
        used(console, scene.act, EC_KEY, jwt(console, "RS256"))
    assert lifecycle.load(console, scene.act).releases_used() == 0


class NoImports:
    """A station's HSM whose module takes no keys from outside; or one that hands out anything as a signature."""

    def __init__(self, hsm: Any, made: bytes | None = None) -> None:
        self._hsm, self._made = hsm, made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hsm, name)

    def sign_once(self, *_: object) -> bytes:
        """Refuse, or answer what the test said."""
        if self._made is None:
            raise Refused("unsupported", module_error="FunctionNotSupported")
        return self._made


def test_a_module_that_cannot_is_told_before_anything_happens(scene: Scene, console: Console) -> None:
    unable = replace(console, hsm=NoImports(console.hsm))
    with pytest.raises(Refused, match="use_unsupported"):
        used(unable, scene.act, RSA_KEY, jwt(console))
    assert entries(console, "release.intended") == []


def test_a_wrong_signature_is_never_handed_over(scene: Scene, console: Console) -> None:
    lying = replace(console, hsm=NoImports(console.hsm, bytes(256)))
    with pytest.raises(Corrupt, match="signature_wrong"):
        used(lying, scene.act, RSA_KEY, jwt(console))


def secret_numbers(scene: Scene) -> dict[str, bytes]:
    """Return what of the keys must stand nowhere: the PEM's own lines, and the secret numbers."""
    numbers = private(scene, RSA_KEY).private_numbers()
    scalar = private(scene, EC_KEY).private_numbers().private_value
    found = {f"line of {name}": scene.sealed[name].splitlines()[2] for name in (RSA_KEY, EC_KEY)}
    return found | {
        "d": numbers.d.to_bytes(256, "big"),
        "p": numbers.p.to_bytes(128, "big"),
        "scalar": scalar.to_bytes(32, "big"),
    }


def test_no_key_lies_anywhere_afterwards(scene: Scene) -> None:
    with scene.console() as console:
        used(console, scene.act, RSA_KEY, jwt(console))
        used(console, scene.act, EC_KEY, jwt(console, "ES256"))
        rows = b"".join(
            entry.data + json.dumps(console.journal.open_fields(entry)).encode() for entry in console.journal.entries()
        )
    kept = {path: path.read_bytes() for path in scene.folder.rglob("*") if path.is_file()}
    for name, value in secret_numbers(scene).items():
        for form in (value, value.hex().encode(), base64.b64encode(value)[:40]):
            assert form not in rows, name
            assert [path for path, data in kept.items() if form in data] == [], name


@pytest.mark.parametrize("purpose", [usage.JWT, usage.TLS])
def test_what_will_be_signed_is_said_in_words(console: Console, purpose: str) -> None:
    wanted = jwt(console) if purpose == usage.JWT else use.prepare_tls(CHALLENGE, scheme=None)
    assert ("emergency@example.org" in wanted.words()) == (purpose == usage.JWT)
    assert (bytes(range(32)).hex() in wanted.words()) == (purpose == usage.TLS)
