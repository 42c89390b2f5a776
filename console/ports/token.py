# SPDX-License-Identifier: Apache-2.0
"""The port for a person's token."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Token(Protocol):
    """One person's token, spoken to in a token process of its own; keys are named by their purpose and used by the
    mechanism that the roster says.

    Every call logs in with the person's PIN (asked once per ceremony through ``Operator``) and leaves nothing
    open. Raises ``Unavailable`` (token_absent, token_removed, token_broken) and ``Refused`` (pin_wrong,
    pin_locked, pin_last_try, not_permitted).
    """

    def sign(self, key: str, digest: bytes) -> bytes:
        """Return the signature over a 32-byte digest (``keys.check_signature`` says how) made by key ``sign``."""

    def points(self) -> Mapping[str, bytes]:
        """Return the public keys that the token shows without a PIN, by purpose."""

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Return 32 bytes for each: the raw ECDH x coordinate of a point (P-256), the seed of an OAEP ciphertext."""

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Return what this token took along under a name (two values after a cut), nobody vouching for it.

        With ``value``, up to 1,024 bytes, let it take this instead, made before the other goes.
        ``Refused`` (unsupported, not_permitted) if it takes nothing along.
        """
