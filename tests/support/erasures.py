# SPDX-License-Identifier: Apache-2.0
"""A station on which one signature is missing, and then a requester is erased inside one activation."""

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.privacy import erasure
from console.domain.privacy.erasure import ERASED
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, UNLOCKER, Base, for_a_while, keep, staged
from tests.support.sheets import recovery_base

SAID = "Zwetschgenmus steht als Kennwort nirgendwo sonst geschrieben."
LAST = "it-1"
"""Whose signature is missing."""


@for_a_while
def erasing_base() -> Base:
    """The station with sheets: a request was withdrawn, and Legal has agreed to erase who made it."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD}, reason=SAID)
            approve(console, act, "legal-2")
            lifecycle.withdraw(console, act)
            made = erasure.propose(console, "request", subject=UNLOCKER, act=act)
            erasure.approve(console, str(made["erasure"]), "legal-1")
        return keep(scene, "erasing", act)


def erase_last(console: Console) -> None:
    """Give the signature that is missing, unless it is given already."""
    for made in erasure.proposals(console):
        if not list(console.journal.entries(type_=ERASED)) and LAST not in erasure.signatures(console, made):
            erasure.approve(console, made.id, LAST)


def is_readable(console: Console, act: str) -> bool:
    """Return whether what was said in the request can still be read."""
    (requested,) = console.journal.entries(act=act, type_="activation.requested")
    return bool(console.journal.open_fields(requested))
