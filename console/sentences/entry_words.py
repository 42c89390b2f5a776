# SPDX-License-Identifier: Apache-2.0
"""What an entry of the journal says, in words: the names that its body gives its parts, and their values."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from console.language import say
from console.sentences.entries import ENDED_AS, MEMBERS, OUTCOMES, SEALED_AS, SITTINGS, SOURCES
from console.sentences.kinds import KINDS
from console.sentences.terms import ASSURANCES, CATEGORIES, CODES, GROUPS

_VALUES: Mapping[str, Mapping[str, str]] = {
    "assurance": ASSURANCES,
    "by_sheets": GROUPS,
    "category": CATEGORIES,
    "class": CODES,
    "group": GROUPS,
    "kind": KINDS,
    "outcome": OUTCOMES,
    "role": GROUPS,
    "slot": {**GROUPS, "station": say("the station")},
    "mode": CODES,
    "source": SOURCES,
    "state": SEALED_AS,
    "sitting": SITTINGS,
    "sitting_before": ENDED_AS,
}
PROGRAM = "program"
"""Who brought an entry about that nobody did."""
Moment = Callable[[str], str]
"""Tells an RFC 3339 time as the face does."""


def who(name: str) -> str:
    """Return who brought an entry about: a person as they are called, the program, or somebody whom nothing proves."""
    unnamed = {PROGRAM: say("program"), "claimed": say("somebody, unproven")}
    return unnamed.get(name, name)


def called(member: str) -> str:
    """Return what a part of an entry is called; one that has no words keeps its own name."""
    return MEMBERS.get(member) or GROUPS.get(member) or member.replace("_", " ").capitalize()


def in_words(member: str, value: object, people: Mapping[str, str], moment: Moment) -> str:
    """Return one value of this part in words; ``people``: pseudonym -> name."""
    if member == "expires_ms" and isinstance(value, int):
        return moment(datetime.fromtimestamp(value / 1000, UTC).isoformat())
    text = str(value)
    return people.get(text) or _VALUES.get(member, {}).get(text, text)


def what_it_says(entry: Mapping[str, Any], moment: Moment) -> list[tuple[str, str]]:
    """Return what is public in it, then what this station opens of the rest, then the names of what it does not."""
    people = entry["people"]
    rows = [
        (called(name), _text(name, value, people, moment))
        for part in ("body", "fields")
        for name, value in entry[part].items()
    ]
    closed = _closed(entry)
    return [*rows, *((called(name), closed) for name in entry["committed"] if name not in entry["fields"])]


def _closed(entry: Mapping[str, Any]) -> str:
    if entry["erased"] is not None:
        return say("erased; entry {seq} says so, and nobody can read it any more", seq=entry["erased"])
    if entry["track"] == "counsel":
        return say("for counsel alone: only Legal's readers open it")
    return say("protected, and not opened here")


def _text(name: str, value: object, people: Mapping[str, str], moment: Moment) -> str:
    if isinstance(value, Mapping):
        return "\n".join(
            f"{called(str(part))}: {_text(str(part), item, people, moment)}" for part, item in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(_text(name, item, people, moment) for item in value) or say("none")
    return say("none") if value is None else in_words(name, value, people, moment)
