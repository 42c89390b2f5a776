# SPDX-License-Identifier: Apache-2.0
"""Real SoftHSM2 tokens in a folder of the test, through real token processes."""

import os
from pathlib import Path

from console.adapters.hsm.person import PersonToken, found_software_token
from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import StationHsm, unlock
from console.domain.policy.keyholder import TokenKeys

MODULE = Path(os.environ.get("BREAKGLASS_SOFTHSM") or "/usr/lib/softhsm/libsofthsm2.so")
PIN = b"4711-4711"


def make_token(folder: Path, label: str, pin: bytes = PIN) -> TokenAddress:
    """Make an empty token with this PIN in a folder of its own."""
    address = TokenAddress(MODULE, label, folder / label)
    found_software_token(address, bytearray(b"so-pin-so-pin"), bytearray(pin), environment={})
    return address


def person_token(address: TokenAddress, pin: bytes = PIN, known: TokenKeys | None = None) -> PersonToken:
    """Return a person's token whose PIN is known."""
    return PersonToken(address, "legal-1", lambda _: bytearray(pin), environment={}, known=known)


def unlocked(address: TokenAddress, pin: bytes = PIN) -> StationHsm:
    """Return the station HSM unlocked in a token process of its own."""
    return unlock(address, bytearray(pin), "legal-1", environment={})
