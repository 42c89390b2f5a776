# SPDX-License-Identifier: Apache-2.0
"""Key pairs in a token: make, find, sign, decapsulate, destroy. One session each, given.

A public key is bytes as the roster spells it: a P-256 point (65 bytes), or the SubjectPublicKeyInfo of an RSA key.
"""

import hashlib
import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import cast

from pkcs11 import DEFAULT, KDF, MGF, Attribute, KeyType, MechanismFlag, Object, ObjectClass, PrivateKey, Session
from pkcs11 import Mechanism as Ckm
from pkcs11 import _pkcs11 as binding
from pkcs11.exceptions import AttributeTypeInvalid, PKCS11Error

from console.domain.errors import Corrupt, Misused, Refused
from console.tokens.p11raw import Mechanism, RawModule

P256, ED25519, RSA = "p256", "ed25519", "rsa"
P256_PARAMETERS = bytes.fromhex("06082a8648ce3d030107")  # OID 1.2.840.10045.3.1.7
ED25519_PARAMETERS = b"\x13\x0cedwards25519"  # PrintableString, PKCS#11 v3.0 section 2.3.10
RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier, RFC 8017 appendix A.1
RSA_BITS = 2048  # what every token with RSA makes, cards and TPMs too
POINT_BYTES = 65
SECRET_BYTES = 32

A = Attribute
_USAGES = (A.ENCRYPT, A.DECRYPT, A.SIGN, A.VERIFY, A.WRAP, A.UNWRAP, A.DERIVE)
# python-pkcs11 names every usage in every template; tokens reject those that the key type does not know.
_UNSAID = dict.fromkeys(_USAGES, DEFAULT)
_SIGNING = ({**_UNSAID, A.VERIFY: True}, {**_UNSAID, A.SIGN: True})
_DERIVING = ({**_UNSAID, A.DERIVE: True}, {**_UNSAID, A.DERIVE: True})
_DECRYPTING = ({**_UNSAID, A.ENCRYPT: True}, {**_UNSAID, A.DECRYPT: True})
# Said outright: without EXTRACTABLE some modules make keys that can be taken out.
_STAYS = {A.SENSITIVE: True, A.EXTRACTABLE: False}
_SHARED_SECRET = {
    **_UNSAID,
    A.SENSITIVE: False,
    A.EXTRACTABLE: True,
    A.TOKEN: False,
    A.PRIVATE: DEFAULT,
    A.ID: DEFAULT,
    A.LABEL: DEFAULT,
}

_DATA_SPECIFIED = 1  # CKZ_DATA_SPECIFIED: the label of OAEP is given here, and empty


def _oaep(hash_: Ckm, mgf: MGF) -> Mechanism:
    return Mechanism(Ckm.RSA_PKCS_OAEP, struct.pack("@LLLPL", hash_, mgf, _DATA_SPECIFIED, 0, 0))


SIGNINGS: Mapping[str, Mechanism] = {
    "ecdsa-p256": Mechanism(Ckm.ECDSA),
    "rsa-pkcs1-sha256": Mechanism(Ckm.SHA256_RSA_PKCS),
    "rsa-pss-sha256": Mechanism(Ckm.SHA256_RSA_PKCS_PSS, struct.pack("@LLL", Ckm.SHA256, MGF.SHA256, 32)),
}
DECRYPTIONS: Mapping[str, Mechanism] = {
    "rsa-oaep-sha256": _oaep(Ckm.SHA256, MGF.SHA256),
    "rsa-oaep-sha1": _oaep(Ckm.SHA_1, MGF.SHA1),
}
DERIVATION = "p256-hpke"
_POINTS = {
    A.CLASS: bytearray(struct.pack("@L", ObjectClass.PUBLIC_KEY)),
    A.KEY_TYPE: bytearray(struct.pack("@L", KeyType.EC)),
    A.EC_PARAMS: bytearray(P256_PARAMETERS),
}


# --- make, find, destroy ----------------------------------------------------------------------------------


def make(session: Session, name: str, *, signs: bool, kind: str = P256) -> tuple[bytes, dict[str, bool]]:
    """Make a key pair that never leaves the token; return the public key and the attributes read back.

    Raises ``Refused`` (key_exists; key_not_protected when the token gives weaker attributes than asked).
    """
    if find(session, ObjectClass.PRIVATE_KEY, name):
        raise Refused("key_exists", key=name)
    public_usage, private_usage = _SIGNING if signs else _DECRYPTING if kind == RSA else _DERIVING
    public, private = _generator(session, kind)(
        store=True,
        label=name,
        id=key_id(name),
        capabilities=MechanismFlag(0),
        public_template=public_usage,
        private_template={**private_usage, **_STAYS},
    )
    attributes = protection(private)
    if not stays(attributes):
        destroy(session, name)
        raise Refused("key_not_protected", key=name)
    return public_bytes(public, kind), attributes


