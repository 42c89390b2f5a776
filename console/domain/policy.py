# SPDX-License-Identifier: Apache-2.0
"""Who must agree to open what, for how long, how often: roster, rules, and the genesis that founds both.

The roster (people, keys, thresholds) is bound into every seal; the rules (times, budgets, patterns) into every
request. Genesis is one document with both, signed by every founding keyholder; its hash is what people compare
aloud as twelve words and what the HSM pins. Nothing here is believed before ``load`` has checked it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import cast

from console.domain import envelope
from console.domain.canonical import (
    MAX_INTEGER,
    Json,
    Object,
    decode_object,
    digest,
    encode,
    from_base64,
    to_base64,
)
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder import OPERATOR, Member

MAX_MEMBERS_PER_GROUP = 16
MAX_THRESHOLD = 5
MODES = ("real", "drill")
HASH_BYTES = 32


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
    recovery: Mapping[str, bytes | None] | None = None

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

    def thresholds(self, classes: Sequence[str]) -> dict[str, int]:
        """Return per group the greatest m that any of these classes asks."""
        for name in classes:
            if name not in self.classes:
                raise Refused("unknown_class", name=name, known=", ".join(self.classes))
        return {group: max(self.classes[name][group] for name in classes) for group in self.groups}

    def recipients(self, class_: str) -> dict[str, envelope.Recipients]:
        """Return what a seal of this class is dealt to."""
        thresholds = self.thresholds([class_])
        return {
            group: envelope.Recipients(
                thresholds[group],
                {member.id: member.share for member in self.group(group)},
                (self.recovery or {}).get(group),
            )
            for group in self.groups
        }

    def to_json(self) -> dict[str, Json]:
        """Return the roster document."""
        recovery = self.recovery or {}
        return {
            "v": 1, "suite": envelope.SUITE, "vault": self.vault, "mode": self.mode, "epoch": self.epoch,
            "previous": self.previous and to_base64(self.previous),
            "groups": [
                {"name": name, "recovery": (point := recovery.get(name)) and to_base64(point)}
                for name in self.groups
            ],
            "classes": [
                {"name": name, "thresholds": dict(thresholds), "own_console": list(self.own_console.get(name, ()))}
                for name, thresholds in self.classes.items()
            ],
            "members": [member.to_json() for member in self.members],
            "station": dict(self.station),
        }  # fmt: skip

    def hash(self) -> bytes:
        """Return the roster's hash (32 bytes), which stands in the context of every record."""
        return digest("roster", encode(self.to_json()))

    def station_point(self, name: str) -> bytes:
        """Return a public key of the station's HSM: ``request`` or ``journal``."""
        return from_base64(self.station[name])


@dataclass(frozen=True)
class Rules:
    """Durations in seconds, budgets in showings, and what a request must look like."""

    vault: str
    epoch: int
    seconds_max: int
    seconds_hard_max: int
    releases_max: int
    releases_hard_max: int
    request_valid_seconds: int
    showing_seconds: int
    jurisdictions: tuple[str, ...]
    matter_pattern: str
    ranges: tuple[str, ...]
    legal_confirms: tuple[str, ...]
    previous: bytes | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the rules document."""
        return {
            "v": 1, "vault": self.vault, "epoch": self.epoch,
            "previous": self.previous and to_base64(self.previous),
            "seconds_max": self.seconds_max, "seconds_hard_max": self.seconds_hard_max,
            "releases_max": self.releases_max, "releases_hard_max": self.releases_hard_max,
            "request_valid_seconds": self.request_valid_seconds, "showing_seconds": self.showing_seconds,
            "jurisdictions": list(self.jurisdictions), "matter_pattern": self.matter_pattern,
            "ranges": list(self.ranges), "legal_confirms": list(self.legal_confirms),
        }  # fmt: skip

    def hash(self) -> bytes:
        """Return the rules' hash (32 bytes), which stands in every request."""
        return digest("rules", encode(self.to_json()))


@dataclass(frozen=True)
class Policy:
    """The roster and the rules in force, and the genesis hash that everything is checked from."""

    roster: Roster
    rules: Rules

    @property
    def genesis(self) -> bytes:
        """The hash that is compared aloud as twelve words."""
        return digest("genesis", self.roster.hash(), self.rules.hash())


def signed_genesis(policy: Policy) -> bytes:
    """Return the digest that each founding keyholder signs on their own token."""
    return digest("sign-genesis", policy.genesis)


def document(policy: Policy, signatures: Mapping[str, bytes]) -> bytes:
    """Return the bytes of the genesis file with the signatures collected so far."""
    return encode({
        "v": 1, "roster": policy.roster.to_json(), "rules": policy.rules.to_json(),
        "signatures": [{"member": m, "signature": to_base64(s)} for m, s in sorted(signatures.items())],
    })  # fmt: skip


def parse(data: bytes) -> tuple[Policy, dict[str, bytes]]:
    """Return the policy and the signatures of a genesis file, each signature checked, none required."""
    value = decode_object(data)
    try:
        policy = Policy(_roster(cast(Object, value["roster"])), _rules(cast(Object, value["rules"])))
        rows = cast(list[dict[str, Json]], value["signatures"])
        signatures = {str(row["member"]): from_base64(row["signature"]) for row in rows}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Corrupt("genesis_shape") from error
    if document(policy, signatures) != data or policy.roster.vault != policy.rules.vault:
        raise Corrupt("genesis_shape")
    for member, signature in signatures.items():
        envelope.check_signature(policy.roster.member(member).sign, signature, signed_genesis(policy))
    return policy, signatures


