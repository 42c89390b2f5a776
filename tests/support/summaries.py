# SPDX-License-Identifier: Apache-2.0
"""The content of an incident summary, and who prints it."""

import base64
from typing import Any

from console.adapters.paper import PaperPages
from tests.support.pictures import FONTS

PAGES = PaperPages(FONTS)


ROOT = base64.b64encode(bytes(range(100, 132))).decode()


WORDS = "anchor basket cedar dolphin ember falcon garnet harbor island jasper kettle lantern".split()


Content = dict[str, Any]


def event(number: int, what: str = "Release 1: idp-recovery-codes, version 1") -> Content:
    """Return a row of the course."""
    return {
        "seq": 400 + number,
        "local": f"2026-11-23 14:{number % 60:02d}:10 CET",
        "utc": f"13:{number % 60:02d}:10",
        "surely": f"13:{number % 60:02d}:01–13:{number % 60:02d}:59",
        "what": what,
        "who": "Dr. Jörg Müßiggang",
    }


def person(who: str, role: str) -> Content:
    """Return somebody who asked or approved."""
    return {"who": who, "role": role, "local": "2026-11-23 14:05 CET", "utc": "13:05", "proof": "own token"}


def content(**changes: object) -> Content:
    """Return a content like that of an ordinary emergency."""
    ordinary: Content = {
        "title": "Incident summary",
        "mode": "real",
        "mode_words": "",
        "station": "hamburg-01, Kanzlei Berger & Müßiggang",
        "vault": "VAULT-7F3A-99C1",
        "incident": "INC-2026-0042",
        "activation": "0193a5c7-2b1e-7c44-9f0a-6d2b1c7e8f90",
        "category": "identity provider down",
        "made": "2026-11-24 09:30 CET (08:30 UTC)",
        "jurisdictions": ["DE", "AT"],
        "matters": ["M-2026-00117"],
        "alternatives_tried": ["service desk call 14:20", "delegated login refused 14:31"],
        "requester": person("Anna Berger", "Legal operations"),
        "approvals": [person("Dr. Jörg Müßiggang", "Legal"), person("Karin Øst", "IT")],
        "reason": "SSO und CRM seit 14:05 nicht erreichbar, Schriftsatz nur über den Notzugang auffindbar.",
        "harm_if_delayed": "Frist zur Berufungsbegründung läuft heute um 24:00 Uhr ab.",
        "deadline_at_risk": "2026-11-24 00:00 CET (2026-11-23 23:00 UTC)",
        "ended": "2026-11-23 16:14 CET (15:14 UTC): the time granted was over.",
        "course": [event(number) for number in range(18)],
        "rotations": [{"credential": "crm-admin", "state": "done 2026-11-24, confirmed by Karin Øst"}],
        "journal": {"size": 441, "root": ROOT, "words": WORDS, "checkpoint": "2026-11-24 09:29 CET"},
        "not_proven": ["That what was written is true.", "That the clock was right."],
        "qr": f"441 {ROOT}",
    }
    return ordinary | changes
