# SPDX-License-Identifier: Apache-2.0
"""Who must agree to open what, for how long, how often: roster, rules, and the genesis that founds both.

The roster (people, keys, thresholds) is bound into every seal; the rules (times, budgets, patterns) into every
request. Genesis is one document with both, signed by every founding keyholder; its hash is what people compare
aloud as twelve words and what the HSM pins. Nothing here is believed before ``load`` has checked it.
"""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_network
from typing import cast

from console.domain import keys
from console.domain.canonical import MAX_INTEGER, Json, Object, decode_object, digest, encode, from_base64, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.journal import cosignature
from console.domain.policy.keyholder import Member
from console.domain.policy.roster import MODES, STATION, Roster, SheetKeys, check_roster

HASH_BYTES = 32

__all__ = [
    "MODES",
    "STATION",
    "Policy",
    "Roster",
    "Rules",
    "SheetKeys",
    "check",
    "check_roster",
    "check_rules",
    "document",
    "load",
    "parse",
    "read_documents",
    "read_signatures",
    "signed_genesis",
    "unsigned_by",
    "write_signatures",
]


@dataclass(frozen=True)
class Rules:
    """Durations in seconds, budgets in showings, and what a request must look like.

    ``privilege_classes``: a request that touches privilege needs what each of these classes asks, too.
    ``witnesses``: whose cosignatures under the journal's checkpoints count, ``who vkey`` each, and how many are needed.
    """

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
    privilege_classes: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    witness_quorum: int = 0

    def to_json(self) -> dict[str, Json]:
        """Return the rules document."""
        return {
            "v": 1,
            "vault": self.vault,
            "epoch": self.epoch,
            "previous": self.previous and to_base64(self.previous),
            "seconds_max": self.seconds_max,
            "seconds_hard_max": self.seconds_hard_max,
            "releases_max": self.releases_max,
            "releases_hard_max": self.releases_hard_max,
            "request_valid_seconds": self.request_valid_seconds,
            "showing_seconds": self.showing_seconds,
            "jurisdictions": list(self.jurisdictions),
            "matter_pattern": self.matter_pattern,
            "ranges": list(self.ranges),
            "legal_confirms": list(self.legal_confirms),
            "privilege_classes": list(self.privilege_classes),
            # Only where there are any: without witnesses the document is the one that was always signed.
            **({"witnesses": list(self.witnesses), "witness_quorum": self.witness_quorum} if self.witnesses else {}),
        }

    def known_witnesses(self) -> list[cosignature.Witness]:
        """Return whose cosignatures count."""
        return cosignature.parse_witnesses(self.witnesses, self.witness_quorum)

    def hash(self) -> bytes:
        """Return the rules' hash (32 bytes), which stands in every request."""
        return self._hash

    @cached_property
    def _hash(self) -> bytes:
        return digest("rules", encode(self.to_json()))