def load(data: bytes, pinned: bytes) -> Policy:
    """Return the policy in force; ``Corrupt`` unless all founders signed it and it is the pinned one."""
    policy, signatures = parse(data)
    unsigned = unsigned_by(policy, signatures)
    if unsigned:
        raise Corrupt("genesis_unsigned", missing=", ".join(unsigned))
    if policy.genesis != pinned:
        raise Corrupt("genesis_not_pinned")
    return policy


def unsigned_by(policy: Policy, signatures: Mapping[str, bytes]) -> list[str]:
    """Return the founding keyholders who have not signed yet."""
    return [member.id for member in policy.roster.keyholders() if member.id not in signatures]


def check_roster(roster: Roster) -> None:
    """Raise ``Refused`` for a roster that could lock out or that lets one person count twice."""
    # A group named twice would count as two; operators hold no shares.
    if len(set(roster.groups)) < len(roster.groups) or OPERATOR in roster.groups:
        raise Refused("group_names", groups=", ".join(roster.groups))
    points = [point for member in roster.members for point in member.points()]
    ids = [member.id for member in roster.members]
    if len(set(points)) != len(points) or len(set(ids)) != len(ids):
        raise Refused("key_or_person_twice")
    people = [member.name for member in roster.members]
    if len(set(people)) != len(people):
        raise Refused("key_or_person_twice")
    if any(member.role not in (*roster.groups, OPERATOR) for member in roster.members):
        raise Refused("unknown_role", known=", ".join((*roster.groups, OPERATOR)))
    for name, thresholds in roster.classes.items():
        _check_thresholds(roster, name, thresholds)


def _check_thresholds(roster: Roster, name: str, thresholds: Mapping[str, int]) -> None:
    if set(thresholds) != set(roster.groups) or len(roster.groups) < 2:
        raise Refused("class_without_group", name=name, groups=", ".join(roster.groups))
    for group, m in thresholds.items():
        n = len(roster.group(group))
        if not 1 <= m <= min(n, MAX_THRESHOLD) or n > MAX_MEMBERS_PER_GROUP:
            raise Refused("threshold_impossible", name=name, group=group, m=m, n=n)


def check_rules(rules: Rules) -> None:
    """Raise ``Refused`` (rules_impossible) for rules under which no request could ever be filed."""
    limits = {
        "seconds_max": rules.seconds_hard_max, "releases_max": rules.releases_hard_max,
        "request_valid_seconds": MAX_INTEGER, "showing_seconds": MAX_INTEGER,
    }  # fmt: skip
    for name, limit in limits.items():
        if not 1 <= getattr(rules, name) <= limit:
            raise Refused("rules_impossible", field=name)
    _check_texts("matter_pattern", re.compile, (rules.matter_pattern,))
    _check_texts("ranges", ip_network, rules.ranges)


def _check_texts(field: str, read: Callable[[str], object], texts: Sequence[str]) -> None:
    try:
        for text in texts:
            read(text)
    except (ValueError, re.error) as error:
        raise Refused("rules_impossible", field=field) from error


def _roster(value: Object) -> Roster:
    groups = cast(list[dict[str, Json]], value["groups"])
    classes = cast(list[dict[str, Json]], value["classes"])
    roster = Roster(
        vault=str(value["vault"]), mode=str(value["mode"]), epoch=_number(value["epoch"]),
        groups=tuple(str(group["name"]) for group in groups),
        classes={
            str(c["name"]): {name: _number(m) for name, m in cast(Object, c["thresholds"]).items()} for c in classes
        },
        own_console={str(c["name"]): own for c in classes if (own := _texts(c["own_console"]))},
        members=tuple(Member.from_json(m) for m in cast(list[dict[str, Json]], value["members"])),
        station={name: str(text) for name, text in cast(Object, value["station"]).items()},
        previous=_hash(value["previous"]),
        recovery={str(group["name"]): _optional(group["recovery"]) for group in groups},
    )  # fmt: skip
    check_roster(roster)
    recovery = [point for point in (roster.recovery or {}).values() if point is not None]
    for point in (roster.station_point("request"), roster.station_point("journal"), *recovery):
        envelope.check_point(point)
    if roster.mode not in MODES:
        raise ValueError("mode")
    return roster


def _rules(value: Object) -> Rules:
    def number(name: str) -> int:
        return _number(value[name])

    def texts(name: str) -> tuple[str, ...]:
        return _texts(value[name])

    rules = Rules(
        vault=str(value["vault"]), epoch=number("epoch"), previous=_hash(value["previous"]),
        seconds_max=number("seconds_max"), seconds_hard_max=number("seconds_hard_max"),
        releases_max=number("releases_max"), releases_hard_max=number("releases_hard_max"),
        request_valid_seconds=number("request_valid_seconds"), showing_seconds=number("showing_seconds"),
        jurisdictions=texts("jurisdictions"), matter_pattern=str(value["matter_pattern"]),
        ranges=texts("ranges"), legal_confirms=texts("legal_confirms"),
    )  # fmt: skip
    check_rules(rules)
    return rules


def _number(value: Json) -> int:
    if type(value) is not int:
        raise TypeError("not a number")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(str(text) for text in value)


def _hash(value: Json) -> bytes | None:
    hash_ = _optional(value)
    if hash_ is not None and len(hash_) != HASH_BYTES:
        raise ValueError("not a hash")
    return hash_


def _optional(value: Json) -> bytes | None:
    return from_base64(value) if value is not None else None
