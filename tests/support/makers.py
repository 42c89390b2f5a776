# SPDX-License-Identifier: Apache-2.0
"""A maker of tokens who vouches for keys, for tests of attestation."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Maker:
    """A maker with a key and a certificate of its own (``own``, DER)."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "maker")])
        self.own = self._certificate(self._key.public_key(), self._name)

    def certificate(self, point: bytes) -> bytes:
        """Return the certificate (DER) for a key that was made in one of this maker's tokens."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "attestation")])
        return self._certificate(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), name)

    def _certificate(self, key: ec.EllipticCurvePublicKey, subject: x509.Name) -> bytes:
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT)
            .not_valid_after(AT + timedelta(days=3650))
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.DER)
