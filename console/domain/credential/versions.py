# SPDX-License-Identifier: Apache-2.0
"""Sealed credentials: what can be checked while sealing, and their versions as a fold.

A version is ``sealed`` (the first), or a ``candidate`` that takes over when a second person confirms it. What was
shown is ``exposed`` until a newer version is confirmed; a one-time code that was taken is gone for good.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import cast

from console.domain import kinds
from console.domain.canonical import Json, Object, from_base64
from console.domain.errors import Refused
from console.domain.journal.clock import Event
from console.domain.kinds import Kind
from console.domain.outcomes import NOT_SHOWN

TYPED, PIPED, IN_FILE, IN_PICTURE = "typed", "pipe", "file", "picture"
SOURCES = (TYPED, PIPED, IN_FILE, IN_PICTURE)
"""How a secret comes in. Of a file and a picture a copy in the clear may stay behind, and the journal says so."""
ALIKE = 0.85
"""Of 1: of ten letters one is another."""
NAME = re.compile(r"[a-z][a-z0-9-]{1,63}\Z")


@dataclass(frozen=True)
class Version:
    """One version of a credential: the hash of each of its records, who sealed it, whether it is confirmed.

    A version that was only re-sealed (``resealed_from``) holds the same secret; of a list of codes it may hold some,
    and ``places`` says under which version each item lies.
    """

    number: int
    class_: str
    roster: bytes
    records: tuple[bytes, ...]
    sealed_by: str
    confirmed: bool
    resealed_from: int | None = None
    places: tuple[int, ...] = ()

    def place(self, item: int) -> int:
        """Return the number of the version under which an item's record and row are named."""
        return self.places[item] if self.places else self.number


@dataclass(frozen=True)
class Credential:
    """A credential with its versions, oldest first, and the newest version that anybody was shown."""

    name: str
    kind: Kind
    versions: tuple[Version, ...] = ()
    exposed: int = 0
    taken: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    @property
    def current(self) -> Version:
        """The newest confirmed version: the one that a request gets."""
        # No cached property: its lock costs more than looking again.
        return next(version for version in reversed(self.versions) if version.confirmed)

    def version(self, number: int) -> Version:
        """Return the version of this number; ``Refused`` (unknown_version) if there is none."""
        for version in self.versions:
            if version.number == number:
                return version
        raise Refused("unknown_version", name=self.name, version=number)

    @property
    def candidate(self) -> Version | None:
        """The version that waits for its confirmation."""
        return None if self.versions[-1].confirmed else self.versions[-1]

    @property
    def is_exposed(self) -> bool:
        """Whether the current version was shown and owes rotation."""
        return bool(self.exposed) and not self.is_rotated_since(self.exposed)

    def is_rotated_since(self, number: int) -> bool:
        """Return whether the current version holds another secret than an earlier one, and is not just re-sealed."""
        return self.origin > self.origin_of(number)

    @property
    def origin(self) -> int:
        """The version in which the present secret was first sealed."""
        return self.origin_of(self.current.number)

    def origin_of(self, number: int) -> int:
        """Return the version in which the secret of this one was first sealed."""
        while (before := self.version(number).resealed_from) is not None:
            number = before
        return number

    def items_left(self) -> list[int]:
        """Return the numbers of the items that nobody has taken yet."""
        version = self.current
        numbers = range(len(version.records))
        return [n for n in numbers if (version.place(n), n) not in self.taken] if self.taken else [*numbers]

    def state(self) -> str:
        """Return burnt, exposed, candidate or sealed: the first that holds."""
        if not self.items_left():
            return "burnt"
        if self.is_exposed:
            return "exposed"
        return "candidate" if self.candidate else "sealed"


def fold(events: Iterable[Event]) -> dict[str, Credential]:
    """Return name -> credential from the entries credential.sealed, .confirmed, .restated, release.*."""
    found: dict[str, Credential] = {}
    ordered = sorted(events, key=lambda e: e.seq)
    failed = failed_intents(ordered)
    for event in ordered:
        if event.type == "credential.sealed":
            _sealed(found, event)
        elif event.type == "credential.confirmed":
            _confirmed(found, event)
        elif event.type == "release.intended" and event.seq not in failed and not event.body.get("use"):
            _shown(found, event.body)
        elif event.type == "credential.restated":
            _restated(found, event.body)
    return found


def failed_intents(events: Iterable[Event]) -> set[int]:
    """Return the intents that showed nothing: every outcome written for them says so."""
    outcomes: dict[int, set[str]] = {}
    for event in events:
        if event.type == "release.outcome":
            outcomes.setdefault(cast(int, event.body["intent"]), set()).add(str(event.body["outcome"]))
    return {intent for intent, said in outcomes.items() if said == {NOT_SHOWN}}


