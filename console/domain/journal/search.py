# SPDX-License-Identifier: Apache-2.0
"""What is looked for in the journal, and whether an entry is it.

Words are compared without case, each sought word with the beginning of a word that is there. The public words of an
entry are those of its leaf, which every recipient sees anyway; what its openings say is not among them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from console.domain.canonical import Json, Object
from console.domain.entries.entry import from_rfc3339

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
    also: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Word of the text -> what may stand in an entry in its place, as ``stand_ins`` returns it."""

    @cached_property
    def terms(self) -> frozenset[frozenset[str]]:
        """For each word of the text those of which one must begin a word of the entry."""
        return frozenset(frozenset({word, *self.also.get(word, ())}) for word in words(self.text))


def stand_ins(text: str, people: Mapping[str, tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return for the words of a text that name somebody what stands in entries for them.

    ``people``: pseudonym -> (id, name). No name stands in an entry, since it may have to be erased. An id counts as a
    whole, else ``it-1`` would be everybody of IT.
    """
    found: dict[str, frozenset[str]] = {}
    for part in text.casefold().split():
        whole = {pseudonym for pseudonym, (id_, _) in people.items() if id_.casefold() == part}
        for word in words(part):
            named = whole or {p for p, (_, name) in people.items() if _begins(word, words(name))}
            found[word] = found.get(word, frozenset()) | {words(pseudonym)[-1] for pseudonym in named}
    return found


def _begins(word: str, there: Iterable[str]) -> bool:
    return any(other.startswith(word) for other in there)


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) <= LONGEST_WORD]


def words_in(value: object) -> set[str]:
    """Return the words of every text in a value."""
    return {word for text in texts(value) for word in words(text)}


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
    terms = [[word.encode(errors="replace") for word in term] for term in sought.terms]

    def can_fit(data: bytes) -> bool:
        if any(mark not in data for mark in needed):
            return False
        # Beyond ASCII one letter can be compared as two others; and openings say more than the bytes.
        if not terms or not data.isascii() or _has_openings(data):
            return True
        lower = data.lower()
        return all(any(word in lower for word in term) for term in terms)

    return can_fit


def _has_openings(data: bytes) -> bool:
    """Behind the member ``c`` come texts and times alone, and no text holds a quote that is not escaped."""
    return data[data.rfind(b'"c":{') :][:6] != b'"c":{}'


def missing(terms: frozenset[frozenset[str]], there: set[str]) -> frozenset[frozenset[str]]:
    """Return the terms of which no word begins any of those that are there."""
    left = (term for term in terms if term.isdisjoint(there))
    return frozenset(term for term in left if not any(_begins(word, there) for word in term))


def texts(value: object) -> Iterator[str]:
    """Yield every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
