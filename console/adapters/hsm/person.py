# SPDX-License-Identifier: Apache-2.0
"""A person's token, in a token process of its own; fits the port ``Token``.

Enrolment negotiates: what counts is not what a token says it can do but what it does, along the very path that a later
ceremony takes. Afterwards the roster says which mechanism is used, and nothing else is tried.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from console.adapters.hsm.process import KEY_FILE, LIMIT_S, TokenAddress, TokenProcess, split_secrets, value, wipe
from console.adapters.machine import make_folder
from console.domain import keys
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.keyholder import keyfile
from console.domain.keys import RosterKey
from console.domain.policy.keyholder import TokenKeys

AskPin = Callable[[str], bytearray]
Stretch = Callable[[bytearray], bytearray]
"""Makes the PIN of a software token slow to guess; the given buffer may be wiped afterwards."""

SIGN, SHARE, READ = "sign", "share", "read"
CURVE, RSA = "p256", "rsa"
# A key of ours from a founding that was cut, else a fresh one, else what stands on a card that makes none itself.
WAYS = ("found", CURVE, RSA, "card")
CANNOT = frozenset({"unsupported", "not_permitted", "key_gone"})
# A touch takes a person's time; cards wait about 15 s for it.
TOUCH_LIMIT_S = 20.0
PROBE_BYTES = 32


@dataclass(frozen=True)
class EnrolledKey:
    """A key pair that its token has proven, how it was got, and the attributes read back."""

    public: bytes
    mechanism: str
    way: str
    sensitive: bool
    extractable: bool
    local: bool
    confirms: bool
    """Wants the PIN for each use."""


class PersonToken:
    """The token of one member. The PIN is asked once and kept until ``close``, a wrong PIN or a broken token."""

    def __init__(
        self,
        address: TokenAddress,
        member: str,
        ask_pin: AskPin,
        *,
        environment: Mapping[str, str],
        known: TokenKeys | None = None,
        stretch: Stretch | None = None,
        limit_s: float | None = None,
    ) -> None:
        self._address = address
        self._member = member
        self._ask_pin = ask_pin
        self._keys = {} if known is None else _by_purpose(known)
        self._stretch = stretch
        limit_s = limit_s or (TOUCH_LIMIT_S if address.folder is None else LIMIT_S)
        self._process = TokenProcess(address, environment, limit_s)
        self._pin: bytearray | None = None

    def sign(self, key: str, digest: bytes) -> bytes:
        """Return the signature over a 32-byte digest, by the mechanism that the roster says."""
        mechanism = self._keys[key].mechanism if key in self._keys else keys.ECDSA_P256
        answer = self._with_pin("sign", key=key, mechanism=mechanism, digest=digest.hex())
        return bytes.fromhex(str(answer["signature"]))

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Return 32 bytes for each: the ECDH x coordinate of a point, the seed of an OAEP ciphertext; one login."""
        mechanism = self._keys[key].mechanism if key in self._keys else keys.P256_HPKE
        secrets: list[bytes] = []
        given = [each.hex() for each in encapsulations]
        self._with_pin("decapsulate", secrets, key=key, mechanism=mechanism, encapsulations=given)
        return secrets

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Return what this token took along under a name, or let it take ``value`` instead.

        ``Refused`` (unsupported, not_permitted) if it takes nothing along.
        """
        if value is not None:
            self._with_pin("remember", name=name, value=value.hex())
            return [value]
        values = cast(list[str], self._with_pin("remembered", name=name)["values"])
        return [bytes.fromhex(each) for each in values]

    def enrol(self, purposes: Sequence[str]) -> TokenKeys:
        """Return the keys for these purposes (sign, share, perhaps read), as ``prove`` does, for a roster."""
        made = self.prove(purposes)
        read = made[READ].public if READ in made else None
        return TokenKeys(made[SIGN].public, made[SHARE].public, read, made[SHARE].mechanism, made[SIGN].mechanism)

    def prove(self, purposes: Sequence[str]) -> dict[str, EnrolledKey]:
        """Return a key for each purpose (sign, share, read), made or adopted, each proven by use in fresh sessions.

        Raises ``Refused`` (key_not_protected; token_unfit when no key of a purpose passes, naming what was tried).
        """
        return {purpose: self._enrol_one(purpose) for purpose in purposes}

    def _enrol_one(self, purpose: str) -> EnrolledKey:
        tried: list[str] = []
        for way in WAYS:
            try:
                return self._proven(purpose, self._prepared(purpose, way))
            except Refused as error:
                if error.code not in CANNOT:
                    raise
                tried.append(f"{way}: {error.facts.get('module_error', error.code)}")
        raise Refused("token_unfit", key=purpose, tried="; ".join(tried))

    def _prepared(self, purpose: str, way: str) -> EnrolledKey:
        answer = self._with_pin("prepare", purpose=purpose, way=way)
        public = bytes.fromhex(str(answer["public"]))
        attributes = [bool(answer[name]) for name in ("sensitive", "extractable", "local", "confirms")]
        return EnrolledKey(public, "", way, *attributes)

    def _proven(self, purpose: str, key: EnrolledKey) -> EnrolledKey:
        """Return the key with the first mechanism that works; one that was made here for nothing is destroyed."""
        failed: Refused | None = None
        for mechanism in _to_try(purpose, key.public, self._keys):
            self._keys[purpose] = RosterKey(key.public, mechanism)
            try:
                _prove(self, purpose, self._keys[purpose])
            except (Refused, Corrupt, Unavailable) as error:
                failed = _shortcoming(error)
            else:
                return replace(key, mechanism=mechanism)
        del self._keys[purpose]
        if key.way in (CURVE, RSA):
            self._with_pin("drop", purpose=purpose, public=key.public.hex())
        raise cast(Refused, failed)

    def points(self) -> dict[str, bytes]:
        """Return the public keys that the token shows without a PIN, by their labels on the token."""
        found = cast(
            dict[str, str], value(self._process.call("points", None, **_where(self._address, self._keys)))["points"]
        )
        return {label: bytes.fromhex(public) for label, public in found.items()}

    @property
    def has_pin(self) -> bool:
        """Whether the PIN was asked already, and was not wrong."""
        return self._pin is not None

    def close(self) -> None:
        """Forget the PIN and end the token process."""
        self._forget_pin()
        self._process.close()

    def _with_pin(self, verb: str, secrets: list[bytes] | None = None, /, **fields: object) -> Mapping[str, object]:
        try:
            answer = self._process.call(
                verb, bytearray(self._kept_pin()), **_where(self._address, self._keys), **fields
            )
        except (Refused, Unavailable) as error:
            # Never tried a second time by the program: if it may have been the PIN, the person is asked again.
            if isinstance(error, Unavailable) or error.code.startswith("pin_"):
                self._forget_pin()
            if error.code.startswith(("pin_", "token_")):
                # Several people's PINs and tokens serve in one emergency: whose it was must be said.
                error.facts["member"] = self._member
            raise
        if secrets is not None:
            secrets += split_secrets(answer.tail)
        return value(answer)

    def _kept_pin(self) -> bytearray:
        if self._pin is None:
            asked = self._ask_pin(self._member)
            self._pin = asked if self._stretch is None else self._stretch(asked)
            if self._pin is not asked:
                wipe(asked)
        return self._pin

    def _forget_pin(self) -> None:
        if self._pin is not None:
            wipe(self._pin)
            self._pin = None


def _prove(token: PersonToken, purpose: str, key: RosterKey) -> None:
    probe = os.urandom(PROBE_BYTES)
    if purpose == SIGN:
        keys.check_signature(key.public, token.sign(SIGN, probe), probe, signing=key.mechanism)
        return
    blob = keys.seal_to(key.public, probe, info=probe, mechanism=key.mechanism)
    opened = keys.open_sealed(partial(token.decapsulate, purpose), key.public, [(blob, probe)], mechanism=key.mechanism)
    if opened != [probe]:
        raise Corrupt("seal_broken")


def _where(address: TokenAddress, known: Mapping[str, RosterKey]) -> dict[str, object]:
    return {"label": address.label, "expect": {purpose: key.public.hex() for purpose, key in known.items()}}


def _by_purpose(known: TokenKeys) -> dict[str, RosterKey]:
    read = {} if known.read is None else {READ: RosterKey(known.read, known.mechanism)}
    return {SIGN: RosterKey(known.sign, known.signing), SHARE: RosterKey(known.share, known.mechanism), **read}


def _to_try(purpose: str, public: bytes, proven: Mapping[str, RosterKey]) -> Sequence[str]:
    point = len(public) == keys.POINT_BYTES
    if purpose == SIGN:
        return keys.SIGNINGS[:1] if point else keys.SIGNINGS[1:]
    if purpose == READ:  # The roster has one mechanism for both.
        return [proven[SHARE].mechanism]
    return keys.MECHANISMS[:1] if point else keys.MECHANISMS[1:]


def _shortcoming(error: ConsoleError) -> Refused:
    """Return that a mechanism does not work, for whatever of these reasons; everything else is raised again."""
    if error.code in CANNOT or isinstance(error, Corrupt) or error.code == "token_broken":
        return Refused("unsupported", module_error=error.facts.get("module_error", error.code))
    raise error


def try_pin(token: PersonToken) -> None:
    """Log in once, to know whether the PIN is right; raises as every verb with a PIN."""
    try:
        token._with_pin("prepare", purpose=SIGN, way="found")
    except Refused as error:
        if error.code not in CANNOT:
            raise


def is_founded(address: TokenAddress) -> bool:
    """Tell whether the token is there to be enrolled; one in software, in a folder of ours, is made first."""
    if address.folder is None:
        return True
    return (address.folder / keyfile.FILE_NAME if address.module == KEY_FILE else address.folder).exists()


def found_software_token(
    address: TokenAddress, so_pin: bytearray, pin: bytearray, *, environment: Mapping[str, str]
) -> None:
    """Make an empty SoftHSM token or software key file in ``address.folder``; both PINs are wiped.

    The SO PIN is best known to nobody; a key file has none.
    """
    if address.folder is not None:
        make_folder(address.folder)
    process = TokenProcess(address, environment)
    try:
        process.call("init_token", so_pin + pin, label=address.label, so_pin_bytes=len(so_pin))
    finally:
        wipe(so_pin)
        wipe(pin)
        process.close()
