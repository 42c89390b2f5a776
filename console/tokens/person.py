# SPDX-License-Identifier: Apache-2.0
"""What a person's token can be asked. Each request carries the PIN, logs in once, and leaves nothing open."""

import re
from collections.abc import Mapping

from pkcs11 import Attribute, PrivateKey, Session, Token

from console.domain.errors import Misused, Refused, Unavailable
from console.tokens import keys
from console.tokens.module import Found, Module, public_keys
from console.tokens.notes import create, data
from console.tokens.request import Answer, Request, Verb

SIGNING_PURPOSES = frozenset({"sign"})
PURPOSES = frozenset({"sign", "share", "read"})
FOUND, CARD = "found", "card"
REMEMBERED = re.compile(r"head-[0-9a-f]{16}\Z")
MOST_REMEMBERED = 1024
# The slots 9C, 9D and 82 of a PIV card (SP 800-73-4, part 1), by the CKA_ID that OpenSC and ykcs11 give them.
CARD_IDS: Mapping[str, bytes] = {"sign": b"\2", "share": b"\3", "read": b"\5"}


class Person:
    """A person's token in a module."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked."""
        return {
            "init_token": self.init_token,
            "prepare": self.prepare,
            "drop": self.drop,
            "points": self.points,
            "present": self.present,
            "sign": self.sign,
            "decapsulate": self.decapsulate,
            "remembered": self.remembered,
            "remember": self.remember,
        }

    def init_token(self, request: Request) -> Answer:
        """Make an empty token; tail: security officer's PIN (``so_pin_bytes`` long), then the user's."""
        label, so_pin_bytes = request.text("label"), request.number("so_pin_bytes")
        so_pin, pin = request.tail[:so_pin_bytes], request.tail[so_pin_bytes:]
        with self._module.guard():
            self._module.raw.init_token(self._module.empty_slot().slot_id, so_pin, label)
            token = self._module.find(label, {}).token
            with self._module.as_security_officer(token, so_pin) as session:
                self._module.raw.init_pin(session, pin)
        return Answer()

    def prepare(self, request: Request) -> Answer:
        """Get the key pair of ``purpose`` in one ``way``: found by its id, made (p256, rsa), or found on a card.

        Answers the public key and the attributes read back; ``Refused``: key_gone, key_not_protected, unsupported.
        """
        purpose, way = request.text("purpose"), request.text("way")
        if purpose not in PURPOSES or way not in (FOUND, keys.P256, keys.RSA, CARD):
            raise Misused("request_garbled", field="purpose")
        making = way not in (FOUND, CARD)
        with self._module.logged_in(self._token(request), request.tail, rw=making) as session:
            if making:
                public, attributes = keys.make(session, purpose, signs=purpose in SIGNING_PURPOSES, kind=way)
            else:
                public, attributes = _existing(session, purpose, way)
        return Answer({"public": public.hex(), **attributes})

    def drop(self, request: Request) -> Answer:
        """Destroy the pair of this public key, just made and found unfit; ``Refused`` (key_gone) if it is another."""
        purpose, public = request.text("purpose"), request.data("public")
        with self._module.logged_in(self._token(request), request.tail, rw=True) as session:
            if _existing(session, purpose, FOUND)[0] != public:
                raise Refused("key_gone", key=purpose)
            keys.destroy(session, purpose)
        return Answer()

    def points(self, request: Request) -> Answer:
        """Answer the public keys that the token shows without a PIN, by their labels."""
        found = public_keys(self._token(request))
        return Answer({"points": {label: public.hex() for label, public in found}})

    def present(self, request: Request) -> Answer:
        """Answer the slot of the token, or null; of a ``slot`` found before only whether there is one in it."""
        slot = request.head.get("slot")
        if isinstance(slot, int):
            return Answer({"slot": slot if self._module.holds_token(slot) else None})
        try:
            found = self._token(request)
        except Unavailable as error:
            if error.code not in ("token_absent", "other_token"):
                raise
            return Answer({"slot": None})
        return Answer({"slot": found.slot.slot_id})

    def sign(self, request: Request) -> Answer:
        """Answer the signature over ``digest`` by ``key`` with ``mechanism``."""
        raw, mechanism, found = self._module.raw, request.text("mechanism"), self._found(request)
        with self._module.logged_in(found.token, request.tail) as session:
            key = _key(session, request, found.ids)
            signature = keys.sign(raw, key, mechanism, request.data("digest"), request.tail)
        return Answer({"signature": signature.hex()})

    def decapsulate(self, request: Request) -> Answer:
        """Answer 32 bytes for each of ``encapsulations`` by ``key`` with ``mechanism``, in the tail; one login."""
        raw, mechanism = self._module.raw, request.text("mechanism")
        encapsulations, found = request.data_list("encapsulations"), self._found(request)
        with self._module.logged_in(found.token, request.tail) as session:
            key = _key(session, request, found.ids)
            return Answer({}, keys.decapsulate(raw, key, mechanism, encapsulations, request.tail))

    def remembered(self, request: Request) -> Answer:
        """Answer what the token was given to take along under a name: one value, or two after a cut."""
        with self._module.logged_in(self._token(request), request.tail) as session:
            found = data(session, _name(request))
            return Answer({"values": [bytes(each[Attribute.VALUE]).hex() for each in found]})

    def remember(self, request: Request) -> Answer:
        """Make the new value, then destroy the older ones: at any moment there is one."""
        name, value = _name(request), request.data("value")
        if len(value) > MOST_REMEMBERED:
            raise Misused("request_garbled", field="value")
        with self._module.logged_in(self._token(request), request.tail, rw=True) as session:
            old = data(session, name)
            create(session, name, value)
            for each in old:
                each.destroy()
        return Answer()

    def _found(self, request: Request) -> Found:
        return self._module.find(request.text("label"), request.data_by_name("expect"))

    def _token(self, request: Request) -> Token:
        return self._found(request).token


def _name(request: Request) -> str:
    name = request.text("name")
    if not REMEMBERED.match(name):
        raise Misused("request_garbled", field="name")
    return name


def _key(session: Session, request: Request, ids: Mapping[bytes, bytes]) -> PrivateKey:
    name, expected = request.text("key"), request.data_by_name("expect")
    if name in expected:
        return keys.private_by_id(session, ids[expected[name]], name)
    return keys.private_key(session, name)


def _existing(session: Session, purpose: str, way: str) -> tuple[bytes, dict[str, bool]]:
    # By ids of our own making: other programs call their keys "sign", too.
    id_ = keys.key_id(purpose) if way == FOUND else CARD_IDS[purpose]
    private = keys.private_by_id(session, id_, purpose)
    attributes = keys.protection(private)
    if not keys.stays(attributes):
        raise Refused("key_not_protected", key=purpose)
    return keys.public_half(session, private, purpose), attributes
