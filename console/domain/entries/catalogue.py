# SPDX-License-Identifier: Apache-2.0
"""Every event type, found by the noun in its name; a noun's file is loaded when an entry of it is read."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from console.domain.canonical import Object
from console.domain.entries.event import NOTHING, Event, Recorded

NOUNS = (
    "station",
    "keyholder",
    "policy",
    "credential",
    "request",
    "activation",
    "recovery",
    "release",
    "ceremony",
    "journal",
    "witness",
    "clock",
    "record",
    "draft",
    "counsel",
    "log",
    "privacy",
    "paper",
    "spool",
    "recording",
)
"""The first word of every event type, in the order in which people meet them; each is a file in this folder."""


def read(entry: Recorded, opened: Object = NOTHING) -> Event | None:
    """Return what an entry says; None for a type that this program does not know. ``Corrupt``: as ``Event.read``."""
    kind = kind_of(entry.type)
    return None if kind is None else kind.read(entry, opened)


def kind_of(type_: str) -> type[Event] | None:
    """Return the class of an event type, or None."""
    noun = type_.partition(".")[0]
    return _of_noun(noun).get(type_) if noun in NOUNS else None


def kinds() -> Iterator[type[Event]]:
    """Yield the class of every event type."""
    for noun in NOUNS:
        yield from _of_noun(noun).values()


@cache
def _of_noun(noun: str) -> dict[str, type[Event]]:
    module = import_module(f"console.domain.entries.{noun}")
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Event)]
    return {kind.TYPE: kind for kind in found if hasattr(kind, "TYPE")}
