# SPDX-License-Identifier: Apache-2.0
"""Key pairs in a token: make, find, sign, derive, destroy, prove that they work. One session each, given."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from pkcs11 import (
    DEFAULT,
    KDF,
    Attribute,
    KeyType,
    Mechanism,
    MechanismFlag,
    Object,
    ObjectClass,
    PrivateKey,
    PublicKey,
    Session,
)  # fmt: skip
from pkcs11 import _pkcs11 as binding
from pkcs11.exceptions import AttributeTypeInvalid, PKCS11Error

from console.domain.errors import Corrupt, Refused
from console.tokens.p11raw import RawModule

P256_PARAMETERS = bytes.fromhex("06082a8648ce3d030107")  # OID 1.2.840.10045.3.1.7
ED25519_PARAMETERS = b"\x13\x0cedwards25519"  # PrintableString, PKCS#11 v3.0 section 2.3.10
# The base point of P-256 (SP 800-186): ECDH with it gives the x coordinate of the own public key.
P256_GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
POINT_BYTES = 65
SECRET_BYTES = 32

A = Attribute
_USAGES = (A.ENCRYPT, A.DECRYPT, A.SIGN, A.VERIFY, A.WRAP, A.UNWRAP, A.DERIVE)
# python-pkcs11 names every usage in every template; tokens reject those that the key type does not know.
_UNSAID = dict.fromkeys(_USAGES, DEFAULT)
_SIGNING = ({**_UNSAID, A.VERIFY: True}, {**_UNSAID, A.SIGN: True})
_DERIVING = ({**_UNSAID, A.DERIVE: True}, {**_UNSAID, A.DERIVE: True})
_SHARED_SECRET = {
    **_UNSAID, A.SENSITIVE: False, A.EXTRACTABLE: True, A.TOKEN: False, A.PRIVATE: DEFAULT, A.ID: DEFAULT,
    A.LABEL: DEFAULT,
}  # fmt: skip


def make(session: Session, name: str, *, signs: bool, ed25519: bool = False) -> tuple[bytes, dict[str, bool]]:
    """Make a key pair that never leaves the token; return its public point and the attributes read back.

    Raises ``Refused`` (key_exists; key_not_protected when the token gives weaker attributes than asked).
    """
    if find(session, ObjectClass.PRIVATE_KEY, name):
        raise Refused("key_exists", key=name)
    public_usage, private_usage = _SIGNING if signs else _DERIVING
    parameters = session.create_domain_parameters(
        KeyType.EC_EDWARDS if ed25519 else KeyType.EC,
        {A.EC_PARAMS: ED25519_PARAMETERS if ed25519 else P256_PARAMETERS},
        local=True,
    )
    public, private = parameters.generate_keypair(
        store=True,
        label=name,
        id=key_id(name),
        mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN if ed25519 else Mechanism.EC_KEY_PAIR_GEN,
        capabilities=MechanismFlag(0),
        public_template=public_usage,
        private_template={**private_usage, A.SENSITIVE: True, A.EXTRACTABLE: False},
    )
    attributes = _protection(private)
    if not attributes["sensitive"] or attributes["extractable"]:
        destroy(session, name)
        raise Refused("key_not_protected", key=name)
    return _unwrapped_point(public, 32 if ed25519 else POINT_BYTES), attributes


def key_id(name: str) -> bytes:
    """Return the CKA_ID of a name, so that modules which pair keys by id pair ours."""
    return hashlib.sha256(name.encode()).digest()[:8]


def find(session: Session, kind: ObjectClass, name: str) -> list[Object]:
    """Return the objects of a class by label, all of them: a half-read search jams the session."""
    return list(session.get_objects({A.CLASS: kind, A.LABEL: name}))


def private_key(session: Session, name: str) -> PrivateKey:
    """Return a private key; ``Refused`` (key_gone) if it does not exist."""
    found = find(session, ObjectClass.PRIVATE_KEY, name)
    if not found:
        raise Refused("key_gone", key=name)
    return cast(PrivateKey, found[0])


def destroy(session: Session, name: str) -> None:
    """Destroy both halves of a key pair; missing ones are no error."""
    for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
        for found in find(session, kind, name):
            found.destroy()


def sign_digest(session: Session, name: str, digest: bytes) -> bytes:
    """Return ECDSA P-256 r‖s (64 bytes) over a 32-byte digest."""
    return bytes(private_key(session, name).sign(digest, mechanism=Mechanism.ECDSA))  # type: ignore[attr-defined]


def sign_message(session: Session, name: str, message: bytes) -> bytes:
    """Return Ed25519 over the message or ECDSA over its SHA-256, by the kind of the key: 64 bytes."""
    key = private_key(session, name)
    if key.key_type == KeyType.EC_EDWARDS:
        return bytes(key.sign(message, mechanism=Mechanism.EDDSA))  # type: ignore[attr-defined]
    return sign_digest(session, name, hashlib.sha256(message).digest())


def derive(raw: RawModule, session: Session, name: str, points: Sequence[bytes]) -> bytearray:
    """Return the raw ECDH x coordinates (32 bytes each, one after the other) of a key with uncompressed points."""
    key, secrets = private_key(session, name), bytearray(SECRET_BYTES * len(points))
    for number, point in enumerate(points):
        start = SECRET_BYTES * number
        secrets[start : start + SECRET_BYTES] = _derive_one(raw, key, point)
    return secrets


def self_test(raw: RawModule, session: Session, name: str, point: bytes, *, signs: bool) -> None:
    """Prove that a new key works as a later ceremony will need it; ``Corrupt`` (self_test_failed) if not."""
    if signs:
        digest = hashlib.sha256(point).digest()
        (public,) = find(session, ObjectClass.PUBLIC_KEY, name)
        good = cast(PublicKey, public).verify(  # type: ignore[attr-defined]
            digest, sign_digest(session, name, digest), mechanism=Mechanism.ECDSA
        )
    else:
        good = derive(raw, session, name, [P256_GENERATOR]) == point[1 : 1 + SECRET_BYTES]
    if not good:
        raise Corrupt("self_test_failed", key=name)


def point_of(public: Object) -> bytes:
    """Return the uncompressed point (65 bytes) of a P-256 public key object."""
    return _unwrapped_point(public, POINT_BYTES)


def is_p256(public: Object) -> bool:
    """Tell whether a public key object is one on P-256."""
    try:
        return bool(public[A.KEY_TYPE] == KeyType.EC and public[A.EC_PARAMS] == P256_PARAMETERS)
    except (AttributeTypeInvalid, ValueError):  # ValueError: a key type that python-pkcs11 does not know
        return False


def _derive_one(raw: RawModule, key: PrivateKey, point: bytes) -> bytearray:
    # The unbound function: ykcs11 says CKA_DERIVE=False for every key, and then the method is not there.
    secret = binding.DeriveMixin.derive_key(  # type: ignore[attr-defined]
        key,
        KeyType.GENERIC_SECRET,
        8 * SECRET_BYTES,
        mechanism=Mechanism.ECDH1_DERIVE,
        mechanism_param=(KDF.NULL, None, point),
        capabilities=MechanismFlag(0),
        template=_SHARED_SECRET,
    )
    value = bytearray(SECRET_BYTES)
    length = raw.read_value(secret, value)
    with suppress(PKCS11Error):  # It ends with its session in any case.
        secret.destroy()
    # Some tokens strip leading zeros.
    return value[:length].rjust(SECRET_BYTES, b"\0")


def _protection(private: Object) -> dict[str, bool]:
    return {
        "sensitive": bool(private[A.SENSITIVE]),
        "extractable": bool(private[A.EXTRACTABLE]),
        "local": bool(private[A.LOCAL]),
    }


def _unwrapped_point(public: Object, size: int) -> bytes:
    value = bytes(public[A.EC_POINT])
    if len(value) == size + 2 and value[:2] == bytes((4, size)):  # DER OCTET STRING
        value = value[2:]
    if len(value) != size:
        raise Corrupt("not_a_point")
    return value
