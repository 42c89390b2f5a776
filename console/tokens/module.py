# SPDX-License-Identifier: Apache-2.0
"""The one loaded PKCS#11 module: find a token by its keys, hold one session per piece of work, close it always."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import NamedTuple

from pkcs11 import Attribute, Session, Slot, Token, TokenFlag
from pkcs11.exceptions import PinIncorrect, PKCS11Error

from console.domain.errors import Refused, Unavailable
from console.tokens import keys
from console.tokens.p11raw import SECURITY_OFFICER, RawModule

Guard = Callable[[], AbstractContextManager[None]]


class Found(NamedTuple):
    """A token, and the CKA_ID of each key by which it was found (public key -> id)."""

    token: Token
    ids: Mapping[bytes, bytes]


class Module:
    """A module and the guard of its folder, if the folder is ours."""

    def __init__(self, raw: RawModule, guard: Guard, *, counts_tries: bool) -> None:
        self.raw = raw
        self.guard = guard
        self._counts_tries = counts_tries

    def find(self, label: str, points: Mapping[str, bytes]) -> Found:
        """Return the token that holds these public keys (purpose -> key); without keys, the one of this label.

        Raises ``Unavailable`` (token_absent, token_broken, other_token) and ``Refused`` (token_ambiguous). A label is
        a hint: a token that calls itself right but holds other keys is named, and not used.
        """
        present, broken = self._tokens()
        named = [token for token in present if token.label == label]
        found = [Found(token, {}) for token in named]
        if points:
            others = [token for token in present if token.label != label]
            found = list(islice(self._holders(named + others, set(points.values())), 1))
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused("token_ambiguous", label=label)
        if broken:
            raise Unavailable("token_broken", label=label)
        raise Unavailable("other_token" if named else "token_absent", label=label)

    def holds_token(self, slot_id: int) -> bool:
        """Tell whether a token is in this slot, whichever; says no word to it, which may be in use elsewhere."""
        present = self.raw.library.get_slots(token_present=True)
        return any(slot.slot_id == slot_id for slot in present)

    def empty_slot(self) -> Slot:
        """Return a slot that holds a token without contents; ``Unavailable`` (token_absent) if there is none."""
        for slot in self.raw.library.get_slots(token_present=True):
            if not slot.get_token().flags & TokenFlag.TOKEN_INITIALIZED:
                return slot
        raise Unavailable("token_absent")

    @contextmanager
    def logged_in(self, token: Token, pin: bytearray, *, rw: bool = False) -> Iterator[Session]:
        """Yield a session with the user logged in; afterwards nothing is open, whatever happened.

        Raises ``Refused`` (pin_wrong with ``tries``, pin_last_try, pin_locked).
        """
        _refuse_last_try(token)
        with self.guard():
            try:
                session = token.open(rw=rw)
                self.log_in(session, pin)
                yield session
            finally:
                self.raw.close_sessions(token.slot.slot_id)

    @contextmanager
    def as_security_officer(self, token: Token, so_pin: bytearray) -> Iterator[Session]:
        """Yield a read-write session with the security officer logged in."""
        try:
            session = token.open(rw=True)
            self.raw.login(session, so_pin, SECURITY_OFFICER)
            yield session
        finally:
            self.raw.close_sessions(token.slot.slot_id)

    def log_in(self, session: Session, pin: bytearray) -> None:
        """Log the user in; ``Refused`` (pin_format, pin_wrong with ``tries``: many, few, last, none, unknown)."""
        if not pin:  # To a module no PIN means "ask on your own keypad".
            raise Refused("pin_format")
        try:
            self.raw.login(session, pin)
        except PinIncorrect as error:
            raise Refused("pin_wrong", tries=self._tries(session.token.slot)) from error

    def _tries(self, slot: Slot) -> str:
        if not self._counts_tries:
            return "many"
        flags = slot.get_token().flags
        if flags & TokenFlag.USER_PIN_LOCKED:
            return "none"
        if flags & TokenFlag.USER_PIN_FINAL_TRY:
            return "last"
        return "few" if flags & TokenFlag.USER_PIN_COUNT_LOW else "unknown"

    def _tokens(self) -> tuple[list[Token], bool]:
        """Return the tokens with contents, and whether a slot could not be read: one must not hide the others."""
        found, broken = [], False
        for slot in self.raw.library.get_slots(token_present=True):
            try:
                token = slot.get_token()
            except PKCS11Error:
                broken = True
                continue
            if token.flags & TokenFlag.TOKEN_INITIALIZED:
                found.append(token)
        return found, broken

    def _holders(self, tokens: Sequence[Token], wanted: Set[bytes]) -> Iterator[Found]:
        for token in tokens:
            try:
                with _looking(token) as session:
                    ids = keys.ids_of(self.raw, session, wanted)
            except PKCS11Error:
                continue
            if ids.keys() == wanted:
                yield Found(token, ids)


def _refuse_last_try(token: Token) -> None:
    if token.flags & TokenFlag.USER_PIN_LOCKED:
        raise Refused("pin_locked")
    if token.flags & TokenFlag.USER_PIN_FINAL_TRY:
        raise Refused("pin_last_try")


def public_keys(token: Token) -> list[tuple[str, bytes]]:
    """Return (label, public key) of what a token shows without a PIN; labels may stand twice."""
    with _looking(token) as session:
        return [(str(key[Attribute.LABEL]), public) for key, public in keys.publics(session)]


@contextmanager
def _looking(token: Token) -> Iterator[Session]:
    """Yield a session of nobody, for what a token shows without a PIN."""
    session = token.open()
    try:
        yield session
    finally:
        session.close()
