# SPDX-License-Identifier: Apache-2.0
"""Everything the screens show, read under one lease: so that no two screens tell different stories."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, TypedDict, cast
from uuid import UUID

from console.gui.phrases import group, moment, short
from console.sentences.terms import CATEGORIES

if TYPE_CHECKING:
    from console.actions.console import Console

View = Mapping[str, Any]
OVER_NAMED = 10
"""Of those that are over so many are called by their incident number: each must be read for it."""
OVER = ("closed", "denied", "withdrawn", "expired")


def up_seconds() -> float:
    """Return the seconds since the machine started, a suspend included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Person:
    """Somebody in the roster."""

    id: str
    name: str
    role: str
    state: str = "active"
    """active, away (their token is at a console of their own) or suspended."""


@dataclass(frozen=True)
class Bounds:
    """What the rules in force allow a request to say, and the classes under which a secret can be sealed."""

    minutes: int
    releases: int
    jurisdictions: tuple[str, ...]
    legal_confirms: tuple[str, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """Why nothing is written any more, and the new logs that were proposed, as ``renewal.describe`` returns them."""

    codes: tuple[str, ...]
    proposals: tuple[View, ...]


@dataclass(frozen=True)
class Snapshot:
    """The station at one moment; ``taken`` is on the clock that goes on in a suspend, for countdowns in between."""

    unlocked_by: str
    people: tuple[Person, ...]
    groups: tuple[str, ...]
    bounds: Bounds
    credentials: tuple[View, ...]
    live: tuple[View, ...]
    """Activations that still ask for something, newest first, each as ``activation.show`` returns it; ``shown``
    counts the showings per credential, ``course`` tells what happened when."""
    over: tuple[View, ...]
    light: str = "recording"
    """What takes the entries: recording (the journal), reserve or paper."""
    alarm: Alarm | None = None
    """Nothing else of the journal is told while it stands."""
    standing: View | None = None
    """How far the journal is provable outside this room, as ``outside.standing`` returns it."""
    log: int = 1
    """The number of the journal in force: those with smaller ones are from before an alarm."""
    entries: int = -1
    """How many entries the journal had."""
    notices_owed: int = 0
    """How many people must still be told of an erasure."""
    has_prepared: bool = False
    """Whether a request was agreed on beforehand, and can be filed."""
    changes: tuple[View, ...] = ()
    """The changes of people or rules that wait for signatures, as ``policy.describe`` returns them."""
    seal: "Callable[[bytes], bytes]" = field(default=lambda _: b"", compare=False)
    """Seals what was typed to the person who unlocked."""
    incidents: Mapping[str, str] = field(default_factory=dict)
    """Of the newest that are over: activation -> incident number, unless it was erased."""
    taken: float = field(default_factory=up_seconds, compare=False)

    def name_of(self, member: str) -> str:
        """Return a person's name, or what was claimed."""
        return next((person.name for person in self.people if person.id == member), member)

    def is_reading(self) -> bool:
        """Return whether who unlocked only reads along."""
        # Named here, because what knows the role loads a cipher, and the first paint waits for nobody.
        return any((p.id, p.role) == (self.unlocked_by, "compliance") for p in self.people)

    def keyholders(self) -> tuple[Person, ...]:
        """Return everybody who can sign here: their token can be put in, and they count."""
        return tuple(p for p in self.people if p.role in self.groups and p.state == "active")

    def find(self, activation: str) -> View | None:
        """Return a live activation."""
        return next((view for view in self.live if view["activation"] == activation), None)

    def named(self) -> list[tuple[str, str]]:
        """Return every activation with words that tell it from others, what goes on first."""
        live = [
            (str(v["activation"]), f"{v['justification']['incident']} · {short(v['activation'])}") for v in self.live
        ]
        over = [(str(v["activation"]), f"{self.called(v)} · {short(v['activation'])}") for v in self.over]
        return [*live, *over]

    def called(self, over: View) -> str:
        """Return how people call an activation that is over: by its incident, what was down, and when it was asked."""
        known, asked = self.incidents.get(str(over["activation"]), ""), asked_at(str(over["activation"]))
        told = [known, CATEGORIES[over["category"]], moment(asked.isoformat()) if asked else ""]
        return " · ".join(filter(None, told))

    def seconds_left(self, view: View) -> int:
        """Return the whole seconds that an activation has left now."""
        return max(0, ceil(int(view["seconds_left"]) - (up_seconds() - self.taken)))


def asked_at(activation: str) -> datetime | None:
    """Return when an activation was asked for, in local time, as its id says (UUIDv7, RFC 9562 section 5.7)."""
    try:
        id_ = UUID(activation)
    except ValueError:
        return None
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC).astimezone() if id_.version == 7 else None


