# SPDX-License-Identifier: Apache-2.0
"""What may be lost before a credential is locked out: the ways to open it, and the smallest losses that close them all.

A way is a name of something that is needed, or a ``Gate``: so many of several ways. Ways are monotone: a loss never
opens anything. So each credential has smallest sets of losses that lock it out, and below them nothing does.

    hsm, disk, mirror          the security module; everything in the station's folder; the second medium
    backup                     the newest backup, which lies elsewhere
    person:ID                  somebody is gone, and with them their token and the sheet that they keep
    token:ID                   their token is gone, or its PIN
    sheets:GROUP, sheets:station   so many sheets of a set that it opens no more
    database                   the journal alone: a new log begins
    camera, printer, clock     no way needs them
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

Way: TypeAlias = "str | Gate"
Losses = frozenset[str]

HSM, DISK, MIRROR, BACKUP = "hsm", "disk", "mirror", "backup"
HARMLESS = ("database", "camera", "printer", "clock")
MOST = 3
"""Sets of losses larger than this are not looked for."""


@dataclass(frozen=True)
class Gate:
    """So many of these ways must be left."""

    least: int
    of: tuple["Way", ...]


def all_of(*ways: Way) -> Gate:
    """Return the way that needs every one of these."""
    return Gate(len(ways), ways)


def any_of(*ways: Way) -> Gate:
    """Return the way that needs one of these; of none, it is never open."""
    return Gate(1, ways)


def is_open(way: Way, lost: Collection[str]) -> bool:
    """Say whether a way is left after these losses."""
    if isinstance(way, str):
        return way not in lost
    return sum(is_open(part, lost) for part in way.of) >= way.least


def smallest(way: Way, most: int = MOST) -> list[Losses]:
    """Return the smallest sets of at most ``most`` losses that close a way, the smallest first.

    What is closed without any loss has one: the empty set.
    """
    return sorted(_closing(way, most), key=lambda found: (len(found), sorted(found)))


def _closing(way: Way, most: int) -> set[Losses]:
    if isinstance(way, str):
        return {frozenset((way,))}
    failing = len(way.of) - way.least + 1
    if failing <= 0:
        return {frozenset()}
    # So many losses close at most so many parts: most gates of a large group need no search.
    shared = Counter(chain.from_iterable(map(_names, way.of)))
    if sum(count for _, count in shared.most_common(most)) + sum(not is_open(part, ()) for part in way.of) < failing:
        return set()
    # closed[k]: what closes at least k of the parts seen so far.
    closed: list[set[Losses]] = [{frozenset()}, *(set() for _ in range(failing))]
    for part in way.of:
        alone = _closing(part, most)
        for count in range(failing, 0, -1):
            both = (one | other for one in closed[count - 1] for other in alone)
            closed[count] = _minimal(closed[count] | {found for found in both if len(found) <= most})
    return closed[failing]


def _names(way: Way) -> set[str]:
    return {way} if isinstance(way, str) else set(chain.from_iterable(map(_names, way.of)))


def _minimal(found: Iterable[Losses]) -> set[Losses]:
    kept: list[Losses] = []
    for one in sorted(found, key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
    return set(kept)


def without_greater(way: Way, found: Iterable[Losses]) -> Iterator[Losses]:
    """Yield the sets but those in which the loss of a whole person says no more than the loss of their token."""
    for one in found:
        lesser = (
            one - {loss} | {f"token:{loss.removeprefix('person:')}"} for loss in one if loss.startswith("person:")
        )
        if all(is_open(way, other) for other in lesser):
            yield one


# --- what a credential needs ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetsHeld:
    """One set of recovery sheets that can be relied on: for each group, how many of whose sheets it takes."""

    slot: str
    held: tuple[tuple[int, tuple[str, ...]], ...]

    def way(self) -> Gate:
        """Return what it needs; a person who is gone takes their sheet along."""
        return all_of(
            f"sheets:{self.slot}",
            *(Gate(needed, tuple(f"person:{member}" for member in keepers)) for needed, keepers in self.held),
        )


@dataclass(frozen=True)
class GroupHeld:
    """One group's part of a credential: so many of these people's tokens, or its sheets where it has any."""

    name: str
    needed: int
    holders: tuple[str, ...]
    sheets: SheetsHeld | None = None


@dataclass(frozen=True)
class StationHeld:
    """The station's part: who can unlock its HSM, what lies in its own folder, and what can take its place.

    ``on_disk``: parts that go when the disk goes (an embedded token). ``sheets``: the station's set, with which a new
    HSM can be made. A lost disk is made again from the second medium. Both take a new log, which one of each group
    signs; the new HSM's keys take as many as change the roster. ``signers``: per group how many that are, of whom.
    """

    unlockers: tuple[str, ...]
    signers: tuple[tuple[int, tuple[str, ...]], ...] = ()
    on_disk: frozenset[str] = field(default_factory=frozenset)
    sheets: SheetsHeld | None = None

    def token(self, member: str) -> Gate:
        """Return what a person's token needs."""
        return self._placed(f"token:{member}", f"person:{member}")

    def hsm(self) -> Gate:
        """Return what the HSM needs: itself, and one person whose token unlocks it."""
        return all_of(self._placed(HSM), any_of(*map(self.token, self.unlockers)))

    def files(self) -> Way:
        """Return what the sealed files need."""
        return any_of(DISK, all_of(MIRROR, self.new_log()))

    def new_hsm(self) -> Gate:
        """Return what a new HSM needs; of no sheets, it can never be made."""
        if self.sheets is None:
            return any_of()
        quorum = (Gate(needed, tuple(map(self.token, people))) for needed, people in self.signers)
        return all_of(self.sheets.way(), *quorum)

    def new_log(self) -> Gate:
        """Return what a new log needs: the signature of one person of each group."""
        return all_of(*(any_of(*map(self.token, people)) for _, people in self.signers))

    def _placed(self, part: str, *also: str) -> Gate:
        return all_of(part, *also, *((DISK,) if part in self.on_disk else ()))


