# SPDX-License-Identifier: Apache-2.0
"""What the station's HSM can be asked while it is unlocked: a closed list; no PIN and no object goes out.

One session stays logged in; each request has a session of its own beside it. Keys with a time end by ``sweep``.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress

from pkcs11 import Attribute, ObjectClass, PrivateKey, Session, Token
from pkcs11.exceptions import FunctionNotSupported, MechanismInvalid

from console.domain.errors import Refused, Unavailable
from console.tokens import keys
from console.tokens.imported import OutsideKeys
from console.tokens.module import Module
from console.tokens.notes import Notes, create, data
from console.tokens.request import Answer, Request, Verb

SIGNING_KEYS = frozenset({"log", "request"})
NEVER_DESTROYED = "log"
KEY_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}\Z")
GENESIS_LABEL = "genesis"

A = Attribute


def up_ns() -> int:
    """Return the suspend-inclusive clock of this boot, in nanoseconds."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Station:
    """The station's HSM, logged in."""

    def __init__(self, module: Module, token: Token, pin: bytearray, unlocked_by: str) -> None:
        self._module = module
        self._token = token
        self._unlocked_by = unlocked_by
        self._until: dict[str, int] = {}
        with module.guard():
            # Login is per token and process: it lasts as long as this session is open.
            self._login = token.open()
            module.log_in(self._login, pin)
        self._founded = bool(keys.find(self._login, ObjectClass.PRIVATE_KEY, NEVER_DESTROYED))

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked."""
        return {
            "unlocked_by": lambda _: Answer({"member": self._unlocked_by}),
            "keys": self.key_names,
            "make_key": self.make_key,
            "keep_key": self.keep_key,
            "destroy_key": self.destroy_key,
            "sign": self.sign,
            "derive": self.derive,
            **OutsideKeys(self._module.raw, self._session).verbs(),
            **Notes(self._session).verbs(),
            "pinned": self.pinned,
            "pin": self.pin,
        }

    def sweep(self) -> None:
        """Destroy the keys whose time has passed."""
        now = up_ns()
        for name in [name for name, until in self._until.items() if until <= now]:
            with self._session(rw=True) as session:
                keys.destroy(session, name)
            del self._until[name]

    def key_names(self, _: Request) -> Answer:
        """Answer the names of all private keys."""
        with self._session() as session:
            found = list(session.get_objects({A.CLASS: ObjectClass.PRIVATE_KEY}))
            names = sorted(str(key[A.LABEL]) for key in found)
            self._check_readable(session)
        return Answer({"keys": names})

    def make_key(self, request: Request) -> Answer:
        """Make a key pair and answer its point; ``log`` is Ed25519 where the module can, all else P-256."""
        name = _name(request)
        with self._session(rw=True) as session:
            point = _make(session, name)
        if request.head.get("until_up_ns") is not None:
            self._until[name] = request.number("until_up_ns")
        return Answer({"point": point.hex()})

    def keep_key(self, request: Request) -> Answer:
        """Move the time at which a key ends; ``Refused`` (key_gone) if it does not exist."""
        name = _name(request)
        with self._session() as session:
            self._private_key(session, name)
        self._until[name] = request.number("until_up_ns")
        return Answer()

    def destroy_key(self, request: Request) -> Answer:
        """Destroy a key pair."""
        name = _name(request)
        with self._session(rw=True) as session:
            keys.destroy(session, name)
        self._until.pop(name, None)
        return Answer()

    def sign(self, request: Request) -> Answer:
        """Answer the signature over the message in the tail."""
        name = _name(request)
        if name not in SIGNING_KEYS:
            raise Refused("not_permitted", key=name)
        with self._session() as session:
            return Answer({"signature": keys.sign_message(session, name, bytes(request.tail)).hex()})

    def derive(self, request: Request) -> Answer:
        """Answer the x coordinates for ``points``, in the tail."""
        name, points = _name(request), request.data_list("points")
        with self._session() as session:
            return Answer({}, keys.derive(self._module.raw, self._private_key(session, name), points))

    def pinned(self, _: Request) -> Answer:
        """Answer the pinned genesis hash; ``Refused`` (not_pinned) before genesis."""
        with self._session() as session:
            found = data(session, GENESIS_LABEL)
            if not found:
                raise Refused("not_pinned")
            return Answer({"genesis": bytes(found[0][A.VALUE]).hex()})

    def pin(self, request: Request) -> Answer:
        """Pin the genesis hash, once and for all; ``Refused`` (already_pinned) the second time."""
        with self._session(rw=True) as session:
            if data(session, GENESIS_LABEL):
                raise Refused("already_pinned")
            create(session, GENESIS_LABEL, request.data("genesis"))
        return Answer()

    def _private_key(self, session: Session, name: str) -> PrivateKey:
        try:
            return keys.private_key(session, name)
        except Refused:
            self._check_readable(session)
            raise

    def _check_readable(self, session: Session) -> None:
        """Raise ``Unavailable`` (token_broken) when not even the log key is seen any more.

        A module hides objects that it cannot read. Taken for destroyed, a request key on a failing disk would end its
        activation for good.
        """
        if self._founded and not keys.find(session, ObjectClass.PRIVATE_KEY, NEVER_DESTROYED):
            raise Unavailable("token_broken", why="its keys cannot be read")

    @contextmanager
    def _session(self, *, rw: bool = False) -> Iterator[Session]:
        with self._module.guard() if rw else nullcontext():
            session = self._token.open(rw=rw)
            try:
                yield session
            finally:
                session.close()


def _name(request: Request) -> str:
    name = request.text("key")
    if not KEY_NAME.match(name):
        raise Refused("key_name", key=name)
    return name


def _make(session: Session, name: str) -> bytes:
    if name == "log":
        with suppress(MechanismInvalid, FunctionNotSupported):
            return keys.make(session, name, signs=True, kind=keys.ED25519)[0]
    return keys.make(session, name, signs=name in SIGNING_KEYS)[0]
