# SPDX-License-Identifier: Apache-2.0
"""Who held which token key, and with it shares of what, from when to when: the custody register, as a fold.

What somebody once held they may have kept: a share counts until what it opens is replaced, not until its holder
leaves. So nobody joins a second group while what they held for the first one still opens something.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from console.domain.canonical import digest
from console.domain.entries.catalogue import read
from console.domain.entries.credential import CredentialConfirmed, CredentialSealed
from console.domain.entries.event import Recorded, written_ms
from console.domain.entries.log import LogRenewed
from console.domain.entries.policy import PolicyChanged
from console.domain.entries.station import StationFounded
from console.domain.errors import Refused
from console.domain.journal.clock import Event
from console.domain.policy.keyholder import Member, person_key
from console.domain.policy.rules import Policy, Roster

RETURNED, DESTROYED, SUSPENDED = "returned", "destroyed", "suspended"
FATES = (RETURNED, DESTROYED)
"""What can become of a token out of force."""
FOUNDED, CHANGED, RENEWED = "station.founded", "policy.changed", "log.renewed"
SEALED, CONFIRMED = "credential.sealed", "credential.confirmed"
FOLDED = (FOUNDED, CHANGED, RENEWED, SEALED, CONFIRMED)
"""The entries that the register is made of, with those that say what became of a token."""


@dataclass(frozen=True)
class Dealt:
    """The shares of one version as dealt under one roster; ``until`` (ms) says since when they open nothing."""

    credential: str
    version: int
    roster: bytes
    since: int
    until: int | None = None


@dataclass(frozen=True)
class Fate:
    """What was written down of somebody's token: returned or destroyed, once it is out of force; suspended, before."""

    member: str
    how: str
    at: int


@dataclass(frozen=True)
class Holding:
    """One token of one person, by its share key: in force from ``since`` to ``until`` (ms), and what it holds."""

    member: Member
    since: int
    until: int | None = None
    dealt: tuple[Dealt, ...] = ()
    suspended: tuple[tuple[int, int | None], ...] = ()
    """From when to when (ms) its owner counted nowhere."""
    fate: Fate | None = None

    def fingerprint(self) -> str:
        """Return 16 hex digits that stand for the share key on paper."""
        return digest("fingerprint", self.member.share).hex()[:16]

    def live(self) -> list[str]:
        """Return the credentials that its shares still help to open."""
        return sorted({shares.credential for shares in self.dealt if shares.until is None})

    def is_unaccounted(self) -> bool:
        """Say whether it is out of force, still worth something, and nobody has seen it come back."""
        return self.until is not None and self.fate is None and bool(self.live())


def fold(known: Policy, events: Iterable[Event], fates: Iterable[Fate]) -> list[Holding]:
    """Return every token that ever stood in a roster, in the order in which they joined."""
    ordered, said = sorted(events, key=lambda event: event.seq), list(fates)
    dealt, since = _dealings(ordered), _in_force_since(ordered)
    return [
        replace(
            found,
            dealt=tuple(d for d in dealt if _is_dealt_to(found.member, d, known)),
            suspended=tuple(_suspensions(found, known.history(), since, said)),
            fate=_fate(found, said),
        )
        for found in _tokens(known.history(), since)
    ]


def _in_force_since(entries: Iterable[Recorded]) -> Mapping[int, int]:
    """Return policy number -> when it came into force."""
    since = dict[int, int]()
    for entry in entries:
        if entry.type == LogRenewed.TYPE:
            # Of whatever the old log tells no more: since the new one at the latest.
            since = dict.fromkeys(range(1, 1 + LogRenewed.read(entry).policy_number), entry.t.wall_ms)
        elif entry.type == StationFounded.TYPE:
            since[1] = written_ms(entry)
        elif entry.type == PolicyChanged.TYPE:
            since[PolicyChanged.read(entry).number] = written_ms(entry)
    return since


def _tokens(history: Sequence[Policy], since: Mapping[int, int]) -> list[Holding]:
    found: dict[tuple[str, bytes], Holding] = {}
    for policy in history:
        present = {(member.id, member.share): member for member in policy.roster.members}
        at = since[policy.number]
        for key, holding in found.items():
            if holding.until is None and key not in present:
                found[key] = replace(holding, until=at)
        for key, member in present.items():
            found.setdefault(key, Holding(member, at))
    return list(found.values())


def _dealings(entries: Iterable[Recorded]) -> list[Dealt]:
    """Return every dealing of shares, each ended by the version that took over from it."""
    found: list[Dealt] = []
    for entry in entries:
        said = read(entry)
        if not isinstance(said, CredentialSealed | CredentialConfirmed):
            continue
        name, version, at = said.credential, said.version, written_ms(entry)
        if _takes_over(said):
            found = [_ended(d, at) if d.credential == name and d.version < version else d for d in found]
        if isinstance(said, CredentialSealed):
            found.append(Dealt(name, version, said.roster, at))
    return found


def _takes_over(said: CredentialSealed | CredentialConfirmed) -> bool:
    """Say whether from here on what was dealt before opens nothing; items that stay where they were keep it alive."""
    return isinstance(said, CredentialConfirmed) or (said.state == "sealed" and None not in said.records)


def _ended(dealt: Dealt, at: int) -> Dealt:
    return dealt if dealt.until is not None else replace(dealt, until=at)


def _is_dealt_to(member: Member, dealt: Dealt, known: Policy) -> bool:
    roster = known.roster_of(dealt.roster)
    return any((m.id, m.share) == (member.id, member.share) for m in roster.keyholders())


def _suspensions(
    holding: Holding, history: Sequence[Policy], since: Mapping[int, int], fates: Sequence[Fate]
) -> Iterator[tuple[int, int | None]]:
    member = holding.member.id
    lifted = [since[policy.number] for policy in history if member in policy.reinstates]
    for said in _of(holding, fates, {SUSPENDED}):
        if holding.since <= said.at and (holding.until is None or said.at < holding.until):
            yield said.at, min((at for at in lifted if at > said.at), default=holding.until)


def _fate(holding: Holding, fates: Sequence[Fate]) -> Fate | None:
    """Return what was said of it after it went out of force; before that nothing about it can have been meant."""
    if holding.until is None:
        return None
    said = [fate for fate in _of(holding, fates, {RETURNED, DESTROYED}) if fate.at >= holding.until]
    return min(said, key=lambda fate: fate.at, default=None)


def _of(holding: Holding, fates: Sequence[Fate], hows: Collection[str]) -> list[Fate]:
    return [fate for fate in fates if fate.member == holding.member.id and fate.how in hows]


def check_may_join(holdings: Iterable[Holding], roster: Roster, member: Member) -> None:
    """Raise ``Refused`` (past_knowledge) if this person held live shares of another group: they would hold both halves.

    That their token came back does not help: what it opened before may have been kept.
    """
    if member.role not in roster.groups:
        return
    for holding in holdings:
        before = holding.member
        same = before.id == member.id or person_key(before.name) == person_key(member.name)
        if same and before.role != member.role and holding.live():
            raise Refused("past_knowledge", member=member.id, group=before.role, credentials=", ".join(holding.live()))