def choices_of(people: Sequence[Person]) -> list[tuple[str, str]]:
    """Return (member, words) of people to choose from."""
    return [(person.id, f"{person.name} ({group(person.role)})") for person in people]


def take(console: "Console", before: Snapshot | None = None) -> Snapshot:
    """Return the station as it is now; ``before`` spares what cannot have changed without an entry."""
    from console.actions.activation import lifecycle as activation
    from console.actions.credential import versions
    from console.actions.journal import outside

    if codes := console.journal.alarm():
        return _under_alarm(console, codes)
    rows = cast(list[View], activation.list_activations(console)["activations"])
    live = [_live(console, str(row["activation"])) for row in rows if row["state"] not in OVER]
    over = [row for row in rows if row["state"] in OVER]
    return Snapshot(
        unlocked_by=console.hsm.unlocked_by(),
        people=_people(console),
        groups=console.policy.roster.groups,
        bounds=_bounds(console),
        credentials=tuple(cast(list[View], versions.list_credentials(console)["credentials"])),
        live=tuple(live),
        over=tuple(over),
        light=cast(View, console.journal.status()["recording"])["light"],
        standing=cast(View, outside.standing(console)),
        log=console.logs.current().number,
        entries=console.journal.size(),
        **_counted(console, before, over),
        seal=_sealer(console),
    )


class _Counted(TypedDict):
    notices_owed: int
    has_prepared: bool
    changes: tuple[View, ...]
    incidents: Mapping[str, str]


def _counted(console: "Console", before: Snapshot | None, over: Sequence[View]) -> _Counted:
    """Return what takes a look through many entries: only when there are new ones."""
    if before is not None and before.entries == console.journal.size():
        return {
            "notices_owed": before.notices_owed,
            "has_prepared": before.has_prepared,
            "changes": before.changes,
            "incidents": before.incidents,
        }
    from console.actions.activation import incidents, prepared
    from console.actions.policy import steps
    from console.actions.privacy import notices

    acts = [str(row["activation"]) for row in over[:OVER_NAMED]]
    rows = cast(list[View], prepared.list_prepared(console)["prepared"])
    return {
        "notices_owed": cast(int, notices.status(console)["notices_owed"]),
        "incidents": incidents.incidents(console, acts),
        "has_prepared": any(row["state"] == "agreed" for row in rows),
        "changes": tuple(cast(View, steps.describe(step)) for step in steps.proposals(console)),
    }


def _sealer(console: "Console") -> "Callable[[bytes], bytes]":
    from console.actions.station import typed

    # The policy alone: what seals must not hold on to the open console.
    return partial(typed.seal, console.policy, console.hsm.unlocked_by())


def _under_alarm(console: "Console", codes: list[str]) -> Snapshot:
    from console.actions.journal import renewal

    current = console.logs.current()
    proposed = [p for p in renewal.proposals(console.vault, console.policy) if p.old == current]
    return Snapshot(
        console.hsm.unlocked_by(),
        _people(console),
        console.policy.roster.groups,
        _bounds(console),
        (),
        (),
        (),
        "paper",
        Alarm(tuple(codes), tuple(renewal.describe(p, console.policy) for p in proposed)),
        log=current.number,
        seal=_sealer(console),
    )


def _people(console: "Console") -> tuple[Person, ...]:
    from console.actions.entries import state_of

    return tuple(Person(m.id, m.name, m.role, state_of(console, m.id)) for m in console.policy.roster.members)


def _live(console: "Console", act: str) -> View:
    from console.actions.activation import course
    from console.actions.activation import lifecycle as activation
    from console.domain.outcomes import NOT_SHOWN

    folded = activation.load(console, act)
    shown = Counter(release.credential for release in folded.shown if release.outcome != NOT_SHOWN)
    waiting = {(what, amount) for what, _, amount in folded.seconded}
    seconding = [
        {"decision": what, "amount": amount, "missing": folded.second_missing(what, amount)}
        for what, amount in sorted(waiting)
    ]
    told = {"shown": dict(shown), "seconding": seconding, "course": course.course(console, act)["events"]}
    return {**activation.show(console, act), **told}


def _bounds(console: "Console") -> Bounds:
    rules = console.policy.rules
    return Bounds(
        minutes=rules.seconds_max // 60,
        releases=rules.releases_max,
        jurisdictions=rules.jurisdictions,
        legal_confirms=rules.legal_confirms,
        classes=tuple(console.policy.roster.classes),
    )
