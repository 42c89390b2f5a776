# SPDX-License-Identifier: Apache-2.0
"""A TLS 1.3 client of the barest kind (RFC 8446), whose certificate's key is elsewhere: it asks for its signature.

One suite (AES-128-GCM, SHA-256), one group (X25519), no checks of the server: what is tested is what OpenSSL as the
server says to the signature.
"""

import hashlib
import hmac
import secrets
import ssl
import struct
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEMES = {"ecdsa_secp256r1_sha256": 0x0403, "rsa_pss_rsae_sha256": 0x0804}
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, CERTIFICATE_VERIFY, FINISHED = 1, 2, 11, 15, 20
HANDSHAKE, APPLICATION = 22, 23
CONTEXT = b" " * 64 + b"TLS 1.3, client CertificateVerify" + b"\0"

Sign = Callable[[bytes], bytes]


def handshake(server: ssl.SSLContext, certificate: bytes, scheme: str, sign: Sign) -> dict[str, object]:
    """Shake hands with an OpenSSL server in memory; return the client's certificate as the server has verified it.

    ``certificate``: the client's, DER. ``sign`` gets the content of CertificateVerify. Raises ``ssl.SSLError``.
    """
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    other = server.wrap_bio(to_server, to_client, server_side=True)
    own = X25519PrivateKey.generate()
    transcript = _hello(own)
    to_server.write(_record(HANDSHAKE, transcript))
    _step(other)
    records = _records(to_client.read())
    server_hello = next(content for kind, content in records if kind == HANDSHAKE)
    shared = own.exchange(X25519PublicKey.from_public_bytes(_key_share(server_hello)))
    transcript += server_hello
    secret = _extract(_derive(_extract(bytes(32), bytes(32)), b"derived", b""), shared)
    ours, theirs = (_derive(secret, name, transcript) for name in (b"c hs traffic", b"s hs traffic"))
    for number, (_, content) in enumerate(found for found in records if found[0] == APPLICATION):
        transcript += _opened(theirs, number, content)
    message = _message(CERTIFICATE, b"\0" + _sized(3, _sized(3, certificate) + b"\0\0"))
    signature = sign(CONTEXT + hashlib.sha256(transcript + message).digest())
    message += _message(CERTIFICATE_VERIFY, struct.pack(">H", SCHEMES[scheme]) + _sized(2, signature))
    finished = _expand(ours, b"finished", b"", 32)
    message += _message(FINISHED, hmac.digest(finished, hashlib.sha256(transcript + message).digest(), "sha256"))
    to_server.write(_sealed(ours, message))
    other.do_handshake()
    return dict(other.getpeercert() or {})


def _step(other: ssl.SSLObject) -> None:
    try:
        other.do_handshake()
    except ssl.SSLWantReadError:
        return
    raise AssertionError("the server asked for no certificate")


# --- messages and records ---------------------------------------------------------------------------------


def _hello(own: X25519PrivateKey) -> bytes:
    public = own.public_key().public_bytes_raw()
    schemes = b"".join(struct.pack(">H", number) for number in SCHEMES.values())
    extensions = b"".join(
        (
            _extension(43, b"\x02\x03\x04"),  # supported_versions
            _extension(10, _sized(2, b"\x00\x1d")),  # supported_groups
            _extension(13, _sized(2, schemes)),  # signature_algorithms
            _extension(51, _sized(2, b"\x00\x1d" + _sized(2, public))),  # key_share
        )
    )
    head = b"\x03\x03" + secrets.token_bytes(32) + b"\0" + _sized(2, b"\x13\x01") + b"\x01\0"
    return _message(CLIENT_HELLO, head + _sized(2, extensions))


def _extension(number: int, content: bytes) -> bytes:
    return struct.pack(">H", number) + _sized(2, content)


def _sized(width: int, content: bytes) -> bytes:
    return len(content).to_bytes(width, "big") + content


def _message(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + _sized(3, content)


def _record(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + b"\x03\x03" + _sized(2, content)


def _records(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        size = int.from_bytes(data[3:5], "big")
        found.append((data[0], data[5 : 5 + size]))
        data = data[5 + size :]
    return found


def _key_share(server_hello: bytes) -> bytes:
    start = 4 + 2 + 32 + 1 + server_hello[38] + 2 + 1 + 2
    return next(content[4:] for number, content in _extensions(server_hello[start:]) if number == 51)


def _extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        number, size = struct.unpack(">HH", data[:4])
        yield number, data[4 : 4 + size]
        data = data[4 + size :]


# --- keys (RFC 8446 section 7.1) --------------------------------------------------------------------------


def _extract(salt: bytes, key: bytes) -> bytes:
    return hmac.digest(salt, key, "sha256")


def _derive(secret: bytes, label: bytes, messages: bytes) -> bytes:
    return _expand(secret, label, hashlib.sha256(messages).digest(), 32)


def _expand(secret: bytes, label: bytes, context: bytes, size: int) -> bytes:
    info = struct.pack(">H", size) + _sized(1, b"tls13 " + label) + _sized(1, context)
    return hmac.digest(secret, info + b"\x01", "sha256")[:size]


def _cipher(secret: bytes, number: int) -> tuple[AESGCM, bytes]:
    iv = int.from_bytes(_expand(secret, b"iv", b"", 12), "big") ^ number
    return AESGCM(_expand(secret, b"key", b"", 16)), iv.to_bytes(12, "big")


def _opened(secret: bytes, number: int, content: bytes) -> bytes:
    cipher, nonce = _cipher(secret, number)
    head = bytes([APPLICATION]) + b"\x03\x03" + len(content).to_bytes(2, "big")
    return cipher.decrypt(nonce, content, head).rstrip(b"\0")[:-1]


def _sealed(secret: bytes, message: bytes) -> bytes:
    cipher, nonce = _cipher(secret, 0)
    plain = message + bytes([HANDSHAKE])
    head = bytes([APPLICATION]) + b"\x03\x03" + (len(plain) + 16).to_bytes(2, "big")
    return head + cipher.encrypt(nonce, plain, head)
