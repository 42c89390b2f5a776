# SPDX-License-Identifier: Apache-2.0
"""The port for what only the founding of a station needs."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from console.domain.policy.keyholder import TokenKeys
from console.domain.policy.rules import Policy
from console.ports.hsm import Hsm
from console.ports.journal import Journal
from console.ports.medium import Medium
from console.ports.token import Token


class Founding(Protocol):
    """What only the founding of a station needs: new tokens."""

    def enrol(self, member: str) -> TokenKeys:
        """Make the keys on a person's token, or adopt those it has; return them with what its self-test chose."""

    def try_pin(self, member: str) -> None:
        """Log in once to a token that was there before; raises as ``Token``."""

    def token(self, member: str, keys: TokenKeys) -> AbstractContextManager[Token]:
        """Lend a person's token with these keys, whatever the roster says of its owner."""

    def station(self, pin: bytes) -> AbstractContextManager[Hsm]:
        """Make the station's token with this PIN, and its keys ``log``, ``request`` and ``journal``; lend it."""

    def public_keys(self, hsm: Hsm) -> Mapping[str, str]:
        """Return the station's public keys as the roster states them: ``log`` (vkey), ``request``, ``journal``."""

    def pin(self, hsm: Hsm, genesis: bytes) -> None:
        """Pin the genesis hash in the HSM, for good."""

    def put_databases(self, medium: Medium) -> list[str]:
        """Copy the databases of a backup into the station's folder; return their names."""

    def journal(self, hsm: Hsm, key: bytearray, policy: Policy) -> AbstractContextManager[Journal]:
        """Create the journal under this database key."""
