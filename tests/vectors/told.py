# SPDX-License-Identifier: Apache-2.0
"""Entries as the folds read them, told by a test; and a journal of one activation."""

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, get_type_hints

from console.domain import codec
from console.domain.activation.state import Activation, fold
from console.domain.canonical import Json, Object, to_base64
from console.domain.entries import catalogue
from console.domain.entries.entry import Reading
from console.domain.entries.event import Seen
from tests.support.fakes import NOON

THRESHOLDS = {"it": 1, "legal": 2}
PEOPLE = [("it", "i1"), ("it", "i2"), ("legal", "l1"), ("legal", "l2"), ("legal", "l3")]
REQUESTED: Object = {
    "thresholds": THRESHOLDS,
    "items": [["admin", 1, 0], ["codes", 1, 0], ["codes", 1, 1]],
    "seconds": 3600,
    "releases": 2,
    "valid_seconds": 1800,
    "seconds_hard_max": 5400,
    "releases_hard_max": 5,
    "request": to_base64(bytes(32)),
    "policy": 1,
    "category": "idp-down",
    "jurisdictions": ["DE"],
}
PLAIN: dict[Any, Json] = {str: "-", int: 0, bool: False, bytes: to_base64(bytes(32))}
SEEN: Object = {"size": 0, "root": to_base64(bytes(32))}


def whole(type_: str, body: Object) -> Object:
    """Return a body with what every entry of its type has, where the test does not care."""
    kind = catalogue.kind_of(type_)
    if kind is None:
        return body
    hints = get_type_hints(kind, localns={"Json": Any})
    needed = [each for each in fields(kind) if each.default is MISSING]
    return {**{codec.member_of(each): _plain(hints[each.name]) for each in needed}, **body}


def _plain(hint: Any) -> Json:
    if hint is Seen:
        return SEEN
    return PLAIN.get(hint, [] if str(hint).startswith("tuple") else None)


@dataclass(frozen=True)
class Told:
    """An entry as the fold reads it."""

    seq: int
    type: str
    t: Reading = NOON
    body: Object = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", whole(self.type, self.body))


class Log:
    """A journal of one activation; entries are written at the reading given."""

    def __init__(self) -> None:
        self.events: list[Told] = []

    def tell(self, type_: str, t: Reading = NOON, **body: Json) -> int:
        """Append an entry; return its number."""
        return self.write(type_, t, body)

    def write(self, type_: str, t: Reading, body: Object) -> int:
        """Append an entry with this body."""
        self.events.append(Told(10 + len(self.events), type_, t, body))
        return self.events[-1].seq

    def approve(self, *people: tuple[str, str], t: Reading = NOON) -> None:
        """Append approvals."""
        for group, member in people:
            self.tell("activation.approved", t, group=group, member=member)

    def show(self, name: str = "admin", item: int = 0, kind: str = "password", t: Reading = NOON) -> int:
        """Append an intent."""
        return self.tell("release.intended", t, credential=name, version=1, item=item, kind=kind)

    def second(self, decision: str, group: str, amount: int = 0, t: Reading = NOON) -> None:
        """Append one role's word."""
        self.tell("activation.seconded", t, decision=decision, group=group, amount=amount)

    def now(self) -> Activation:
        """Return the activation."""
        return fold(self.events, "act-1")
