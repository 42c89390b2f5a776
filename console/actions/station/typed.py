# SPDX-License-Identifier: Apache-2.0
"""What was typed into the window when it was locked: only whoever typed it has it back, from the unlocked HSM.

Sealing needs the station's public key alone, so the lock waits for nothing. It is kept in memory and never on a disk:
an erasure could not reach it there.
"""

from functools import partial

from console.actions.console import Console
from console.domain import keys
from console.domain.canonical import digest
from console.domain.policy.rules import Policy

KEY = "journal"


def seal(policy: Policy, member: str, typed: bytes) -> bytes:
    """Return what a person has typed, sealed to the station and to them; needs no HSM."""
    point = policy.roster.station_point(KEY)
    return keys.seal_to(point, typed, info=_info(policy, member))


def open_again(console: Console, sealed: bytes) -> bytes:
    """Return what the person who unlocked has typed; of anybody else it does not open (``Corrupt``)."""
    derive, point = partial(console.hsm.derive, KEY), console.policy.roster.station_point(KEY)
    info = _info(console.policy, console.hsm.unlocked_by())
    (plain,) = keys.open_own(derive, point, [(sealed, info)])
    return plain


def _info(policy: Policy, member: str) -> bytes:
    return digest("typed", policy.roster.vault.encode(), member.encode())
