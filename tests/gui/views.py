# SPDX-License-Identifier: Apache-2.0
"""Snapshots as a station would give them, for the screens alone."""

from typing import Any

from console.gui.snapshot import Bounds, Person, Snapshot, View

PEOPLE = (
    Person("legal-1", "Anna Berg", "legal"),
    Person("it-1", "Carla Dietz", "it"),
    Person("ops-1", "Eva Falk", "operator"),
)
BOUNDS = Bounds(240, 12, ("DE", "FR"), ("privilege",))
CREDENTIALS: tuple[View, ...] = (
    {
        "name": "crm-admin",
        "kind": "password",
        "state": "sealed",
        "codes_left": None,
        "class": "standard",
        "version": 1,
        "candidate": None,
        "candidate_by": None,
    },
    {
        "name": "idp-codes",
        "kind": "codes",
        "state": "exposed",
        "codes_left": 7,
        "class": "standard",
        "version": 1,
        "candidate": None,
        "candidate_by": None,
    },
)
JUSTIFICATION: View = {
    "incident": "INC-1",
    "category": "idp-down",
    "jurisdictions": ["DE"],
    "matters": ["M-1"],
    "minutes": 60,
    "releases": 4,
    "privilege": "attorney-client",
    "harm_if_delayed": "<b>Frist</b> läuft ab",
    "reason": "SSO is down",
    "alternatives_tried": ["call 14:20"],
    "deadline_at_risk": "2026-11-23T23:00:00Z",
    "used_from": {"place": "Hamburg", "range": "198.51.100.0/24"},
    "outage": [
        {
            "system": "idp",
            "symptom": "times out",
            "first_seen": "2026-11-23T13:05:00Z",
            "checked_by": ["ops-1"],
            "how": "phone",
        }
    ],
}


def item(credential: str, kind: str, number: int = 0, *, exposed: bool = False) -> dict[str, Any]:
    """Return an item of a request."""
    return {
        "credential": credential,
        "version": 1,
        "item": number,
        "class": "standard",
        "record": "",
        "exposed": exposed,
        "kind": kind,
    }


def activation(state: str = "requested", **changes: Any) -> dict[str, Any]:
    """Return an activation as the board sees it."""
    return {
        "activation": "act-123456",
        "state": state,
        "missing": {"it": 1, "legal": 1},
        "requester": "ops-1",
        "proof": "unlock",
        "approvals": [],
        "items": [item("crm-admin", "password"), item("idp-codes", "codes")],
        "justification": JUSTIFICATION,
        "seconds": 3600,
        "seconds_left": 3600,
        "budget": {"releases": 4, "used": 1, "left": 3},
        "frozen_why": None,
        "ended_why": None,
        "owed": [],
        "warnings": [],
        "shown": {},
        "seconding": [],
        "course": [],
        **changes,
    }


def snapshot(*live: View, over: tuple[View, ...] = ()) -> Snapshot:
    """Return a station with these activations."""
    return Snapshot("ops-1", PEOPLE, ("it", "legal"), BOUNDS, CREDENTIALS, live, over)


def event(minute: int, kind: str, type_: str = "activation.opened", about: str | None = None) -> dict[str, Any]:
    return {
        "seq": minute,
        "time": f"2026-11-27T02:{minute:02}:00.000Z",
        "kind": kind,
        "type": type_,
        "about": about,
        "who": "ops-1",
        "surely": "02:00–03:00",
    }


COURSE = [
    event(0, "asked", "activation.requested"),
    event(10, "approved", "activation.approved"),
    event(20, "opened"),
    event(30, "released", "release.intended", "crm-admin"),
    event(31, "released", "release.intended", "idp-codes"),
    event(40, "over", "activation.ended", "operator"),
]
