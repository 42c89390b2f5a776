# SPDX-License-Identifier: Apache-2.0
"""A real TLS 1.3 handshake with OpenSSL as the server: the client's key is sealed, and signs in the station's HSM."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from console.actions.activation import use
from console.actions.console import Console
from console.domain.payload import certificate
from tests.support.keys import CERTIFICATE, RSA_KEY, keys_base
from tests.support.scenes import Scene, staged
from tests.support.screens import Paper
from tests.support.tls13 import handshake

pytestmark = pytest.mark.real

NOW = datetime.now(UTC)  # noqa: TID251 - the server checks it against the real time


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        yield lent


@pytest.fixture
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


def clients_certificate(scene: Scene, name: str) -> bytes:
    """Return the client's certificate as PEM: the sealed one, or one made for the signing key."""
    if name == CERTIFICATE:
        return x509.load_pem_x509_certificate(scene.sealed[name]).public_bytes(Encoding.PEM)
    key = load_pem_private_key(scene.sealed[name], None)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emergency")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())  # type: ignore[arg-type]
    dated = builder.not_valid_before(NOW - timedelta(1)).not_valid_after(NOW + timedelta(1))
    return dated.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)  # type: ignore[arg-type]


def server(folder: Path, trusted: bytes) -> ssl.SSLContext:
    """Return a server that wants a certificate of exactly this client."""
    file = folder / "server.pem"
    file.write_bytes(certificate.sample("server", NOW - timedelta(minutes=1)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(file)
    context.load_verify_locations(cadata=trusted.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    return context


CASES = [(CERTIFICATE, "ecdsa_secp256r1_sha256"), (RSA_KEY, "rsa_pss_rsae_sha256")]


@pytest.mark.parametrize(("name", "scheme"), CASES)
def test_a_server_accepts_the_answer(scene: Scene, console: Console, tmp_path: Path, name: str, scheme: str) -> None:
    own = clients_certificate(scene, name)

    def sign(challenge: bytes) -> bytes:
        paper = Paper("shown")
        use.use(console, scene.act, name, use.prepare_tls(challenge, scheme=scheme), paper)
        return paper.shown[0][1]

    der = ssl.PEM_cert_to_DER_cert(own.decode())
    verified = handshake(server(tmp_path, own), der, scheme, sign)
    assert verified["subject"] == ((("commonName", "emergency"),),)


def test_a_server_refuses_another_answer(scene: Scene, console: Console, tmp_path: Path) -> None:
    """So the test above would notice."""
    own = clients_certificate(scene, RSA_KEY)

    def sign(challenge: bytes) -> bytes:
        paper = Paper("shown")
        wrong = challenge[:-1] + bytes([challenge[-1] ^ 1])
        use.use(console, scene.act, RSA_KEY, use.prepare_tls(wrong, scheme=None), paper)
        return paper.shown[0][1]

    der = ssl.PEM_cert_to_DER_cert(own.decode())
    with pytest.raises(ssl.SSLError, match="BAD_SIGNATURE"):
        handshake(server(tmp_path, own), der, "rsa_pss_rsae_sha256", sign)