def _sealed(found: dict[str, Credential], event: Event) -> None:
    body = event.body
    name = str(body["credential"])
    before = found.get(name)
    resealed_from = cast(int | None, body.get("resealed_from"))
    records, places = _records(before, resealed_from, body)
    version = Version(
        cast(int, body["version"]),
        str(body["class"]),
        _roster(str(body["roster"])),
        records,
        str(body["sealed_by"]),
        confirmed=body["state"] == "sealed",
        resealed_from=resealed_from,
        places=places,
    )
    if before is None:
        found[name] = Credential(name, kinds.of(str(body["kind"])), (version,))
        return
    # Spelled out, for a vault of a thousand: ``replace`` costs more than all the rest of this.
    versions = (*before.versions, version)
    found[name] = Credential(name, before.kind, versions, before.exposed, before.taken)


@lru_cache(maxsize=64)
def _roster(text: str) -> bytes:
    # The same few stand in every entry.
    return from_base64(text)


def _records(
    before: Credential | None, resealed_from: int | None, body: Object
) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Return each item's record hash and the version it lies under; what was not re-sealed (null) stays."""
    said = cast(list[str | None], body["records"])
    if resealed_from is None:
        return tuple([from_base64(cast(str, record)) for record in said]), ()
    known = before or Credential(str(body["credential"]), kinds.of(str(body["kind"])))
    old, here = known.version(resealed_from), cast(int, body["version"])
    return (
        tuple(from_base64(record) if record else old.records[n] for n, record in enumerate(said)),
        tuple(here if record else old.place(n) for n, record in enumerate(said)),
    )


def _confirmed(found: dict[str, Credential], event: Event) -> None:
    credential = found[str(event.body["credential"])]
    versions = tuple(
        replace(v, confirmed=True) if v.number == event.body["version"] else v for v in credential.versions
    )
    found[credential.name] = replace(credential, versions=versions)


def _shown(found: dict[str, Credential], body: Object) -> None:
    credential, version = found[str(body["credential"])], cast(int, body["version"])
    if credential.kind.burns:
        taken = credential.taken | {(version, cast(int, body["item"]))}
        found[credential.name] = replace(credential, taken=taken)
    else:
        found[credential.name] = replace(credential, exposed=max(credential.exposed, version))


def _restated(found: dict[str, Credential], body: Object) -> None:
    """Take over what an older log told since the versions were sealed."""
    credential = found[str(body["credential"])]
    taken = {(version, item) for version, item in cast(list[tuple[int, int]], body["taken"])}
    exposed = max(credential.exposed, cast(int, body["exposed"]))
    found[credential.name] = replace(credential, exposed=exposed, taken=credential.taken | taken)


def check_name(name: str) -> None:
    """Raise ``Refused`` unless the name can be a credential's id and human label."""
    if not NAME.match(name):
        raise Refused("credential_name", name=name)


def owes_new_version(kind: Kind, state: str) -> bool:
    """Return whether a credential in this ``Credential.state`` must be sealed anew: shown since, or nothing left."""
    return (state == "exposed" and kind.owes_rotation) or state == "burnt"


def alike(name: str, known: Iterable[str]) -> list[str]:
    """Return the names that this one is easily taken for: misspelt, in another order, a part more or less."""
    from difflib import SequenceMatcher

    parts = set(name.split("-"))
    return [
        other
        for other in known
        if parts <= (others := set(other.split("-")))
        or parts >= others
        or SequenceMatcher(None, name, other, autojunk=False).ratio() >= ALIKE
    ]


USE_CARD_FIELDS = ("target", "account", "where", "steps", "if_refused", "ranges", "residence", "rotate")
USE_CARD_NEEDED = ("target", "account", "rotate")


def check_use_card(card: Mapping[str, Json]) -> None:
    """Raise ``Refused`` for a use card with unknown or missing fields."""
    unknown = [name for name in card if name not in USE_CARD_FIELDS]
    missing = lacking(card)
    if unknown or missing:
        raise Refused("use_card", unknown=", ".join(unknown), missing=", ".join(missing))


def lacking(card: Mapping[str, object]) -> list[str]:
    """Return the fields of a use card that must be filled and are not."""
    return [name for name in USE_CARD_NEEDED if not card.get(name)]


def choose_items(credential: Credential, count: int, unburnt: Container[int]) -> Sequence[int]:
    """Return the items that a request for ``count`` codes (or one secret) gets: the first untaken ones.

    ``unburnt`` are the items that can still be opened. ``Refused`` (too_few_codes) when too few are left.
    """
    left = [item for item in credential.items_left() if item in unburnt]
    wanted = count if credential.kind.burns else 1
    if len(left) < wanted:
        raise Refused("too_few_codes", credential=credential.name, left=len(left), asked=wanted)
    return left[:wanted]