def _generator(session: Session, kind: str) -> Callable[..., tuple[Object, Object]]:
    if kind == RSA:
        return lambda **template: session.generate_keypair(KeyType.RSA, RSA_BITS, **template)
    ed25519 = kind == ED25519
    parameters = session.create_domain_parameters(
        KeyType.EC_EDWARDS if ed25519 else KeyType.EC,
        {A.EC_PARAMS: ED25519_PARAMETERS if ed25519 else P256_PARAMETERS},
        local=True,
    )
    mechanism = Ckm.EC_EDWARDS_KEY_PAIR_GEN if ed25519 else Ckm.EC_KEY_PAIR_GEN
    return lambda **template: parameters.generate_keypair(mechanism=mechanism, **template)


def key_id(name: str) -> bytes:
    """Return the CKA_ID of a name, so that modules which pair keys by id pair ours."""
    return hashlib.sha256(name.encode()).digest()[:8]


def find(session: Session, kind: ObjectClass, name: str) -> list[Object]:
    """Return the objects of a class by label, all of them: a half-read search jams the session."""
    return list(session.get_objects({A.CLASS: kind, A.LABEL: name}))


def private_key(session: Session, name: str) -> PrivateKey:
    """Return a private key by its label; ``Refused`` (key_gone) if it does not exist."""
    return _only(find(session, ObjectClass.PRIVATE_KEY, name), name)


def public_half(session: Session, private: Object, name: str) -> bytes:
    """Return the public key of a private one, by the id that both halves have; ``Refused`` (key_gone) if none."""
    for shown, public in publics(session):
        if shown[A.ID] == private[A.ID]:
            return public
    raise Refused("key_gone", key=name)


def private_by_id(session: Session, id_: bytes, name: str) -> PrivateKey:
    """Return a private key by its CKA_ID; ``Refused`` (key_gone) if it does not exist."""
    return _only(list(session.get_objects({A.CLASS: ObjectClass.PRIVATE_KEY, A.ID: id_})), name)


def _only(found: Sequence[Object], name: str) -> PrivateKey:
    if not found:
        raise Refused("key_gone", key=name)
    return cast(PrivateKey, found[0])


def publics(session: Session) -> Iterator[tuple[Object, bytes]]:
    """Yield the public keys of kinds that this program uses, each with its bytes: reading one takes 0.1 ms."""
    for shown in list(session.get_objects({A.CLASS: ObjectClass.PUBLIC_KEY})):
        public = public_of(shown)
        if public is not None:
            yield shown, public


def ids_of(raw: RawModule, session: Session, wanted: Collection[bytes]) -> dict[bytes, bytes]:
    """Return public key -> CKA_ID of those of these keys that the token shows.

    Points are read in one search without python-pkcs11, in a third of the time; where that does not find all (bare
    points, RSA), every key is read.
    """
    found: dict[bytes, bytes] = {}
    with suppress(PKCS11Error):
        shown_as = {_der(4, public): public for public in wanted}
        points = raw.read_all(session, _POINTS, (A.EC_POINT, A.ID))
        found = {shown_as[point]: id_ for point, id_ in points if point in shown_as}
    if len(found) < len(wanted):
        found |= {public: bytes(shown[A.ID]) for shown, public in publics(session) if public in wanted}
    return found


def destroy(session: Session, name: str) -> None:
    """Destroy both halves of a key pair; missing ones are no error."""
    for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
        for found in find(session, kind, name):
            found.destroy()


def protection(private: Object) -> dict[str, bool]:
    """Return the attributes that say whether a private key stays; what a token does not tell counts as the worst."""
    return {
        "sensitive": _told(private, A.SENSITIVE, otherwise=False),
        "extractable": _told(private, A.EXTRACTABLE, otherwise=True),
        "local": _told(private, A.LOCAL, otherwise=False),
        "confirms": _told(private, A.ALWAYS_AUTHENTICATE, otherwise=False),
    }


def stays(attributes: Mapping[str, bool]) -> bool:
    """Tell whether a key with these attributes never leaves its token."""
    return attributes["sensitive"] and not attributes["extractable"]


def _told(private: Object, attribute: Attribute, *, otherwise: bool) -> bool:
    try:
        return bool(private[attribute])
    except PKCS11Error:
        return otherwise


# --- use --------------------------------------------------------------------------------------------------