@dataclass(frozen=True)
class Policy:
    """The roster and the rules in force, and every policy before this one, oldest first.

    ``reinstates``: whose suspension this policy lifts. ``suspended``: who is suspended now, as the journal tells it,
    and ``by_sheets``: the group whose recovery sheets signed the step to it; both no part of what was signed.
    """

    roster: Roster
    rules: Rules
    earlier: tuple["Policy", ...] = ()
    reinstates: tuple[str, ...] = ()
    suspended: frozenset[str] = frozenset()
    by_sheets: str | None = None

    @property
    def number(self) -> int:
        """1 for the genesis, one more with every step since."""
        return len(self.earlier) + 1

    @property
    def genesis(self) -> bytes:
        """The founding hash, which is compared aloud as twelve words and from which everything is checked."""
        first = self.earlier[0] if self.earlier else self
        return digest("genesis", first.roster.hash(), first.rules.hash())

    @cached_property
    def hash(self) -> bytes:
        """The hash of this policy and, through the one before, of all that led to it; at genesis the genesis hash."""
        if not self.earlier:
            return self.genesis
        documents = (self.roster.hash(), self.rules.hash())
        return digest("policy", self.earlier[-1].hash, *documents, encode(list(self.reinstates)))

    def history(self) -> tuple["Policy", ...]:
        """Return every policy that ever held, oldest first, this one last."""
        return (*self.earlier, self)

    def of(self, roster: Json, rules: Json) -> "Policy":
        """Return the policy of these hashes (base64); ``Corrupt`` (request_of_another_policy) if it never held."""
        for policy in reversed(self.history()):
            if (roster, rules) == (to_base64(policy.roster.hash()), to_base64(policy.rules.hash())):
                return replace(policy, suspended=self.suspended)
        raise Corrupt("request_of_another_policy")

    def roster_of(self, hash_: bytes) -> Roster:
        """Return the roster of this hash; ``Corrupt`` (roster_unknown) if it never held."""
        for policy in reversed(self.history()):
            if policy.roster.hash() == hash_:
                return policy.roster
        raise Corrupt("roster_unknown")

    def active(self, id_: str) -> Member:
        """Return a member who may act; ``Refused``: unknown_member, keyholder_suspended."""
        member = self.roster.member(id_)
        if id_ in self.suspended:
            raise Refused("keyholder_suspended", member=id_)
        return member

    def keyholder(self, id_: str) -> Member:
        """Return a member who may decide; ``Refused``: as ``active``, and not_a_keyholder."""
        member = self.active(id_)
        if member.role not in self.roster.groups:
            raise Refused("not_a_keyholder", member=id_)
        return member

    def active_in(self, group: str) -> list[Member]:
        """Return the members of a group who are not suspended."""
        return [member for member in self.roster.group(group) if member.id not in self.suspended]


def signed_genesis(policy: Policy) -> bytes:
    """Return the digest that each founding keyholder signs on their own token."""
    return digest("sign-genesis", policy.genesis)


def document(policy: Policy, signatures: Mapping[str, bytes]) -> bytes:
    """Return the bytes of the genesis file with the signatures collected so far."""
    return encode(
        {
            "v": 1,
            "roster": policy.roster.to_json(),
            "rules": policy.rules.to_json(),
            "signatures": write_signatures(signatures),
        }
    )


