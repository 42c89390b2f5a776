# SPDX-License-Identifier: Apache-2.0
"""Certificates and private keys: checked while sealing; a sample; those by which makers vouch for tokens."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from console.domain.errors import Corrupt, Refused
from console.domain.keys import ECDSA_P256, RSA_BITS, RSA_EXPONENT
from console.domain.payload.usage import RSA, PrivateKey

UNREADABLE = (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning)


@contextmanager
def _strictly() -> Iterator[None]:
    """Refuse what the library only warns of yet: a serial number that is not positive (RFC 5280 section 4.1.2.2)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        yield


def payloads(secret: bytes) -> list[bytes]:
    """Return the one item of a PEM file: the certificate, perhaps those above it, and its unencrypted key.

    Raises ``Refused``: certificate_unreadable, key_does_not_fit.
    """
    try:
        with _strictly():
            certified = x509.load_pem_x509_certificates(secret)[0].public_key()
        key = load_pem_private_key(secret, password=None)
    except (*UNREADABLE, TypeError, UnsupportedAlgorithm) as error:
        raise Refused("certificate_unreadable") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certified.public_bytes(*form) != key.public_key().public_bytes(*form):
        raise Refused("key_does_not_fit")
    return [secret.strip() + b"\n"]


def expiry_ms(secret: bytes) -> int:
    """Return when the certificate of a checked PEM file ends (wall clock, ms)."""
    return int(x509.load_pem_x509_certificates(secret)[0].not_valid_after_utc.timestamp()) * 1000


def signing_key_payloads(secret: bytes) -> list[bytes]:
    """Return the one item of a PEM file with an unencrypted key: RSA of 2048 to 4096 bits, or P-256; as PKCS#8.

    Raises ``Refused`` (signing_key_unreadable).
    """
    try:
        key = load_pem_private_key(secret, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused("signing_key_unreadable") from error
    is_rsa = (
        isinstance(key, rsa.RSAPrivateKey)
        and key.key_size in RSA_BITS
        and key.public_key().public_numbers().e == RSA_EXPONENT
    )
    is_p256 = isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    if not is_rsa and not is_p256:
        raise Refused("signing_key_unreadable")
    return [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]


def throwaway_key(mechanism: str) -> bytes:
    """Return a fresh private key as PEM for a signature of this kind: for a token's test or a demo, never for more."""
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if mechanism == ECDSA_P256
        else rsa.generate_private_key(RSA_EXPONENT, RSA_BITS[0])
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_half(key: PrivateKey) -> bytes:
    """Return the public key of a private one, as ``keys`` spells it; ``Refused`` (key_not_usable) if it lacks it."""
    if key.point is not None:
        return key.point
    if key.kind != RSA:
        raise Refused("key_not_usable")
    modulus, exponent = (int.from_bytes(part, "big") for part in key.parts[:2])
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return rsa.RSAPublicNumbers(exponent, modulus).public_key().public_bytes(*form)


def sample(common_name: str, at: datetime) -> bytes:
    """Return a fresh self-signed P-256 certificate with its key as PEM, valid for 30 days from ``at``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM) + private


def read_all(data: bytes) -> list[bytes]:
    """Return the certificates (DER) of a PEM or DER file; ``Refused`` (certificate_unreadable)."""
    try:
        pem = b"-----BEGIN" in data
        with _strictly():
            found = x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
    except UNREADABLE as error:
        raise Refused("certificate_unreadable") from error
    return [made.public_bytes(Encoding.DER) for made in found]


def attested_by(certificates: Sequence[bytes], public_keys: Sequence[bytes]) -> str:
    """Return the name above the certificates (DER) by which a token's maker vouches for these keys.

    Each key stands in one of them, and that one is signed by another of them, the device's or a maker's; whether the
    name returned is to be believed, people decide. ``Corrupt``: attestation_wrong.
    """
    try:
        with _strictly():
            known = [x509.load_der_x509_certificate(data) for data in certificates]
        spelled = {_spelled(made): made for made in known}
        issuers = {_issuer_of(spelled[public], known) for public in public_keys}
        return ", ".join(sorted(issuer.issuer.rfc4514_string() for issuer in issuers))
    except (*UNREADABLE, KeyError, StopIteration, UnsupportedAlgorithm) as error:
        raise Corrupt("attestation_wrong") from error


def _spelled(made: x509.Certificate) -> bytes:
    """Return the certified public key as a roster spells it."""
    key = made.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _issuer_of(made: x509.Certificate, known: Sequence[x509.Certificate]) -> x509.Certificate:
    return next(above for above in known if above is not made and _is_signed_by(made, above))


def _is_signed_by(made: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        made.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
