# SPDX-License-Identifier: Apache-2.0
"""A certificate is sealed only with the key that fits it."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from console.domain.errors import Corrupt, Refused
from console.domain.payload.certificate import attested_by, payloads, read_all, sample

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE, OTHER = sample("drill-one", NOON), sample("drill-other", NOON)
CERTIFICATE, KEY = ONE[: ONE.index(b"-----BEGIN PRIVATE")], ONE[ONE.index(b"-----BEGIN PRIVATE") :]
OTHER_CERTIFICATE, OTHER_KEY = (
    OTHER[: OTHER.index(b"-----BEGIN PRIVATE")],
    OTHER[OTHER.index(b"-----BEGIN PRIVATE") :],
)
ED25519_KEY = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOCKED_KEY = load_pem_private_key(KEY, None).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase")
)
EXOTIC_KEY = b"""-----BEGIN EC PRIVATE KEY-----
MA4CAQEEAQGgBgYEKgMEBQ==
-----END EC PRIVATE KEY-----
"""


def test_the_sample_fits_and_lasts_thirty_days() -> None:
    assert payloads(ONE) == [ONE]
    leaf = x509.load_pem_x509_certificate(ONE)
    assert leaf.subject.rfc4514_string() == "CN=drill-one"
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 30
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)


@pytest.mark.parametrize("secret", [KEY + CERTIFICATE, b"\n\n" + ONE + b"\n\n", CERTIFICATE + KEY + OTHER_CERTIFICATE])
def test_order_blanks_and_a_chain_above_do_no_harm(secret: bytes) -> None:
    assert payloads(secret) == [secret.strip() + b"\n"]


@pytest.mark.parametrize("secret", [CERTIFICATE + OTHER_KEY, OTHER_CERTIFICATE + ONE, CERTIFICATE + ED25519_KEY])
def test_another_key_does_not_fit(secret: bytes) -> None:
    with pytest.raises(Refused, match="key_does_not_fit"):
        payloads(secret)


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"garbage",
        b"\xff\x00",
        CERTIFICATE,
        KEY,
        CERTIFICATE + LOCKED_KEY,
        CERTIFICATE[:-40] + KEY,
        CERTIFICATE.replace(b"CERTIFICATE", b"CERTIFICAT") + KEY,
        CERTIFICATE + KEY[:60],
        CERTIFICATE + EXOTIC_KEY,
        CERTIFICATE.replace(b"MII", b"AAA") + KEY,
    ],
)
def test_garbage_and_locked_keys_are_refused(secret: bytes) -> None:
    with pytest.raises(Refused, match="certificate_unreadable"):
        payloads(secret)


def test_a_serial_number_below_zero_is_refused() -> None:
    """The library only warns of it yet (RFC 5280 section 4.1.2.2)."""
    made = x509.load_pem_x509_certificate(CERTIFICATE)
    serial = made.serial_number.to_bytes((made.serial_number.bit_length() + 8) // 8, "big")
    changed = bytes([serial[0] | 0x80]) + serial[1:]
    der = made.public_bytes(Encoding.DER).replace(serial, changed, 1)
    with pytest.raises(Refused, match="certificate_unreadable"):
        read_all(der)
    with pytest.raises(Corrupt, match="attestation_wrong"):
        attested_by([der], [])
