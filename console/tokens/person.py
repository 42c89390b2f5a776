# SPDX-License-Identifier: Apache-2.0
"""What a person's token can be asked. Each request carries the PIN, logs in once, and leaves nothing open."""

from collections.abc import Mapping

from pkcs11 import Token

from console.domain.errors import Refused
from console.tokens import keys
from console.tokens.module import Module, public_points
from console.tokens.request import Answer, Request, Verb

SIGNING_PURPOSES = frozenset({"sign"})
PURPOSES = frozenset({"sign", "share", "read"})


class Person:
    """A person's token in a module."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked."""
        return {
            "init_token": self.init_token,
            "enrol": self.enrol,
            "points": self.points,
            "sign": self.sign,
            "derive": self.derive,
        }

    def init_token(self, request: Request) -> Answer:
        """Make an empty token; tail: security officer's PIN (``so_pin_bytes`` long), then the user's."""
        label, so_pin_bytes = request.text("label"), request.number("so_pin_bytes")
        so_pin, pin = request.tail[:so_pin_bytes], request.tail[so_pin_bytes:]
        with self._module.guard():
            self._module.raw.init_token(self._module.empty_slot().slot_id, so_pin, label)
            token = self._module.find(label, {})
            with self._module.as_security_officer(token, so_pin) as session:
                self._module.raw.init_pin(session, pin)
        return Answer()

    def enrol(self, request: Request) -> Answer:
        """Make the key pairs of ``purposes``, prove each in a fresh session; answer points and attributes."""
        token, purposes = self._token(request), request.texts("purposes")
        if not PURPOSES.issuperset(purposes):
            raise Refused("purpose_unknown")
        made: dict[str, object] = {}
        with self._module.logged_in(token, request.tail, rw=True) as session:
            for purpose in purposes:
                point, attributes = keys.make(session, purpose, signs=purpose in SIGNING_PURPOSES)
                made[purpose] = {"point": point.hex(), **attributes}
        for purpose, point in public_points(token).items():
            if purpose in made:
                self._prove(token, request.tail, purpose, point)
        return Answer({"keys": made})

    def points(self, request: Request) -> Answer:
        """Answer the public points that the token shows without a PIN, by purpose."""
        found = public_points(self._token(request))
        return Answer({"points": {name: point.hex() for name, point in found.items()}})

    def sign(self, request: Request) -> Answer:
        """Answer r‖s over ``digest`` by ``key``."""
        with self._module.logged_in(self._token(request), request.tail) as session:
            signature = keys.sign_digest(session, request.text("key"), request.data("digest"))
        return Answer({"signature": signature.hex()})

    def derive(self, request: Request) -> Answer:
        """Answer the x coordinates for ``points`` by ``key``, in the tail; one login for all."""
        points = request.data_list("points")
        with self._module.logged_in(self._token(request), request.tail) as session:
            return Answer({}, keys.derive(self._module.raw, session, request.text("key"), points))

    def _prove(self, token: Token, pin: bytearray, purpose: str, point: bytes) -> None:
        with self._module.logged_in(token, pin) as session:
            keys.self_test(self._module.raw, session, purpose, point, signs=purpose in SIGNING_PURPOSES)

    def _token(self, request: Request) -> Token:
        return self._module.find(request.text("label"), request.data_by_name("expect"))
