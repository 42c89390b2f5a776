# SPDX-License-Identifier: Apache-2.0
"""What a sealed key may sign without being shown: a JWT (RFC 7515, 7519) or the answer to a TLS 1.3 challenge.

Nothing else: the content is made or checked here, byte for byte. Private keys are read where they lie, in locked
memory, as parts of it; no copy is made that could not be wiped.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from console.domain.entries.release import ReleaseIntended
from console.domain.errors import Refused
from console.domain.keys import ECDSA_P256, RSA_PKCS1_SHA256, RSA_PSS_SHA256

JWT, TLS = "jwt", "tls"
MAX_JWT_SECONDS = 600
MAX_CLAIMS_BYTES = 4096
ALGORITHMS: Mapping[str, Mapping[str, str]] = {
    JWT: {"RS256": RSA_PKCS1_SHA256, "ES256": ECDSA_P256},
    TLS: {"rsa_pss_rsae_sha256": RSA_PSS_SHA256, "ecdsa_secp256r1_sha256": ECDSA_P256},
}
"""For each purpose the algorithms and how the token makes them; the first is meant unless said."""
TLS_CONTENT = b" " * 64 + b"TLS 1.3, client CertificateVerify\0"
TRANSCRIPT_BYTES = (32, 48)
"""SHA-256 and SHA-384: all that the cipher suites of TLS 1.3 know (RFC 8446 appendix B.4)."""

RSA, P256 = "rsa", "p256"
_KEY_ID = re.compile(r"[!-~]{1,200}\Z")
_BLOCK = re.compile(rb"-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END")
_BASE64 = {
    letter: value for value, letter in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_RSA_OID, _EC_OID, _P256_OID = (
    bytes.fromhex(text) for text in ("2a864886f70d010101", "2a8648ce3d0201", "2a8648ce3d030107")
)
_INTEGER, _BITS, _OCTETS, _OID, _SEQUENCE, _PARAMETERS, _PUBLIC = 0x02, 0x03, 0x04, 0x06, 0x30, 0xA0, 0xA1
_RSA_PARTS = 8


# --- what is signed ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToSign:
    """One content to be signed: for what, how, and of a JWT its claims as they are signed."""

    purpose: str
    algorithm: str
    content: bytes
    claims: str | None = None

    def digest(self) -> bytes:
        """Return the SHA-256 of what is signed."""
        return hashlib.sha256(self.content).digest()

    def told(self, intent: ReleaseIntended) -> ReleaseIntended:
        """Return the intent with what it says of the use."""
        return replace(intent, use=self.purpose, algorithm=self.algorithm, signed=self.digest(), claims=self.claims)

    @property
    def mechanism(self) -> str:
        """How the token makes this signature."""
        return ALGORITHMS[self.purpose][self.algorithm]

    def words(self) -> str:
        """Return what will be signed, for people to read."""
        if self.purpose == TLS:
            return f"the answer to a TLS challenge, {self.content[len(TLS_CONTENT) :].hex()}"
        header = self.content.partition(b".")[0]
        return f"{base64.urlsafe_b64decode(header + b'==').decode()} {self.claims}"

    def result(self, signature: bytes) -> bytes:
        """Return what is handed over: the whole JWT, or the signature as it stands in CertificateVerify."""
        if self.purpose == JWT:
            return self.content + b"." + _url_base64(signature)
        return _der_signature(signature) if self.mechanism == ECDSA_P256 else signature


def jwt(claims: bytes, algorithm: str | None, key_id: str | None, now_s: int) -> ToSign:
    """Return the signing input for claims (a JSON object); ``now_s`` is the wall clock.

    Raises ``Refused``: use_algorithm, claims_wrong (with what is wrong), key_id.
    """
    chosen = _chosen(JWT, algorithm)
    if key_id is not None and not _KEY_ID.match(key_id):
        raise Refused("key_id")
    said = _read_claims(claims)
    _check_claims(said, now_s)
    header = {"alg": chosen, "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    text = json.dumps(said, separators=(",", ":"))
    encoded = _url_base64(json.dumps(header, separators=(",", ":")).encode())
    return ToSign(JWT, chosen, encoded + b"." + _url_base64(text.encode()), text)


def tls_answer(challenge: bytes, scheme: str | None) -> ToSign:
    """Return the content of a client's CertificateVerify (RFC 8446 section 4.4.3), checked byte for byte.

    Raises ``Refused``: use_algorithm, challenge_form.
    """
    chosen = _chosen(TLS, scheme)
    transcript = challenge.removeprefix(TLS_CONTENT)
    if len(challenge) - len(transcript) != len(TLS_CONTENT) or len(transcript) not in TRANSCRIPT_BYTES:
        raise Refused("challenge_form")
    return ToSign(TLS, chosen, challenge)


def _chosen(purpose: str, algorithm: str | None) -> str:
    known = ALGORITHMS[purpose]
    chosen = next(iter(known)) if algorithm is None else algorithm
    if chosen not in known:
        raise Refused("use_algorithm", algorithm=chosen, known=", ".join(known))
    return chosen


def _read_claims(data: bytes) -> dict[str, object]:
    if len(data) > MAX_CLAIMS_BYTES:
        raise Refused("claims_wrong", why=f"they are longer than {MAX_CLAIMS_BYTES} bytes")
    try:
        said = json.loads(data, object_pairs_hook=_unique, parse_float=_no_fraction, parse_constant=_no_fraction)
    except (ValueError, RecursionError) as error:
        raise Refused("claims_wrong", why="they are no JSON, or a name stands twice, or a fraction") from error
    if not isinstance(said, dict):
        raise Refused("claims_wrong", why="they are no JSON object")
    return said


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Two readers may take different ones of two members with one name (RFC 7519 section 4).
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def _no_fraction(text: str) -> object:
    raise ValueError(text)


def _check_claims(said: Mapping[str, object], now_s: int) -> None:
    for name in ("exp", "nbf", "iat"):
        if name in said and type(said[name]) is not int:
            raise Refused("claims_wrong", why=f"{name} is no whole number of seconds")
    expires = said.get("exp")
    if not isinstance(expires, int) or not now_s < expires <= now_s + MAX_JWT_SECONDS:
        raise Refused("claims_wrong", why=f"exp must lie at most {MAX_JWT_SECONDS // 60} minutes ahead")
    audience = said.get("aud")
    each = audience if isinstance(audience, list) else [audience]
    if not each or not all(isinstance(one, str) and one for one in each):
        raise Refused("claims_wrong", why="aud must say for whom it is")


def _url_base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _der_signature(signature: bytes) -> bytes:
    """Return r‖s as ECDSA-Sig-Value (RFC 3279 section 2.2.3); both are 32 bytes, so every length fits in a byte."""
    numbers = b"".join(
        bytes((_INTEGER, len(number))) + number for number in (_unsigned(signature[:32]), _unsigned(signature[32:]))
    )
    return bytes((_SEQUENCE, len(numbers))) + numbers


def _unsigned(number: bytes) -> bytes:
    value = int.from_bytes(number, "big")
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


# --- with what --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PrivateKey:
    """A private key as parts of locked memory, in the order in which a token takes them.

    RSA: modulus, exponents, primes, exponents of the primes, coefficient (RFC 8017 appendix A.1.2). P-256: the number
    (32 bytes), and beside it the ``point``, if the file has it.
    """

    kind: str
    parts: tuple[memoryview, ...]
    point: bytes | None = None

    def check_fits(self, mechanism: str) -> None:
        """Raise ``Refused`` (key_of_another_kind) unless a signature is made like this with such a key."""
        if (mechanism == ECDSA_P256) != (self.kind == P256):
            raise Refused("key_of_another_kind", kind=self.kind)


def read_private_key(pem: memoryview, room: memoryview) -> PrivateKey:
    """Return the first private key of a PEM payload, decoded into ``room`` (as long as the payload).

    Reads PKCS#8, PKCS#1 and SEC 1. ``Refused`` (key_not_usable) for every other form or kind.
    """
    found = _BLOCK.search(pem)
    if not found:
        raise Refused("key_not_usable")
    der = _decoded(pem[slice(*found.span(2))], room)
    try:
        label = found[1]
        if label == b"RSA ":
            return _rsa(der)
        return _p256(der, named=None) if label == b"EC " else _pkcs8(der)
    except (IndexError, ValueError) as error:
        raise Refused("key_not_usable") from error


def _decoded(letters: memoryview, room: memoryview) -> memoryview:
    bits = held = size = 0
    for letter in letters:
        if letter not in _BASE64:  # The ends of lines, and what fills up the last one.
            continue
        bits, held = bits << 6 | _BASE64[letter], held + 6
        if held >= 8:
            held -= 8
            room[size] = bits >> held
            bits, size = bits & (1 << held) - 1, size + 1
    return room[:size]


def _pkcs8(der: memoryview) -> PrivateKey:
    """RFC 5208 section 5: version, algorithm, the key of that algorithm in its own form."""
    whole, _ = _read(der, _SEQUENCE)
    _, rest = _read(whole, _INTEGER)
    algorithm, rest = _read(rest, _SEQUENCE)
    key, _ = _read(rest, _OCTETS)
    name, parameters = _read(algorithm, _OID)
    if name == _RSA_OID:
        return _rsa(key)
    if name == _EC_OID:
        return _p256(key, named=_read(parameters, _OID)[0])
    raise ValueError("kind")


def _rsa(der: memoryview) -> PrivateKey:
    rest, _ = _read(der, _SEQUENCE)
    _, rest = _read(rest, _INTEGER)
    parts: list[memoryview] = []
    while len(parts) < _RSA_PARTS:
        part, rest = _read(rest, _INTEGER)
        parts.append(part[1:] if part[0] == 0 else part)
    return PrivateKey(RSA, tuple(parts))


def _p256(der: memoryview, *, named: memoryview | None) -> PrivateKey:
    """RFC 5915 section 3; the curve stands outside in PKCS#8, inside else."""
    rest, _ = _read(der, _SEQUENCE)
    _, rest = _read(rest, _INTEGER)
    number, rest = _read(rest, _OCTETS)
    point = None
    while rest:
        tag = rest[0]
        content, rest = _read(rest, tag)
        if tag == _PARAMETERS:
            named = _read(content, _OID)[0]
        elif tag == _PUBLIC:
            point = bytes(_read(content, _BITS)[0][1:])
    if named is None or named != _P256_OID or len(number) != 32:
        raise ValueError("curve")
    return PrivateKey(P256, (number,), point)


def _read(der: memoryview, tag: int) -> tuple[memoryview, memoryview]:
    """Return the content of the first element and what follows it."""
    if der[0] != tag:
        raise ValueError("tag")
    size, start = der[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(der[2:start], "big")
    if start + size > len(der):
        raise ValueError("length")
    return der[start : start + size], der[start + size :]
