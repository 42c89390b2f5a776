# SPDX-License-Identifier: Apache-2.0
"""What the codes of the rules are called: groups, classes, kinds, categories, privileges, tokens, decisions."""

from collections.abc import Mapping
from typing import cast

from console.domain import categories, privileges
from console.domain.canonical import Json
from console.domain.groups import CALLED
from console.language import say, say_each
from console.sentences.kinds import KINDS

GROUPS: Mapping[str, str] = {
    **say_each(CALLED),
    "operator": say("operator"),
    "compliance": say("compliance (reads along)"),
}
CATEGORIES = say_each(categories.LABELS)
PRIVILEGES = say_each(privileges.LABELS)
ASSURANCES: Mapping[str, str] = {
    "hardware": say("hardware token"),
    "software": say("software token"),
    "attested": say("hardware token, attested"),
}
CODES: Mapping[str, str] = say_each(
    {
        "legal": "legal",
        "it": "it",
        "operator": "operator",
        "compliance": "compliance",
        "standard": "standard",
        "privileged": "privileged",
        "drill": "drill",
        "real": "real",
        "hardware": "hardware",
        "software": "software",
        "attested": "attested",
        "privilege": "privilege",
        "station": "station",
    }
)
"""What the tables of both faces call by the word that is typed: in English the same."""
ASKED: Mapping[str, str] = {
    "approve": say("approve this request"),
    "extend": say("agree to more time"),
    "reset": say("agree to more showings"),
    "resume": say("agree to go on after the clock went back"),
    "deny": say("deny this request"),
    "veto": say("end this activation by a veto"),
}
"""What a keyholder decides, as it follows "you are asked to" and "you are about to"."""


def word(code: Json) -> Json:
    """Return what a group, class, mode or kind of token is called here; a firm's own names stay what they are."""
    return CODES.get(str(code), code)


def lacking(told: str) -> str:
    """Return whom an error says to be missing ("1 × it, 2 × legal", or people), groups as they are called here."""
    parts = [part.rpartition(" × ") for part in told.split(", ")]
    return ", ".join(f"{count}{times}{word(name)}" for count, times, name in parts)


def missing(counts: Json) -> str:
    """Return how many of which groups are still missing."""
    wanted = [f"{count} × {word(group)}" for group, count in cast(Mapping[str, int], counts).items() if count]
    return ", ".join(wanted) or say("nobody")


def kind(code: Json) -> Json:
    """Return what a kind of credentials is called; what is none stays what it is."""
    return KINDS.get(str(code), code)
