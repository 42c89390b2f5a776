# SPDX-License-Identifier: Apache-2.0
"""A person's token, in a token process of its own; fits ``ports.Token``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from console.adapters.hsm.process import LIMIT_S, TokenAddress, TokenProcess, split_secrets, value, wipe
from console.adapters.machine import make_folder
from console.domain.errors import Refused, Unavailable

AskPin = Callable[[str], bytearray]
Stretch = Callable[[bytearray], bytearray]
"""Makes the PIN of a software token slow to guess; the given buffer may be wiped afterwards."""


@dataclass(frozen=True)
class EnrolledKey:
    """A key pair as the token made it, its attributes read back."""

    point: bytes
    sensitive: bool
    extractable: bool
    local: bool


class PersonToken:
    """The token of one member. The PIN is asked once and kept until ``close``, a wrong PIN or a broken token."""

    def __init__(
        self,
        address: TokenAddress,
        member: str,
        ask_pin: AskPin,
        *,
        environment: Mapping[str, str],
        points: Mapping[str, bytes] = MappingProxyType({}),
        stretch: Stretch | None = None,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._address = address
        self._member = member
        self._ask_pin = ask_pin
        self._points = points
        self._stretch = stretch
        self._process = TokenProcess(address, environment, limit_s)
        self._pin: bytearray | None = None

    def sign(self, key: str, digest: bytes) -> bytes:
        """Return the ECDSA P-256 signature r‖s (64 bytes) over a 32-byte digest."""
        answer = self._with_pin("sign", key=key, digest=digest.hex())
        return bytes.fromhex(str(answer["signature"]))

    def derive(self, key: str, points: Sequence[bytes]) -> list[bytes]:
        """Return the raw ECDH x coordinate (32 bytes) for each uncompressed point; one login for all."""
        secrets: list[bytes] = []
        self._with_pin("derive", secrets, key=key, points=[point.hex() for point in points])
        return secrets

    def enrol(self, purposes: Sequence[str]) -> dict[str, EnrolledKey]:
        """Make a key pair for each purpose (sign, share, read), each proven by the token in a fresh session.

        Raises ``Refused`` (key_exists, key_not_protected, unsupported) and ``Corrupt`` (self_test_failed).
        """
        made = cast(dict[str, Any], self._with_pin("enrol", purposes=list(purposes))["keys"])
        return {
            purpose: EnrolledKey(
                bytes.fromhex(key["point"]), key["sensitive"], key["extractable"], key["local"]
            )
            for purpose, key in made.items()
        }

    def points(self) -> dict[str, bytes]:
        """Return the public points that the token shows without a PIN, by purpose."""
        found = cast(dict[str, str], value(self._process.call("points", None, **self._where()))["points"])
        return {purpose: bytes.fromhex(point) for purpose, point in found.items()}

    def close(self) -> None:
        """Forget the PIN and end the token process."""
        self._forget_pin()
        self._process.close()

    def _with_pin(
        self, verb: str, secrets: list[bytes] | None = None, /, **fields: object
    ) -> Mapping[str, object]:
        try:
            answer = self._process.call(verb, bytearray(self._kept_pin()), **self._where(), **fields)
        except (Refused, Unavailable):
            # Never tried a second time by the program: whatever it was, the person is asked again.
            self._forget_pin()
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

    def _where(self) -> dict[str, object]:
        expect = {purpose: point.hex() for purpose, point in self._points.items()}
        return {"label": self._address.label, "expect": expect}


def found_software_token(
    address: TokenAddress, so_pin: bytearray, pin: bytearray, *, environment: Mapping[str, str]
) -> None:
    """Make an empty SoftHSM token in ``address.folder``; both PINs are wiped. The SO PIN is best known to nobody."""
    if address.folder is not None:
        make_folder(address.folder)
    process = TokenProcess(address, environment)
    try:
        process.call("init_token", so_pin + pin, label=address.label, so_pin_bytes=len(so_pin))
    finally:
        wipe(so_pin)
        wipe(pin)
        process.close()
