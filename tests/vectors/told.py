# SPDX-License-Identifier: Apache-2.0
"""Entries as the folds read them, told by a test; and a journal of one activation."""

from dataclasses import dataclass, field

from console.domain.activation.state import Activation, fold
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Reading
from tests.fakes import NOON

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
}


@dataclass(frozen=True)
class Told:
    """An entry as the fold reads it."""

    seq: int
    type: str
    t: Reading = NOON
    body: Object = field(default_factory=dict)


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
