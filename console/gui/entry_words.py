# SPDX-License-Identifier: Apache-2.0
"""What an entry of the journal says, in words: the names that its body gives its parts, and their values."""

from collections.abc import Mapping
from datetime import UTC, datetime

from console.gui.phrases import ASSURANCES, CATEGORIES, GROUPS, KINDS, precise
from console.language import say
from console.sentences.entries import MEMBERS, SEALED_AS, SOURCES
from console.wording import OUTCOMES

_VALUES: Mapping[str, Mapping[str, str]] = {
    "assurance": ASSURANCES, "by_sheets": GROUPS, "category": CATEGORIES, "group": GROUPS, "kind": KINDS,
    "outcome": OUTCOMES, "role": GROUPS, "slot": {**GROUPS, "station": say("the station")}, "source": SOURCES,
    "state": SEALED_AS,
}  # fmt: skip


def called(member: str) -> str:
    """Return what a part of an entry is called; one that has no words keeps its own name."""
    return MEMBERS.get(member) or GROUPS.get(member) or member.replace("_", " ").capitalize()


def in_words(member: str, value: object, people: Mapping[str, str]) -> str:
    """Return one value of this part in words; ``people``: pseudonym -> name."""
    if member == "expires_ms" and isinstance(value, int):
        return precise(datetime.fromtimestamp(value / 1000, UTC).isoformat())
    text = str(value)
    return people.get(text) or _VALUES.get(member, {}).get(text, text)
