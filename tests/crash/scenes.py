# SPDX-License-Identifier: Apache-2.0
"""The station that is crashed: an open activation for a password, counted codes and single codes."""

from console.actions.activation import approval
from console.domain.canonical import Json
from tests.support.activations import open_for
from tests.support.scenes import CODES, PASSWORD, Base, for_a_while, keep, sealed_base, staged

COUNTED = "vpn-counter-codes"
"""Counted codes (HOTP): each showing burns the table that came before it."""
NAMES = (PASSWORD, CODES, CODES, COUNTED, COUNTED, COUNTED)
"""What the load releases, as often as it stands here: codes burn."""
MOST_RELEASES, MORE_RELEASES = 12, 36


@for_a_while
def crash_base() -> Base:
    """Open one activation for all of them."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            asked: list[Json] = [{"credential": name} for name in (PASSWORD, COUNTED)]
            act = open_for(console, *asked, {"credential": CODES, "codes": 6}, releases=MOST_RELEASES)
            for member in ("legal-1", "it-1"):
                approval.second(console, act, member, "reset", MORE_RELEASES)
        return keep(scene, "crash", act)
