# SPDX-License-Identifier: Apache-2.0
"""The kinds of credentials: one row each, which holds all that differs between them.

Nothing else asks which kind a credential is: it asks its row. What a kind is called, and what is said when it is
shown, stands in ``console.sentences.kinds`` under the kind's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from console.domain.errors import Refused
from console.domain.payload import otp, text


class Input(Enum):
    """How a secret can come in, beside from a file."""

    LINE = auto()
    """Typed, unseen, on one line."""
    LIST = auto()
    """Typed as a list, in a window."""
    FILE = auto()
    """Not at all: it is too long to be typed."""


class Seed(Enum):
    """What moves the code of a seed on: the time (RFC 6238), or a counter (RFC 4226)."""

    TIME = auto()
    COUNTER = auto()


@dataclass(frozen=True)
class Kind:
    """A kind of credential. ``payloads`` checks a secret as it came in and returns the items to be sealed."""

    name: str
    payloads: Callable[[bytes], list[bytes]]
    input: Input = Input.LINE
    burns: bool = False
    """Handed out in codes: each is destroyed before it is shown, issued anew at its target, and in no escrow."""
    seed: Seed | None = None
    """Of a seed its codes are shown, never itself."""
    is_shown: bool = True
    signs: bool = False
    """A key in it may sign without being shown."""
    expiry_ms: Callable[[bytes], int] | None = None
    """When an item ends of itself (wall clock, ms): asked while it is sealed, since nobody can look afterwards."""

    @property
    def owes_rotation(self) -> bool:
        """Whether a showing makes it owe a new secret: not where it was used up, or is never seen."""
        return self.is_shown and not self.burns

    @property
    def is_recoverable(self) -> bool:
        """Whether recovery sheets may open it: what they brought back, an old disk could show twice."""
        return not self.burns

    @property
    def shows_code(self) -> bool:
        """Whether what is shown serves once, and soon."""
        return self.burns or self.seed is not None

    @property
    def counts_on(self) -> bool:
        """Whether each showing gives the next of a row."""
        return self.burns or self.seed is Seed.COUNTER


def _certificate(secret: bytes) -> list[bytes]:
    from console.domain.payload import certificate  # X.509 takes 25 ms to import, and few verbs need it.

    return certificate.payloads(secret)


def _signing_key(secret: bytes) -> list[bytes]:
    from console.domain.payload import certificate

    return certificate.signing_key_payloads(secret)


def _expiry_ms(secret: bytes) -> int:
    from console.domain.payload import certificate

    return certificate.expiry_ms(secret)


KINDS = (
    Kind("password", text.payloads),
    Kind("api-key", text.payloads),
    Kind("codes", text.listed, Input.LIST, burns=True),
    Kind("totp", otp.totp_payloads, seed=Seed.TIME),
    Kind("hotp", otp.hotp_payloads, seed=Seed.COUNTER),
    Kind("certificate", _certificate, Input.FILE, signs=True, expiry_ms=_expiry_ms),
    Kind("signing-key", _signing_key, Input.FILE, is_shown=False, signs=True),
)
NAMES = tuple(kind.name for kind in KINDS)
_BY_NAME = {kind.name: kind for kind in KINDS}


def of(name: str) -> Kind:
    """Return the kind of this name; ``Refused`` (credential_kind) if there is none."""
    if name not in _BY_NAME:
        raise Refused("credential_kind", kind=name, known=", ".join(NAMES))
    return _BY_NAME[name]


def find(name: str) -> Kind | None:
    """Return the kind of this name, if there is one."""
    return _BY_NAME.get(name)


def of_items(count: int) -> Kind:
    """Return what records are taken for whose kind no entry tells: several items are a list of codes."""
    return next(kind for kind in KINDS if kind.burns == (count > 1))
