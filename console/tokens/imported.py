# SPDX-License-Identifier: Apache-2.0
"""Keys from outside, in the module for one use: session objects that cannot be read back, gone when it is done.

What a token makes of such a key is read back before it is used. A token that cannot take one says ``unsupported``,
whatever its module calls that: nothing is broken by it.
"""

import hashlib
import secrets
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from pkcs11 import Attribute, KeyType, Object, ObjectClass, Session
from pkcs11 import Mechanism as Ckm
from pkcs11.exceptions import PKCS11Error

from console.domain.errors import Misused, Refused
from console.tokens import keys
from console.tokens.failures import translated
from console.tokens.p11raw import Mechanism, RawModule
from console.tokens.request import Answer, Request, Verb

A = Attribute
ECDSA = "ecdsa-p256"
RSA_PARTS = (
    A.MODULUS,
    A.PUBLIC_EXPONENT,
    A.PRIVATE_EXPONENT,
    A.PRIME_1,
    A.PRIME_2,
    A.EXPONENT_1,
    A.EXPONENT_2,
    A.COEFFICIENT,
)
HMAC_SHA1 = Mechanism(Ckm.SHA_1_HMAC)
COUNTER = struct.Struct(">Q")


class OutsideKeys:
    """What the station's HSM can be asked to do with keys from outside; ``open_`` lends a session of its own."""

    def __init__(self, raw: RawModule, open_: Callable[[], AbstractContextManager[Session]]) -> None:
        self._raw = raw
        self._open = open_

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked."""
        return {"sign_once": self.sign_once, "mac_once": self.mac_once}

    def sign_once(self, request: Request) -> Answer:
        """Answer the signature over ``message`` by the private key in the tail, its parts as long as ``sizes``."""
        mechanism, sizes, message = (request.text("mechanism"), request.numbers("sizes"), request.data("message"))
        with self._open() as session:
            made = sign_once(self._raw, session, mechanism, sizes, request.tail, message)
            return Answer({"signature": made.hex()})

    def mac_once(self, request: Request) -> Answer:
        """Answer the HMAC-SHA-1 of each of ``counters`` by the seed in the tail."""
        with self._open() as session:
            return Answer({}, mac_once(self._raw, session, request.tail, request.numbers("counters")))


def sign_once(
    raw: RawModule, session: Session, mechanism: str, sizes: Sequence[int], key: bytearray, message: bytes
) -> bytes:
    """Return the signature over a message by a private key, its parts one after the other in ``key``.

    Raises ``Refused``: unsupported, key_not_protected.
    """
    if mechanism not in keys.SIGNINGS:
        raise Misused("mechanism_unknown", mechanism=mechanism)
    names = (A.VALUE,) if mechanism == ECDSA else RSA_PARTS
    parts = _parts(key, sizes, names)
    curve = {A.EC_PARAMS: bytearray(keys.P256_PARAMETERS)} if mechanism == ECDSA else {}
    kind = KeyType.EC if mechanism == ECDSA else KeyType.RSA
    signed = hashlib.sha256(message).digest() if mechanism == ECDSA else message
    try:
        with _held(raw, session, ObjectClass.PRIVATE_KEY, kind, {**curve, **parts}) as held:
            return raw.sign(held, keys.SIGNINGS[mechanism], signed, None)
    finally:
        for part in parts.values():
            part[:] = bytes(len(part))


def mac_once(raw: RawModule, session: Session, seed: bytearray, counters: Sequence[int]) -> bytearray:
    """Return the HMAC-SHA-1 of each counter (8 bytes, big-endian), 20 bytes each, one after the other.

    Raises ``Refused``: unsupported, key_not_protected.
    """
    macs = bytearray()
    with _held(raw, session, ObjectClass.SECRET_KEY, KeyType.GENERIC_SECRET, {A.VALUE: seed}) as held:
        for counter in counters:
            macs += raw.sign(held, HMAC_SHA1, COUNTER.pack(counter), None)
    return macs


def _parts(key: bytearray, sizes: Sequence[int], names: Sequence[Attribute]) -> dict[Attribute, bytearray]:
    if len(sizes) != len(names) or sum(sizes) != len(key):
        raise Misused("request_garbled", field="sizes")
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return {name: key[end - size : end] for name, size, end in zip(names, sizes, ends, strict=True)}


@contextmanager
def _held(
    raw: RawModule, session: Session, class_: ObjectClass, kind: KeyType, secret: Mapping[Attribute, bytearray]
) -> Iterator[Object]:
    """Lend the key as a session object that is known to stay; afterwards it is destroyed."""
    name = secrets.token_bytes(16)
    try:
        raw.create(session, _template(class_, kind, name) | dict(secret))
        (held,) = session.get_objects({A.CLASS: class_, A.ID: name})
        if held[A.TOKEN] or not keys.stays(keys.protection(held)):
            raise Refused("key_not_protected", key="imported")
        yield held
    except PKCS11Error as error:
        meant = translated(error)
        if meant.code in ("token_absent", "token_removed"):
            raise
        raise Refused("unsupported", module_error=type(error).__name__) from error
    finally:
        _destroy(session, class_, name)


def _template(class_: ObjectClass, kind: KeyType, name: bytes) -> dict[Attribute, bytearray]:
    yes, no = bytearray(b"\1"), bytearray(b"\0")
    return {
        A.CLASS: _number(class_),
        A.KEY_TYPE: _number(kind),
        A.ID: bytearray(name),
        A.TOKEN: no,
        A.PRIVATE: yes,
        A.SENSITIVE: yes,
        A.EXTRACTABLE: no,
        A.SIGN: yes,
    }


def _number(value: int) -> bytearray:
    return bytearray(struct.pack("@L", value))


def _destroy(session: Session, class_: ObjectClass, name: bytes) -> None:
    with suppress(PKCS11Error):  # It ends with its session in any case.
        for found in list(session.get_objects({A.CLASS: class_, A.ID: name})):
            found.destroy()
