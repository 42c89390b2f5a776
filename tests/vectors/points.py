# SPDX-License-Identifier: Apache-2.0
"""Keys in software, as tokens would use them; and the vectors of the format page."""

import json
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

from console.domain import keys
from tests.support.fakes import P256_ORDER, FakeToken, PrivateKey, public_of
from tests.vectors.founding import RSA_PRIMES, rsa_key
from tests.vectors.sealing import FILE

VECTORS: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def private(scalar: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key of a scalar in hex."""
    return ec.derive_private_key(int(scalar, 16), ec.SECP256R1())


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the uncompressed public point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def deriver(key: ec.EllipticCurvePrivateKey) -> keys.Decapsulate:
    """Return the raw ECDH that a token would do."""
    return lambda points: [key.exchange(ec.ECDH(), keys.check_point(point)) for point in points]


def opened(key: PrivateKey, blob: bytes, info: bytes, mechanism: str = keys.P256_HPKE) -> bytes:
    """Return one blob opened."""
    at_work = partial(FakeToken(keys={"share": key}, mechanism=mechanism).decapsulate, "share")
    (plain,) = keys.open_sealed(at_work, public_of(key), [(blob, info)], mechanism=mechanism)
    return plain


def flipped(data: bytes, bit: int) -> bytes:
    """Return the bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


RSA_KEY, OTHER_RSA_KEY = (rsa_key(*RSA_PRIMES[name]) for name in ("share", "sign"))
KEY = private("07")
OTHER_KEY = private("08")
KEYS = st.integers(1, P256_ORDER - 1).map(lambda scalar: ec.derive_private_key(scalar, ec.SECP256R1()))
