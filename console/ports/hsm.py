# SPDX-License-Identifier: Apache-2.0
"""What the actions need of the station's HSM; ``ports`` hands it on with the others."""

from collections.abc import Sequence
from typing import Protocol


class Hsm(Protocol):
    """The station's HSM while the station is unlocked: a closed list of verbs, never the PIN.

    Its keys are P-256, whatever people have.
    Keys: ``log``, ``request`` (signing), ``journal`` (unwraps the database key), ``state-<n>``, ``table-<n>``,
    ``open-<activation>`` (request keys).
    """

    def unlocked_by(self) -> str:
        """Return the member id of the person whose slot started the keeper."""

    def keys(self) -> list[str]:
        """Return the names of all key pairs in the HSM."""

    def make_key(self, name: str, *, until_up_ns: int | None = None) -> bytes:
        """Make a P-256 key pair and return its uncompressed point; with ``until_up_ns`` it ends by itself then."""

    def keep_key(self, name: str, *, until_up_ns: int) -> None:
        """Move the time at which the keeper ends a key by itself."""

    def destroy_key(self, name: str) -> None:
        """Destroy a key pair; a missing one is no error."""

    def sign(self, key: str, message: bytes) -> bytes:
        """Sign with ``log`` (Ed25519 over the message, else P-256) or ``request`` (P-256 over its SHA-256)."""

    def derive(self, key: str, points: Sequence[bytes]) -> list[bytes]:
        """Return the raw ECDH x coordinates; raises ``Refused`` (key_gone) when the key does not exist."""

    def sign_once(self, mechanism: str, key: Sequence[memoryview], message: bytes) -> bytes:
        """Return a signature by ``usage.PrivateKey.parts``, held for this alone; ``Refused`` (unsupported, …)."""

    def mac_once(self, seed: memoryview, counters: Sequence[int]) -> list[bytes]:
        """Return the HMAC-SHA-1 of each counter by a seed that the HSM holds for this alone; ``Refused`` as above."""

    def anchor(self) -> list[bytes]:
        """Return the anchored checkpoints, oldest first (one, or two after a crash)."""

    def set_anchor(self, note: bytes) -> None:
        """Make the new anchor, then destroy the old one."""

    def held(self, what: str) -> list[bytes]:
        """Return what it holds of ``spool`` (signed heads) or ``paper`` (a paper mode), oldest first."""

    def hold(self, what: str, note: bytes) -> None:
        """Hold this, then forget what was held before; ``b""`` leaves nothing."""

    def pinned(self) -> bytes:
        """Return the pinned genesis hash (32 bytes)."""
