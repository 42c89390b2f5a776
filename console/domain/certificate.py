# SPDX-License-Identifier: Apache-2.0
"""Client certificates with their key: the check while sealing, and a self-signed sample for drills."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from console.domain.errors import Refused


def payloads(secret: bytes) -> list[bytes]:
    """Return the one item of a PEM file: the certificate, perhaps those above it, and its unencrypted key.

    Raises ``Refused``: certificate_unreadable, key_does_not_fit.
    """
    try:
        certified = x509.load_pem_x509_certificates(secret)[0].public_key()
        key = load_pem_private_key(secret, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise Refused("certificate_unreadable") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certified.public_bytes(*form) != key.public_key().public_bytes(*form):
        raise Refused("key_does_not_fit")
    return [secret.strip() + b"\n"]


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
