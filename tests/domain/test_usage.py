# SPDX-License-Identifier: Apache-2.0
"""What a sealed key may sign: claims and challenges, byte for byte; and private keys in every form of PEM."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import Refused
from console.domain.payload import certificate, usage
from console.domain.payload.usage import TLS, TLS_CONTENT, ToSign

NOW = 1_795_435_200
GOOD = {"iss": "console", "aud": "https://login.example", "exp": NOW + 180}
HASH = bytes(range(32))


def jwt(said: object, algorithm: str | None = None, key_id: str | None = None) -> ToSign:
    return usage.jwt(json.dumps(said).encode(), algorithm, key_id, NOW)


def header(wanted: ToSign) -> object:
    part = wanted.content.partition(b".")[0]
    return json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def test_the_header_is_ours() -> None:
    assert header(jwt(GOOD)) == {"alg": "RS256", "typ": "JWT"}
    assert header(jwt({**GOOD, "alg": "none"}, "ES256", "k-1")) == {"alg": "ES256", "typ": "JWT", "kid": "k-1"}


def test_the_signing_input_of_rfc_7515() -> None:
    """Appendix A.1: base64url of the header, a dot, base64url of the payload; without padding."""
    payload = jwt(GOOD).content.partition(b".")[2]
    assert b"=" not in payload
    assert json.loads(base64.urlsafe_b64decode(payload + b"==")) == GOOD


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "", "rsa_pss_rsae_sha256"])
def test_no_other_algorithm(algorithm: str) -> None:
    with pytest.raises(Refused, match="use_algorithm"):
        jwt(GOOD, algorithm)


@pytest.mark.parametrize(
    "said",
    [
        [],
        "text",
        None,
        {**GOOD, "exp": None},
        {**GOOD, "exp": True},
        {**GOOD, "exp": str(NOW + 60)},
        {**GOOD, "exp": NOW + 1.5},
        {**GOOD, "exp": NOW},
        {**GOOD, "exp": NOW - 1},
        {**GOOD, "exp": NOW + 601},
        {**GOOD, "nbf": "now"},
        {**GOOD, "aud": ""},
        {**GOOD, "aud": []},
        {**GOOD, "aud": [""]},
        {**GOOD, "aud": 1},
        {name: value for name, value in GOOD.items() if name != "exp"},
        {name: value for name, value in GOOD.items() if name != "aud"},
        {**GOOD, "more": "x" * 4096},
    ],
)
def test_claims_that_are_not_signed(said: object) -> None:
    with pytest.raises(Refused, match="claims_wrong"):
        jwt(said)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"aud":"a","exp":1,"exp":2}', b'{"aud":NaN}', b"[" * 4000])
def test_what_is_no_json_of_one_meaning(text: bytes) -> None:
    with pytest.raises(Refused, match="claims_wrong"):
        usage.jwt(text, None, None, NOW)


@pytest.mark.parametrize("key_id", ["", "a b", "a\n", "x" * 201])
def test_a_key_id_is_one_word(key_id: str) -> None:
    with pytest.raises(Refused, match="key_id"):
        jwt(GOOD, key_id=key_id)


def test_an_audience_may_be_several() -> None:
    assert jwt({**GOOD, "aud": ["a", "b"], "exp": NOW + 600}).claims is not None


@pytest.mark.parametrize("size", [32, 48])
def test_a_clients_challenge(size: int) -> None:
    wanted = usage.tls_answer(TLS_CONTENT + bytes(size), None)
    assert (wanted.algorithm, len(wanted.content)) == ("rsa_pss_rsae_sha256", 98 + size)


@pytest.mark.parametrize(
    "challenge",
    [
        b"",
        HASH,
        TLS_CONTENT,
        TLS_CONTENT + HASH[:31],
        TLS_CONTENT + HASH + b"\0",
        TLS_CONTENT[1:] + HASH,
        b" " + TLS_CONTENT + HASH,
        TLS_CONTENT.replace(b"client", b"server") + HASH,
        TLS_CONTENT[:-1] + HASH,
        b"eyJhbGciOiJSUzI1NiJ9.e30",
        TLS_CONTENT + TLS_CONTENT + HASH,
    ],
)
def test_anything_else_is_no_challenge(challenge: bytes) -> None:
    """A server's, a JWT's, one of another length or with more around it."""
    with pytest.raises(Refused, match="challenge_form"):
        usage.tls_answer(challenge, None)


@given(st.integers(1, 2**256 - 1), st.integers(1, 2**256 - 1))
def test_an_ecdsa_answer_is_der(r: int, s: int) -> None:
    wanted = ToSign(TLS, "ecdsa_secp256r1_sha256", b"")
    made = wanted.result(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert decode_dss_signature(made) == (r, s)


# --- private keys -----------------------------------------------------------------------------------------

RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
FORMS = (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)


def read(pem: bytes) -> usage.PrivateKey:
    return usage.read_private_key(memoryview(pem), memoryview(bytearray(len(pem))))


@pytest.mark.parametrize("form", FORMS)
def test_an_rsa_key_in_parts(form: PrivateFormat) -> None:
    key = read(b"before\n" + RSA.private_bytes(Encoding.PEM, form, NoEncryption()))
    n, public = RSA.private_numbers(), RSA.public_key().public_numbers()
    expected = [public.n, public.e, n.d, n.p, n.q, n.dmp1, n.dmq1, n.iqmp]
    assert [int.from_bytes(part, "big") for part in key.parts] == expected
    assert key.kind == usage.RSA
    assert certificate.public_half(key)[-3:] == b"\x01\x00\x01"


@pytest.mark.parametrize("form", FORMS)
def test_a_p256_key_in_parts(form: PrivateFormat) -> None:
    key = read(P256.private_bytes(Encoding.PEM, form, NoEncryption()).replace(b"\n", b"\r\n"))
    (number,) = key.parts
    assert int.from_bytes(number, "big") == P256.private_numbers().private_value
    point = P256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert certificate.public_half(key) == point


def of(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        of(ed25519.Ed25519PrivateKey.generate()),
        of(ec.generate_private_key(ec.SECP384R1())),
        of(P256)[:120] + b"\n-----END PRIVATE KEY-----",
        b"-----BEGIN PRIVATE KEY-----\n=\n-----END PRIVATE KEY-----",
    ],
)
def test_a_key_of_another_kind_or_in_pieces(pem: bytes) -> None:
    with pytest.raises(Refused, match="key_not_usable"):
        read(pem)


def test_a_key_fits_its_algorithms_only() -> None:
    key = read(of(P256))
    key.check_fits("ecdsa-p256")
    for mechanism in ("rsa-pkcs1-sha256", "rsa-pss-sha256"):
        with pytest.raises(Refused, match="key_of_another_kind"):
            key.check_fits(mechanism)


# --- what is sealed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_signing_key_is_sealed_in_one_form(form: PrivateFormat) -> None:
    (payload,) = certificate.signing_key_payloads(P256.private_bytes(Encoding.PEM, form, NoEncryption()))
    assert payload == of(P256)


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"a password",
        of(ed25519.Ed25519PrivateKey.generate()),
        of(ec.generate_private_key(ec.SECP384R1())),
        rsa.generate_private_key(3, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        rsa.generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
)
def test_what_is_no_signing_key(secret: bytes) -> None:
    with pytest.raises(Refused, match="signing_key_unreadable"):
        certificate.signing_key_payloads(secret)
