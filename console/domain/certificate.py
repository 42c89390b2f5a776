# SPDX-License-Identifier: Apache-2.0
"""The sealing check of a client certificate with its key: PEM, one key, and it fits the first certificate."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from console.domain.errors import Refused


def payloads(secret: bytes) -> list[bytes]:
    """Return the one item of a PEM file with certificate and unencrypted key; ``Refused`` (key_does_not_fit)."""
    try:
        leaf = x509.load_pem_x509_certificates(secret)[0]
        key = load_pem_private_key(secret, password=None)
    except (ValueError, TypeError) as error:
        raise Refused("certificate_unreadable") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if leaf.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise Refused("key_does_not_fit")
    return [secret.strip() + b"\n"]
