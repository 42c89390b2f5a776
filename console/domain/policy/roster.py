# SPDX-License-Identifier: Apache-2.0
"""The roster: groups, people with their keys, and how many of each group a class of credentials asks.

Its hash is bound into every seal. What stands here has been checked by ``check_roster``; that it is the one in force,
only ``policy`` and ``succession`` say.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from console.domain.canonical import Json, digest, encode, from_base64, to_base64
from console.domain.errors import Refused
from console.domain.policy.keyholder import WITHOUT_GROUP, Member, person_key
from console.domain.sealed import envelope

MAX_MEMBERS_PER_GROUP = 16
MAX_THRESHOLD = 5
MODES = ("real", "drill")
SHEETS = "sheets"
"""Who owns a key of recovery sheets, where one is named."""
STATION = "station"
"""Whose recovery sheets are split over all groups; so no group has this name."""


@dataclass(frozen=True)
class SheetKeys:
    """The public keys of a group's recovery sheets, P-256 points: what is sealed to them, what they sign steps with."""

    point: bytes
    sign: bytes

    def points(self) -> tuple[bytes, bytes]:
        """Return both."""
        return self.point, self.sign

    def to_json(self) -> dict[str, Json]:
        """Return them as they stand in the roster."""
        return {"point": to_base64(self.point), "sign": to_base64(self.sign)}

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "SheetKeys":
        """Return them from their JSON form, the points unchecked; raises what a wrong shape raises."""
        return SheetKeys(from_base64(value["point"]), from_base64(value["sign"]))


@dataclass(frozen=True)
class Roster:
    """Groups, members, keys, thresholds m per class and group. All groups of a class are mandatory."""

    vault: str
    mode: str
    epoch: int
    groups: tuple[str, ...]
    classes: Mapping[str, Mapping[str, int]]
    own_console: Mapping[str, tuple[str, ...]]
    members: tuple[Member, ...]
    station: Mapping[str, str]
    previous: bytes | None = None
    recovery: Mapping[str, SheetKeys | None] | None = None

    def member(self, id_: str) -> Member:
        """Return a member; ``Refused`` (unknown_member) names everybody who is."""
        for member in self.members:
            if member.id == id_:
                return member
        raise Refused("unknown_member", member=id_, known=", ".join(m.id for m in self.members))

    def group(self, name: str) -> list[Member]:
        """Return the members of a group, in the order in which shares are dealt."""
        return [member for member in self.members if member.role == name]

    def keyholders(self) -> list[Member]:
        """Return everybody who holds shares."""
        return [member for member in self.members if member.role in self.groups]

    def has(self, member: Member) -> bool:
        """Return whether this person stands here in the same group with the same keys."""
        return any(
            (known.id, known.role, known.points()) == (member.id, member.role, member.points())
            for known in self.members
        )

    def greatest(self, group: str) -> int:
        """Return the greatest m that any class asks of a group; 0 if none does."""
        return max((thresholds.get(group, 0) for thresholds in self.classes.values()), default=0)

    def thresholds(self, classes: Sequence[str]) -> dict[str, int]:
        """Return per group the greatest m that any of these classes asks."""
        for name in classes:
            if name not in self.classes:
                raise Refused("unknown_class", name=name, known=", ".join(self.classes))
        return {group: max(self.classes[name][group] for name in classes) for group in self.groups}

    def recipients(self, class_: str, *, recoverable: bool = True) -> dict[str, envelope.Recipients]:
        """Return what a seal of this class is dealt to; ``recoverable``: recovery sheets may open it, too."""
        thresholds = self.thresholds([class_])
        return {
            group: envelope.Recipients(
                thresholds[group],
                {member.id: member.share_key for member in self.group(group)},
                self.recovery_point(group) if recoverable else None,
            )
            for group in self.groups
        }

    def to_json(self) -> dict[str, Json]:
        """Return the roster document."""
        return {
            "v": 1,
            "suite": envelope.SUITE,
            "vault": self.vault,
            "mode": self.mode,
            "epoch": self.epoch,
            "previous": self.previous and to_base64(self.previous),
            "groups": [
                {"name": name, "recovery": found.to_json() if (found := self.sheet_keys(name)) else None}
                for name in self.groups
            ],
            "classes": [
                {"name": name, "thresholds": dict(thresholds), "own_console": list(self.own_console.get(name, ()))}
                for name, thresholds in self.classes.items()
            ],
            "members": [member.to_json() for member in self.members],
            "station": dict(self.station),
        }

    def hash(self) -> bytes:
        """Return the roster's hash (32 bytes), which stands in the context of every record."""
        return self._hash

    @cached_property
    def _hash(self) -> bytes:
        return digest("roster", encode(self.to_json()))

    def sheet_keys(self, group: str) -> SheetKeys | None:
        """Return the keys of a group's recovery sheets, if it has any."""
        return (self.recovery or {}).get(group)

    def recovery_point(self, slot: str) -> bytes | None:
        """Return what is sealed to the recovery sheets of a group or of the station, if there are any."""
        if slot != STATION:
            found = self.sheet_keys(slot)
            return found.point if found else None
        return from_base64(self.station["recovery"]) if "recovery" in self.station else None

    def recovery_points(self) -> list[bytes]:
        """Return all public keys of recovery sheets, the station's first."""
        station = self.recovery_point(STATION)
        found = [known.points() for group in self.groups if (known := self.sheet_keys(group))]
        return [*([] if station is None else [station]), *chain.from_iterable(found)]

    def station_point(self, name: str) -> bytes:
        """Return a public key of the station's HSM: ``request`` or ``journal``."""
        return from_base64(self.station[name])


