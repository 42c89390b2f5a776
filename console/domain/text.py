# SPDX-License-Identifier: Apache-2.0
"""A text for people before a language has said it: its English with named places, and what stands there.

What stands in a place is a name or a number, said as it is, or told in turn. So nobody's name is ever translated,
whatever it is called.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Protocol

from console.domain.canonical import Json

_MEMBERS = {"text", "facts"}


class Voice(Protocol):
    """Fits ``console.language.say``: a text in the reader's language, the values in its named places."""

    def __call__(self, text: str, /, **values: object) -> str:
        """Return the text for people."""


def as_written(text: str, /, **values: object) -> str:
    """Say a text as it stands in the source: English."""
    return text.format(**values) if values else text


def told(text: str, /, **facts: Json) -> dict[str, Json]:
    """Return a text with what stands in its places, as data."""
    return {"text": text, "facts": facts}


def all_of(parts: Sequence[Json]) -> Json:
    """Return the parts as one, the last ones after an *and*."""
    return reduce(lambda first, second: told("{first} and {second}", first=first, second=second), parts)


def in_words(value: Json, say: Voice) -> Json:
    """Return the value with everything told in it said by ``say``; all else stays as it is."""
    if isinstance(value, Mapping):
        inner = {name: in_words(item, say) for name, item in value.items()}
        facts = inner.get("facts")
        if inner.keys() == _MEMBERS and isinstance(facts, Mapping):
            return say(str(inner["text"]), **facts)
        return inner
    if isinstance(value, list | tuple):
        return [in_words(item, say) for item in value]
    return value