def parse(data: bytes) -> tuple[Policy, dict[str, bytes]]:
    """Return the policy and the signatures of a genesis file, each signature checked, none required."""
    value = decode_object(data)
    try:
        policy, signatures = read_documents(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Corrupt("genesis_shape") from error
    if document(policy, signatures) != data or policy.roster.vault != policy.rules.vault:
        raise Corrupt("genesis_shape")
    for member, signature in signatures.items():
        policy.roster.member(member).check(signature, signed_genesis(policy))
    return policy, signatures


def read_documents(value: Object) -> tuple[Policy, dict[str, bytes]]:
    """Return both documents and the signatures (member -> bytes) of a signed file; raises what a wrong shape raises."""
    policy = Policy(_roster(cast(Object, value["roster"])), _rules(cast(Object, value["rules"])))
    check(policy)
    return policy, read_signatures(value["signatures"])


def read_signatures(value: Json) -> dict[str, bytes]:
    """Return the signatures (member -> bytes) of a signed file; raises what a wrong shape raises."""
    rows = cast(list[dict[str, Json]], value)
    return {str(row["member"]): from_base64(row["signature"]) for row in rows}


def write_signatures(signatures: Mapping[str, bytes]) -> list[Json]:
    """Return signatures as they stand in a signed file."""
    return [{"member": member, "signature": to_base64(made)} for member, made in sorted(signatures.items())]


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


def check(policy: Policy) -> None:
    """Raise ``Refused`` for documents that could not hold, each by itself or both together."""
    check_roster(policy.roster)
    check_rules(policy.rules)
    for name in policy.rules.privilege_classes:
        policy.roster.thresholds([name])


def check_rules(rules: Rules) -> None:
    """Raise ``Refused`` (rules_impossible, witness_*) for rules under which no request could ever be filed."""
    limits = {
        "seconds_hard_max": MAX_INTEGER,
        "releases_hard_max": MAX_INTEGER,
        "seconds_max": rules.seconds_hard_max,
        "releases_max": rules.releases_hard_max,
        "request_valid_seconds": MAX_INTEGER,
        "showing_seconds": MAX_INTEGER,
    }
    for name, limit in limits.items():
        if not 1 <= getattr(rules, name) <= limit:
            raise Refused("rules_impossible", field=name)
    _check_texts("matter_pattern", _check_pattern, (rules.matter_pattern,))
    _check_texts("ranges", ip_network, rules.ranges)
    rules.known_witnesses()


def _check_texts(field: str, read: Callable[[str], object], texts: Sequence[str]) -> None:
    try:
        for text in texts:
            read(text)
    except (ValueError, OverflowError, RecursionError, re.error, FutureWarning) as error:
        raise Refused("rules_impossible", field=field) from error


def _check_pattern(text: str) -> None:
    """Compile a pattern; one that a later Python will read otherwise would change the rules by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        re.compile(text)


def _roster(value: Object) -> Roster:
    groups = cast(list[dict[str, Json]], value["groups"])
    classes = cast(list[dict[str, Json]], value["classes"])
    roster = Roster(
        vault=str(value["vault"]),
        mode=str(value["mode"]),
        epoch=_number(value["epoch"]),
        groups=tuple(str(group["name"]) for group in groups),
        classes={
            str(c["name"]): {name: _number(m) for name, m in cast(Object, c["thresholds"]).items()} for c in classes
        },
        own_console={str(c["name"]): own for c in classes if (own := _texts(c["own_console"]))},
        members=tuple(Member.from_json(m) for m in cast(list[dict[str, Json]], value["members"])),
        station={name: str(text) for name, text in cast(Object, value["station"]).items()},
        previous=_hash(value["previous"]),
        recovery={str(group["name"]): _sheet_keys(group["recovery"]) for group in groups},
    )
    for point in (roster.station_point("request"), roster.station_point("journal"), *roster.recovery_points()):
        keys.check_point(point)
    if roster.mode not in MODES:
        raise ValueError("mode")
    return roster


def _rules(value: Object) -> Rules:
    def number(name: str) -> int:
        return _number(value[name])

    def texts(name: str) -> tuple[str, ...]:
        return _texts(value[name])

    return Rules(
        vault=str(value["vault"]),
        epoch=number("epoch"),
        previous=_hash(value["previous"]),
        seconds_max=number("seconds_max"),
        seconds_hard_max=number("seconds_hard_max"),
        releases_max=number("releases_max"),
        releases_hard_max=number("releases_hard_max"),
        request_valid_seconds=number("request_valid_seconds"),
        showing_seconds=number("showing_seconds"),
        jurisdictions=texts("jurisdictions"),
        matter_pattern=str(value["matter_pattern"]),
        ranges=texts("ranges"),
        legal_confirms=texts("legal_confirms"),
        privilege_classes=texts("privilege_classes"),
        witnesses=_texts(value.get("witnesses", [])),
        witness_quorum=_number(value.get("witness_quorum", 0)),
    )


def _number(value: Json) -> int:
    if type(value) is not int:
        raise TypeError("not a number")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError("not a list of texts")
    return tuple(cast(list[str], value))


def _hash(value: Json) -> bytes | None:
    hash_ = _optional(value)
    if hash_ is not None and len(hash_) != HASH_BYTES:
        raise ValueError("not a hash")
    return hash_


def _sheet_keys(value: Json) -> SheetKeys | None:
    return None if value is None else SheetKeys.from_json(cast(Object, value))


def _optional(value: Json) -> bytes | None:
    return from_base64(value) if value is not None else None