@dataclass(frozen=True)
class Held:
    """Everything that a credential can be opened by; ``recoverable``: recovery sheets may open it, too.

    ``backed_up``: the newest backup holds it as it is sealed today.
    """

    groups: tuple[GroupHeld, ...]
    station: StationHeld
    recoverable: bool = True
    backed_up: bool = False

    def way(self) -> Gate:
        """Return what opens it."""
        return all_of(self.people(), any_of(all_of(self.machine(), self.station.files()), *self._from_backup()))

    def _from_backup(self) -> tuple[Gate, ...]:
        """Return how a backup opens it: with a new HSM alone, whose tables the old one cannot have replaced since."""
        is_way = self.backed_up and self.recoverable
        return (all_of(BACKUP, self.station.new_hsm()),) if is_way else ()

    def people(self) -> Gate:
        """Return how its groups open: all by tokens, or one of them by its sheets; never two by sheets."""
        return any_of(
            all_of(*map(self.by_tokens, self.groups)),
            *(
                all_of(found.sheets.way(), *(self.by_tokens(other) for other in self.groups if other != found))
                for found in self.groups
                if found.sheets is not None and self.recoverable
            ),
        )

    def by_tokens(self, group: GroupHeld) -> Gate:
        """Return how one group opens by the tokens of its people."""
        return Gate(group.needed, tuple(map(self.station.token, group.holders)))

    def machine(self) -> Gate:
        """Return how the station's part opens: its HSM, or a new one made with its sheets."""
        return any_of(self.station.hsm(), *((self.station.new_hsm(),) if self.recoverable else ()))

    def losses(self) -> list[Losses]:
        """Return the smallest sets of losses that lock it out."""
        way = self.way()
        return list(without_greater(way, smallest(way)))

    def left(self, group: GroupHeld, lost: Collection[str]) -> list[str]:
        """Return whose tokens of a group are left after these losses."""
        return [member for member in group.holders if is_open(self.station.token(member), lost)]
