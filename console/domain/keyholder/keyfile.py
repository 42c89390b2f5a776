# SPDX-License-Identifier: Apache-2.0
"""A software key file: a person's P-256 keys in one file, sealed under their PIN. No file is touched here.

Whoever has a copy of it can try PINs for as long as they like, at the price of Argon2id: nothing ever locks. Byte for
byte: ``docs/formats/token-process.md``, section "A software key file".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.domain.canonical import Json, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Misused, Refused
from console.domain.keys import check_point

FILE_NAME = "keys.json"
KIND, KDF = "software-key-file", "argon2id"
KEY_BYTES = SCALAR_BYTES = 32
SALT_BYTES, NONCE_BYTES = 16, 12
MAX_KEYS = 8
MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class Cost:
    """What one try of a PIN costs (RFC 9106 section 3.1)."""

    memory_kib: int
    passes: int
    lanes: int

    def is_at_least(self, other: "Cost") -> bool:
        """Say whether a try costs at least as much memory and time."""
        return self.memory_kib >= other.memory_kib and self.passes >= other.passes


STANDARD = Cost(memory_kib=256 * 1024, passes=3, lanes=4)
# What somebody wrote into a file must not make this machine run out of memory, or hang.
DEAREST = Cost(memory_kib=1024 * 1024, passes=16, lanes=16)


@dataclass(frozen=True)
class KeyFile:
    """What stands in the file: public keys by purpose, and the private numbers, sealed."""

    cost: Cost
    salt: bytes
    points: Mapping[str, bytes]
    nonce: bytes
    sealed: bytes = b""

    def head(self) -> bytes:
        """Return everything but what is sealed: the additional data of the seal."""
        kdf: dict[str, Json] = {
            "name": KDF,
            "memory_kib": self.cost.memory_kib,
            "passes": self.cost.passes,
            "lanes": self.cost.lanes,
        }
        points: dict[str, Json] = {purpose: to_base64(point) for purpose, point in self.points.items()}
        return encode(
            {
                "v": 1,
                "kind": KIND,
                "kdf": kdf,
                "salt": to_base64(self.salt),
                "points": points,
                "nonce": to_base64(self.nonce),
            }
        )

    def encode(self) -> bytes:
        """Return the file's bytes."""
        check = digest("software-key-file", self.head(), self.sealed)
        return encode({**decode_object(self.head()), "sealed": to_base64(self.sealed), "check": to_base64(check)})


def parse(data: bytes) -> KeyFile:
    """Return what is in a file; ``Corrupt`` (key_file_damaged) unless it is as this program writes them.

    Its check tells damage from a wrong PIN. It keeps nobody from making another file: only the PIN's seal does.
    """
    try:
        file = _parsed(data)
    except Corrupt as error:
        raise Corrupt("key_file_damaged") from error
    if file.encode() != data or not _is_sound(file):
        raise Corrupt("key_file_damaged")
    return file


def _parsed(data: bytes) -> KeyFile:
    value = decode_object(data)
    with shaped("key_file_damaged"):
        kdf, points = cast(dict[str, Json], value["kdf"]), cast(dict[str, Json], value["points"])
        numbers = [kdf[name] for name in ("memory_kib", "passes", "lanes")]
        if any(type(number) is not int for number in numbers):
            raise Corrupt("key_file_damaged")
        made = {purpose: from_base64(point) for purpose, point in points.items()}
        for point in made.values():
            check_point(point)
        return KeyFile(
            Cost(*cast(list[int], numbers)),
            from_base64(value["salt"]),
            made,
            from_base64(value["nonce"]),
            from_base64(value["sealed"]),
        )


def _is_sound(file: KeyFile) -> bool:
    cost = file.cost
    return (
        1 <= cost.lanes <= DEAREST.lanes
        and 1 <= cost.passes <= DEAREST.passes
        and 8 * cost.lanes <= cost.memory_kib <= DEAREST.memory_kib
        and len(file.salt) == SALT_BYTES
        and len(file.nonce) == NONCE_BYTES
        and len(file.points) <= MAX_KEYS
    )


def empty(pin: bytearray, *, salt: bytes, nonce: bytes, cost: Cost = STANDARD, weak: bool = False) -> KeyFile:
    """Return a file without keys under this PIN. ``weak``: may cost less than the standard, which only tests do.

    ``Misused`` (cost_too_low) for a lower cost that was not asked for by name.
    """
    if not (weak or cost.is_at_least(STANDARD)):
        raise Misused("cost_too_low")
    file = KeyFile(cost, salt, {}, nonce)
    return sealed(file, stretch(pin, file), {}, nonce)


def stretch(pin: bytearray, file: KeyFile) -> bytearray:
    """Return the 32-byte key that a PIN makes for this file (Argon2id, RFC 9106); it may be wiped."""
    cost = file.cost
    made = Argon2id(
        salt=file.salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(cast(bytes, pin))
    return bytearray(made)


def sealed(file: KeyFile, key: bytearray, scalars: Mapping[str, bytes], nonce: bytes) -> KeyFile:
    """Return the file with these private keys instead, under the same PIN; ``nonce``: never used before."""
    points = {purpose: point_of(scalar) for purpose, scalar in sorted(scalars.items())}
    bare = KeyFile(file.cost, file.salt, points, nonce)
    plain = b"".join(scalars[purpose] for purpose in points)
    return KeyFile(file.cost, file.salt, points, nonce, AESGCM(key).encrypt(nonce, plain, bare.head()))


def opened(file: KeyFile, key: bytearray) -> dict[str, bytes]:
    """Return the private keys by purpose (32 bytes each); ``Refused`` (pin_wrong): there is no count of tries."""
    try:
        plain = AESGCM(key).decrypt(file.nonce, file.sealed, file.head())
    except InvalidTag as error:
        raise Refused("pin_wrong", tries="unknown") from error
    parts = [plain[start : start + SCALAR_BYTES] for start in range(0, len(plain), SCALAR_BYTES)]
    with shaped("key_file_damaged"):
        return dict(zip(sorted(file.points), parts, strict=True))


# --- a private key at work ----------------------------------------------------------------------------------


def new_scalar() -> bytes:
    """Return a new private key. The library draws it: not every 32 bytes are one."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(SCALAR_BYTES)


def point_of(scalar: bytes) -> bytes:
    """Return the public key: an uncompressed point, 65 bytes."""
    return _private(scalar).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign(scalar: bytes, signed: bytes) -> bytes:
    """Return r‖s (64 bytes), ECDSA over a 32-byte digest."""
    r, s = decode_dss_signature(_private(scalar).sign(signed, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(SCALAR_BYTES) + s.to_bytes(SCALAR_BYTES)


def shared_x(scalar: bytes, point: bytes) -> bytes:
    """Return the raw ECDH x coordinate (32 bytes); ``Corrupt`` (not_a_point) for what is not on the curve."""
    return _private(scalar).exchange(ec.ECDH(), check_point(point))


def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())