_GROUP = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
"""A group is a member of canonical objects: any other name would have no form."""


def is_group(name: str) -> bool:
    """Say whether a group can be called so."""
    return _GROUP.match(name) is not None


def check_people(named: Sequence[tuple[str, str]]) -> None:
    """Raise ``Refused`` (key_or_person_twice) where two of these (member id, name) are one person."""
    _check_once([(id_, id_) for id_, _ in named])
    _check_once([(id_, person_key(name)) for id_, name in named])


def _check_once(owned: Sequence[tuple[str, object]]) -> None:
    """Raise ``Refused`` (key_or_person_twice), naming the owners of what stands there more than once."""
    counted = Counter(thing for _, thing in owned)
    if who := sorted({owner for owner, thing in owned if counted[thing] > 1}):
        raise Refused("key_or_person_twice", who=", ".join(who))


def check_roster(roster: Roster) -> None:
    """Raise ``Refused`` for a roster that could lock out or that lets one person count twice."""
    # A group named twice would count as two; operators hold no shares.
    is_spelled = all(map(is_group, roster.groups))
    is_once = len(set(roster.groups)) == len(roster.groups)
    if not is_spelled or not is_once or {*WITHOUT_GROUP, STATION} & set(roster.groups):
        raise Refused("group_names", groups=", ".join(roster.groups))
    if not roster.classes:
        raise Refused("no_classes")
    check_people([(member.id, member.name) for member in roster.members])
    points = [(member.id, point) for member in roster.members for point in member.points()]
    # A recovery key that is somebody's own would open for one person what a group shall open.
    _check_once([*points, *((SHEETS, point) for point in roster.recovery_points())])
    if any(member.role not in (*roster.groups, *WITHOUT_GROUP) for member in roster.members):
        raise Refused("unknown_role", known=", ".join((*roster.groups, *WITHOUT_GROUP)))
    for member in roster.members:
        member.check_mode(roster.mode)
    for name, thresholds in roster.classes.items():
        _check_thresholds(roster, name, thresholds)
    for name, groups in roster.own_console.items():
        # A misspelt group would silently ask for nothing.
        if name not in roster.classes or set(groups) - set(roster.groups):
            raise Refused("own_console_groups", name=name, groups=", ".join(roster.groups))


def _check_thresholds(roster: Roster, name: str, thresholds: Mapping[str, int]) -> None:
    if set(thresholds) != set(roster.groups) or len(roster.groups) < 2:
        raise Refused("class_without_group", name=name, groups=", ".join(roster.groups))
    for group, m in thresholds.items():
        n = len(roster.group(group))
        if not 1 <= m <= min(n, MAX_THRESHOLD) or n > MAX_MEMBERS_PER_GROUP:
            raise Refused("threshold_impossible", name=name, group=group, m=m, n=n)