def sign(raw: RawModule, key: PrivateKey, mechanism: str, digest: bytes, pin: bytearray) -> bytes:
    """Return the signature over a 32-byte digest; a key that wants the PIN for each use gets it."""
    if mechanism not in SIGNINGS:
        raise Misused("mechanism_unknown", mechanism=mechanism)
    return raw.sign(key, SIGNINGS[mechanism], digest, _confirming(key, pin))


def sign_message(session: Session, name: str, message: bytes) -> bytes:
    """Return Ed25519 over the message or ECDSA over its SHA-256, by the kind of the key: 64 bytes."""
    key = private_key(session, name)
    if key.key_type == KeyType.EC_EDWARDS:
        return bytes(key.sign(message, mechanism=Ckm.EDDSA))  # type: ignore[attr-defined]
    return bytes(key.sign(hashlib.sha256(message).digest(), mechanism=Ckm.ECDSA))  # type: ignore[attr-defined]


def decapsulate(
    raw: RawModule, key: PrivateKey, mechanism: str, encapsulations: Sequence[bytes], pin: bytearray
) -> bytearray:
    """Return 32 bytes for each, one after the other: x coordinates of points, or seeds of OAEP ciphertexts."""
    if mechanism == DERIVATION:
        return derive(raw, key, encapsulations)
    if mechanism not in DECRYPTIONS:
        raise Misused("mechanism_unknown", mechanism=mechanism)
    seeds = bytearray(SECRET_BYTES * len(encapsulations))
    for number, encapsulation in enumerate(encapsulations):
        seed = raw.decrypt(key, DECRYPTIONS[mechanism], encapsulation, _confirming(key, pin))
        if len(seed) != SECRET_BYTES:
            raise Corrupt("seal_broken")
        seeds[SECRET_BYTES * number : SECRET_BYTES * (number + 1)] = seed
        seed[:] = bytes(SECRET_BYTES)
    return seeds


def derive(raw: RawModule, key: PrivateKey, points: Sequence[bytes]) -> bytearray:
    """Return the raw ECDH x coordinates (32 bytes each, one after the other) of a key with uncompressed points."""
    secrets = bytearray(SECRET_BYTES * len(points))
    for number, point in enumerate(points):
        start = SECRET_BYTES * number
        secrets[start : start + SECRET_BYTES] = _derive_one(raw, key, point)
    return secrets


def _confirming(key: PrivateKey, pin: bytearray) -> bytearray | None:
    return pin if _told(key, A.ALWAYS_AUTHENTICATE, otherwise=False) else None


def _derive_one(raw: RawModule, key: PrivateKey, point: bytes) -> bytearray:
    # The unbound function: ykcs11 says CKA_DERIVE=False for every key, and then the method is not there.
    secret = binding.DeriveMixin.derive_key(  # type: ignore[attr-defined]
        key,
        KeyType.GENERIC_SECRET,
        8 * SECRET_BYTES,
        mechanism=Ckm.ECDH1_DERIVE,
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


# --- public keys as bytes ---------------------------------------------------------------------------------


def public_of(public: Object) -> bytes | None:
    """Return a public key object as bytes, or None if it is of no kind that this program uses."""
    try:
        kind = public[A.KEY_TYPE]
        if kind == KeyType.RSA:
            return public_bytes(public, RSA)
        if kind == KeyType.EC and public[A.EC_PARAMS] == P256_PARAMETERS:
            return public_bytes(public, P256)
    except (AttributeTypeInvalid, ValueError):  # ValueError: a key type that python-pkcs11 does not know
        pass
    return None


def public_bytes(public: Object, kind: str) -> bytes:
    """Return a public key object as bytes; Ed25519 keys are 32 bytes."""
    if kind == RSA:
        return _rsa_bytes(bytes(public[A.MODULUS]), bytes(public[A.PUBLIC_EXPONENT]))
    return _unwrapped_point(public, 32 if kind == ED25519 else POINT_BYTES)


def _rsa_bytes(modulus: bytes, exponent: bytes) -> bytes:
    # DER by hand: whoever gets this checks it, and the token process needs no other library for it.
    key = _der(0x30, _der(2, _unsigned(modulus)) + _der(2, _unsigned(exponent)))
    return _der(0x30, RSA_ENCRYPTION + _der(3, b"\0" + key))


def _unsigned(number: bytes) -> bytes:
    value = int.from_bytes(number, "big")
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _unwrapped_point(public: Object, size: int) -> bytes:
    value = bytes(public[A.EC_POINT])
    if len(value) == size + 2 and value[:2] == bytes((4, size)):  # DER OCTET STRING
        value = value[2:]
    if len(value) != size:
        raise Corrupt("not_a_point")
    return value
