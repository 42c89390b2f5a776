# SPDX-License-Identifier: Apache-2.0
"""Sealed credentials: what can be checked while sealing, and their versions as a fold.

A version is ``sealed`` (the first), or a ``candidate`` that takes over when a second person confirms it. What was
shown is ``exposed`` until a newer version is confirmed; a one-time code that was taken is gone for good.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.domain import kinds
from console.domain.canonical import Json
from console.domain.entries.credential import CredentialConfirmed, CredentialRestated, CredentialSealed
from console.domain.entries.event import Recorded
from console.domain.entries.release import ReleaseIntended, ReleaseOutcome
from console.domain.errors import Corrupt, Refused
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


def fold(entries: Iterable[Recorded]) -> dict[str, Credential]:
    """Return name -> credential from the entries credential.sealed, .confirmed, .restated, release.*."""
    found: dict[str, Credential] = {}
    ordered = sorted(entries, key=lambda e: e.seq)
    failed = failed_intents(ordered)
    for entry in ordered:
        if entry.type == CredentialSealed.TYPE:
            _sealed(found, CredentialSealed.read(entry))
        elif entry.type == CredentialConfirmed.TYPE:
            _confirmed(found, CredentialConfirmed.read(entry))
        elif entry.type == ReleaseIntended.TYPE and entry.seq not in failed:
            _shown(found, ReleaseIntended.read(entry))
        elif entry.type == CredentialRestated.TYPE:
            _restated(found, CredentialRestated.read(entry))
    return found


def failed_intents(entries: Iterable[Recorded]) -> set[int]:
    """Return the intents that showed nothing: every outcome written for them says so."""
    outcomes: dict[int, set[str]] = {}
    for entry in entries:
        if entry.type == ReleaseOutcome.TYPE:
            said = ReleaseOutcome.read(entry)
            outcomes.setdefault(said.intent, set()).add(said.outcome)
    return {intent for intent, said in outcomes.items() if said == {NOT_SHOWN}}


def _sealed(found: dict[str, Credential], said: CredentialSealed) -> None:
    name = said.credential
    before = found.get(name)
    records, places = _records(before, said)
    version = Version(
        said.version,
        said.class_,
        said.roster,
        records,
        said.sealed_by,
        confirmed=said.state == "sealed",
        resealed_from=said.resealed_from,
        places=places,
    )
    if before is None:
        found[name] = Credential(name, kinds.of(said.kind), (version,))
        return
    # Spelled out, for a vault of a thousand: ``replace`` costs more than all the rest of this.
    versions = (*before.versions, version)
    found[name] = Credential(name, before.kind, versions, before.exposed, before.taken)


def _records(before: Credential | None, said: CredentialSealed) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Return each item's record hash and the version it lies under; what was not re-sealed (null) stays."""
    if said.resealed_from is None:
        if None in said.records:
            raise Corrupt("event_shape", type=CredentialSealed.TYPE, member="records")
        return tuple(record for record in said.records if record is not None), ()
    old = (before or Credential(said.credential, kinds.of(said.kind))).version(said.resealed_from)
    return (
        tuple(record or old.records[n] for n, record in enumerate(said.records)),
        tuple(said.version if record else old.place(n) for n, record in enumerate(said.records)),
    )


def _confirmed(found: dict[str, Credential], said: CredentialConfirmed) -> None:
    credential = found[said.credential]
    versions = tuple(replace(v, confirmed=True) if v.number == said.version else v for v in credential.versions)
    found[credential.name] = replace(credential, versions=versions)


def _shown(found: dict[str, Credential], said: ReleaseIntended) -> None:
    if said.use is not None:
        return
    credential = found[said.credential]
    if credential.kind.burns:
        taken = credential.taken | {(said.version, said.item)}
        found[credential.name] = replace(credential, taken=taken)
    else:
        found[credential.name] = replace(credential, exposed=max(credential.exposed, said.version))


def _restated(found: dict[str, Credential], said: CredentialRestated) -> None:
    """Take over what an older log told since the versions were sealed."""
    credential = found[said.credential]
    exposed = max(credential.exposed, said.exposed)
    found[credential.name] = replace(credential, exposed=exposed, taken=credential.taken | {*said.taken})


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
