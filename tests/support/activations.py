# SPDX-License-Identifier: Apache-2.0
"""Requests as a person writes them, the walk to an open activation, and stations that stand on its way."""

import functools
import secrets
from collections.abc import Sequence
from typing import cast

from console.actions.activation import approval, lifecycle
from console.actions.console import Console
from console.actions.credential import versions
from console.domain.canonical import Json, Object
from tests.support.scenes import CODES, PASSWORD, UNLOCKER, Base, for_a_while, keep, sealed_base, staged


def justified(
    items: Sequence[Json], *, reason: str | None = None, releases: int = 6, minutes: int = 60
) -> dict[str, Json]:
    """Return the fields of a request that says enough, each time in other words."""
    number = secrets.token_hex(4)
    return {
        "incident": "INC-2026-0042",
        "category": "total",
        "jurisdictions": ["DE"],
        "matters": ["M-2026-00117"],
        "items": list(items),
        "minutes": minutes,
        "releases": releases,
        "requester": UNLOCKER,
        "privilege": "attorney-client",
        "harm_if_delayed": f"Die Frist zur Berufung läuft heute ab, Vorgang {number}.",
        "reason": reason or f"Anmeldung und Register sind nicht erreichbar, Meldung {number}.",
        "alternatives_tried": ["service desk call 14:20"],
        "outage": [
            {
                "system": "idp",
                "symptom": "SAML endpoint times out",
                "first_seen": "2026-11-23T13:05:00Z",
                "checked_by": [UNLOCKER],
                "how": "browser and phone",
            }
        ],
    }


def filed(console: Console, *items: Json, **fields: object) -> str:
    """File a request by the person who unlocked; return its activation."""
    answer = lifecycle.request(console, justified(items, **fields))  # type: ignore[arg-type]
    return str(answer["activation"])


def approve(console: Console, act: str, *members: str) -> None:
    """Approve by each of these, Legal confirming the privilege."""
    for member in members:
        confirms = ["privilege"] if member.startswith("legal") else []
        approval.approve(console, act, member, matters=["M-2026-00117"], confirms=confirms)


def open_for(console: Console, *items: Json, **fields: object) -> str:
    """File a request, let one of Legal and one of IT approve it, open it; return its activation."""
    act = filed(console, *items, **fields)
    approve(console, act, "legal-1", "it-1")
    lifecycle.open_activation(console, act)
    return act


def used(console: Console, act: str) -> int:
    """Return how many showings of an activation are counted."""
    return cast(int, cast(Object, lifecycle.show(console, act)["budget"])["used"])


@for_a_while
def approved_base() -> Base:
    """A station with an approved request for a password and four codes."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 4})
            approve(console, act, "legal-1", "it-1")
        return keep(scene, "approved", act)


@for_a_while
def requested_base() -> Base:
    """A station with a request that Legal has approved and IT has not."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD})
            approve(console, act, "legal-1")
        return keep(scene, "requested", act)


@functools.cache
def rotated_base() -> Base:
    """A station on which a candidate for the password waits."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        return keep(scene, "rotated", "")


@for_a_while
def opened_base() -> Base:
    """The same station, the activation open, nothing released yet."""
    with staged(approved_base()) as scene:
        with scene.console() as console:
            lifecycle.open_activation(console, scene.act)
        return keep(scene, "opened", scene.act)
