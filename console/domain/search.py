# SPDX-License-Identifier: Apache-2.0
"""What is looked for in the journal, and whether an entry is it.

Words are compared without case, each sought word with the beginning of a word that is there. The public words of an
entry are those of its leaf, which every recipient sees anyway; what its openings say is not among them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from console.domain.canonical import Json, Object
from console.domain.journal import from_rfc3339

LONGEST_WORD = 40
"""Letters: what is longer is a hash or a signature, which nobody looks for by its beginning."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Search:
    """What is looked for; everything that is given must fit."""

    text: str = ""
    """Each of its words begins a word of the entry, or of a field that is opened for it."""
    type: str | None = None
    act: str | None = None
    person: str | None = None
    """A pseudonym: who did it, or whom it is about."""
    since_ms: int | None = None
    """Milliseconds since 1970 UTC by the entry's own claim; ``until_ms`` itself is too late."""
    until_ms: int | None = None

    @property
    def terms(self) -> frozenset[str]:
        """The words of the text."""
        return frozenset(words(self.text))


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) <= LONGEST_WORD]


def words_in(value: object) -> set[str]:
    """Return the words of every text in a value."""
    return {word for text in _texts(value) for word in words(text)}


def public_words(leaf: Object) -> set[str]:
    """Return the words of an entry's leaf: its type, activation, people, body."""
    named = [leaf["type"], leaf["act"], leaf["actor"], leaf["subject"]]
    return words_in([*named, leaf["body"]])


def wall_ms(leaf: Object) -> int:
    """Return when an entry claims to have been written."""
    return from_rfc3339(cast(Mapping[str, Json], leaf["t"])["wall"])


def fits(leaf: Object, sought: Search) -> bool:
    """Return whether everything but the text fits an entry's leaf."""
    for wanted, found in ((sought.type, leaf["type"]), (sought.act, leaf["act"])):
        if wanted is not None and wanted != found:
            return False
    if sought.person is not None and sought.person not in (leaf["actor"], leaf["subject"]):
        return False
    if sought.since_ms is None and sought.until_ms is None:
        return True
    at = wall_ms(leaf)
    too_early = sought.since_ms is not None and at < sought.since_ms
    return not too_early and (sought.until_ms is None or at < sought.until_ms)


def hint(sought: Search) -> Callable[[bytes], bool]:
    """Return what says of an entry's bytes whether it can be what is sought: False is certain, True is for ``fits``.

    It reads canonical bytes without taking them apart, which is most of what a long search takes.
    """
    named = (('"type":', sought.type), ('"act":', sought.act), ("", sought.person))
    marks = [f"{key}{json.dumps(text, ensure_ascii=False)}" for key, text in named if text is not None]
    needed = [mark.encode(errors="replace") for mark in marks]
    terms = [term.encode(errors="replace") for term in sought.terms]

    def can_fit(data: bytes) -> bool:
        if any(mark not in data for mark in needed):
            return False
        # Beyond ASCII one letter can be compared as two others; and openings say more than the bytes.
        if not terms or not data.isascii() or _has_openings(data):
            return True
        lower = data.lower()
        return all(term in lower for term in terms)

    return can_fit


def _has_openings(data: bytes) -> bool:
    """Behind the member ``c`` come texts and times alone, and no text holds a quote that is not escaped."""
    return data[data.rfind(b'"c":{') :][:6] != b'"c":{}'


def missing(terms: frozenset[str], there: set[str]) -> frozenset[str]:
    """Return which of the sought words begin none of the words that are there."""
    return frozenset(term for term in terms - there if not any(word.startswith(term) for word in there))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
