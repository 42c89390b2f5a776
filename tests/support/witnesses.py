# SPDX-License-Identifier: Apache-2.0
"""A station with witnesses: the consoles of two of Legal, named in the rules by the quorum; real tokens."""

import functools
from collections.abc import Sequence
from typing import cast

from console.actions.console import Console
from console.actions.journal import witnesses
from console.actions.own_console import witness
from console.actions.policy import steps
from console.domain.canonical import Object
from tests.support.remote import Home, pinned_home
from tests.support.scenes import Base, Scene, keep, pins_of, sealed_base, staged
from tests.support.stations import Pins

LEGAL = ("legal-1", "legal-2")
QUORUM = (*LEGAL, "it-1")


@functools.cache
def witnessed_base() -> Base:
    """Make consoles at home for two of Legal, and let the quorum name both as witnesses; one of them is enough."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            homes = [pinned_home(scene, console, member, take_along=False) for member in LEGAL]
        named(scene, homes, quorum=1)
        return keep(scene, "witnessed", "")


def home_at(scene: Scene, member: str) -> Home:
    """Return a person's console in a copy of such a station."""
    return Home(scene.folder / f"home-{member}", Pins(pins_of(scene.folder)))


def witness_line(home: Home) -> str:
    """Return how a console is named in the rules."""
    with home.console() as own:
        return str(witness.key(own)["line"])


def named(scene: Scene, homes: Sequence[Home], *, quorum: int) -> Object:
    """Let the quorum put exactly these witnesses into the rules."""
    change: Object = {"rules": {"witnesses": [witness_line(home) for home in homes], "witness_quorum": quorum}}
    with scene.console() as console:
        id_, found = str(steps.propose_change(console, change)["proposal"]), cast(Object, {})
    for member in QUORUM:
        with scene.console() as console:
            found = steps.sign(console, id_, member)
    return found


def asked(console: Console, who: str, old: int | None = None) -> bytes:
    """Return the request as it goes to a witness."""
    return witnesses.ask(console, who, old)[1]


def answered(home: Home, data: bytes) -> str:
    """Return the answer of a console."""
    with home.console() as own:
        return witness.cosign(own, data)[1].decode()
