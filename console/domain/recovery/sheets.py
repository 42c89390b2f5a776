# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets: the key that a printed secret makes, which sheets belong together, and what they stand for.

A recovery secret (32 random bytes) exists nowhere but as words on sheets. Each group has one of its own, and the
station has one that is split over all groups. Its keys are P-256, derived here and used in software: what is sealed to
one opens without any token, and a group's other one signs a step for the group. Byte for byte:
``docs/formats/sealing.md``, section 16.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import cast

from console.domain import keys
from console.domain.activation.ceremony import Request
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.policy.rules import STATION, Policy, Roster, SheetKeys
from console.domain.sealed import envelope

SECRET_BYTES = 32
SHEET_WORDS = 33
"""On each sheet of a secret of this size (SLIP-39)."""
MAX_SHEETS = 16
IDENTIFIERS = 1 << 15
"""How many identifiers SLIP-39 has: all sheets of one set begin with the same."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No I and no O: on paper they are 1 and 0."""


# --- the keys -----------------------------------------------------------------------------------------------


class RecoveryKey:
    """The private keys of one set of sheets, in this process for the length of one act.

    One key opens and another one signs: no key is ever used for both. The station's sheets sign nothing.
    """

    def __init__(self, secret: bytes | bytearray | memoryview, vault: str, slot: str, generation: int) -> None:
        """``secret``: 32 bytes."""
        place = (vault.encode(), slot.encode(), generation.to_bytes(8, "big"))
        self._key = keys.DerivedKey(secret, digest("recovery-key", *place))
        self._signing = keys.DerivedKey(secret, digest("recovery-sign", *place))
        self.point = self._key.point
        self.sign_point = None if slot == STATION else self._signing.point

    def open(self, sealed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return the plaintexts of (blob, info) pairs; ``Corrupt`` (seal_broken) if one is not for this key."""
        return self._key.open(sealed)

    def sign(self, signed: bytes) -> bytes:
        """Return r‖s (64 bytes) over a 32-byte digest."""
        return self._signing.sign(signed)


def check_value(*points: bytes) -> str:
    """Return the key check value of a set's points: eight letters in two groups, as they stand on each sheet."""
    number = int.from_bytes(digest("recovery-check", *points)[:8], "big")
    letters = "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


# --- the sheets of one set ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dealt:
    """One group's part of a set: how many sheets are needed, and who holds one each, in the order of their numbers."""

    group: str
    needed: int
    holders: tuple[str, ...]


@dataclass(frozen=True)
class SheetSet:
    """A printed set, as everybody may know it: no word and no secret is in it."""

    vault: str
    slot: str
    generation: int
    identifier: int
    dealt: tuple[Dealt, ...]
    point: bytes
    sign: bytes | None
    """What a group's sheets sign with; None for the station's."""

    @property
    def name(self) -> str:
        """How files name it."""
        return f"{self.slot}-{self.generation:04d}"

    @property
    def check(self) -> str:
        """Its key check value."""
        return check_value(*self.points())

    def points(self) -> list[bytes]:
        """Return its public keys."""
        return [self.point, *([] if self.sign is None else [self.sign])]

    def put_into(self, roster: Roster) -> Roster:
        """Return the roster with its keys in the place of those before."""
        if self.sign is None:
            return replace(roster, station={**roster.station, "recovery": to_base64(self.point)})
        found = SheetKeys(self.point, self.sign)
        return replace(roster, recovery={**(roster.recovery or {}), self.slot: found})

    def encode(self) -> bytes:
        """Return the canonical bytes of its file."""
        return encode(
            {
                "v": 1,
                "vault": self.vault,
                "slot": self.slot,
                "generation": self.generation,
                "identifier": self.identifier,
                "point": to_base64(self.point),
                "sign": None if self.sign is None else to_base64(self.sign),
                "dealt": [{"group": d.group, "needed": d.needed, "holders": list(d.holders)} for d in self.dealt],
            }
        )

    @staticmethod
    def parse(data: bytes) -> "SheetSet":
        """Return the set of a file; ``Corrupt`` (sheet_set_shape)."""
        value = decode_object(data)
        with shaped("sheet_set_shape"):
            rows = cast(list[dict[str, Json]], value["dealt"])
            dealt = [
                Dealt(str(r["group"]), _counted(r["needed"]), tuple(map(str, cast(list[Json], r["holders"]))))
                for r in rows
            ]
            found = SheetSet(
                str(value["vault"]),
                str(value["slot"]),
                _counted(value["generation"]),
                _counted(value["identifier"]),
                tuple(dealt),
                from_base64(value["point"]),
                None if value["sign"] is None else from_base64(value["sign"]),
            )
            if found.encode() != data:
                raise ValueError("members")
        return found

    def key(self, secret: bytes | bytearray | memoryview) -> RecoveryKey:
        """Return the keys that a secret makes; ``Corrupt`` (recovery_key_differs) unless they are this set's.

        SLIP-39 gives another secret back where it should fail (a passphrase, for one): only the points tell.
        """
        key = RecoveryKey(secret, self.vault, self.slot, self.generation)
        if (key.point, key.sign_point) != (self.point, self.sign):
            raise Corrupt("recovery_key_differs", slot=self.slot, check=self.check)
        return key


def _counted(value: Json) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("no number")
    return value


@dataclass(frozen=True)
class Sheet:
    """One sheet as it was typed in: what its words say of themselves."""

    number: int
    """Which of those typed in, from 1."""
    identifier: int
    group: int
    member: int
    needed: int
    words: tuple[str, ...] = field(repr=False)


def deal(roster: Roster, slot: str, needed: int, count: int) -> tuple[Dealt, ...]:
    """Return who gets a sheet of a new set: ``count`` people of the group, or of each group for the station.

    ``Refused``: unknown_group, sheets_impossible, sheets_one_of_many, sheets_more_than_people, sheets_too_weak.
    """
    if slot not in (STATION, *roster.groups):
        raise Refused("unknown_group", group=slot, known=", ".join(roster.groups))
    if not 1 <= needed <= count <= MAX_SHEETS:
        raise Refused("sheets_impossible", needed=needed, count=count, most=MAX_SHEETS)
    if needed == 1 < count:
        # SLIP-39 has no such split: it would be the same sheet several times.
        raise Refused("sheets_one_of_many", count=count)
    groups = roster.groups if slot == STATION else (slot,)
    return tuple(_deal_group(roster, slot, group, needed, count) for group in groups)


def _deal_group(roster: Roster, slot: str, group: str, needed: int, count: int) -> Dealt:
    people, asked = roster.group(group), max(m[group] for m in roster.classes.values())
    if count > len(people):
        raise Refused("sheets_more_than_people", group=group, people=len(people), count=count)
    # Sheets stand for a group: with fewer of them than its strictest class asks people, they would weaken the rules.
    if slot != STATION and needed < asked:
        raise Refused("sheets_too_weak", group=group, needed=needed, asked=asked)
    return Dealt(group, needed, tuple(person.id for person in people[:count]))


def check_sheets(
    wanted: SheetSet, known: Iterable[SheetSet], sheets: Sequence[Sheet], *, spare: bool = False
) -> list[list[Sheet]]:
    """Return the sheets of each group of a set, in its order; ``spare``: more than needed may be there.

    ``Refused`` by name: as ``check_belong``; sheets_too_few, sheets_too_many.
    """
    check_belong(wanted, known, sheets)
    found = [[sheet for sheet in sheets if sheet.group == at] for at in range(len(wanted.dealt))]
    for dealt, held in zip(wanted.dealt, found, strict=True):
        if len(held) < dealt.needed:
            raise Refused("sheets_too_few", group=dealt.group, given=len(held), needed=dealt.needed)
        if len(held) > dealt.needed and not spare:
            raise Refused("sheets_too_many", group=dealt.group, given=len(held), needed=dealt.needed)
    return found


def check_belong(wanted: SheetSet, known: Iterable[SheetSet], sheets: Sequence[Sheet]) -> None:
    """Raise ``Refused`` unless each sheet is one of this set, and none stands there twice.

    By name: sheet_unknown, sheet_of_another_set, sheet_twice.
    """
    owners = {owner.identifier: owner for owner in known}
    for sheet in sheets:
        owner = owners.get(sheet.identifier)
        if owner is None:
            raise Refused("sheet_unknown", sheet=sheet.number)
        if owner.identifier != wanted.identifier:
            raise Refused(
                "sheet_of_another_set",
                sheet=sheet.number,
                slot=owner.slot,
                generation=owner.generation,
                wanted=wanted.slot,
                needed=wanted.generation,
            )
    seen: set[tuple[int, int]] = set()
    for sheet in sheets:
        if (sheet.group, sheet.member) in seen:
            raise Refused("sheet_twice", sheet=sheet.number)
        seen.add((sheet.group, sheet.member))


def quorums(wanted: SheetSet, found: Sequence[Sequence[Sheet]]) -> list[list[Sheet]]:
    """Return sets of exactly the sheets needed, so that each sheet given stands in at least one of them."""
    first = [list(held[: dealt.needed]) for dealt, held in zip(wanted.dealt, found, strict=True)]
    all_ = [[*chain.from_iterable(first)]]
    for at, (dealt, held) in enumerate(zip(wanted.dealt, found, strict=True)):
        for extra in held[dealt.needed :]:
            others = [*first[:at], [*first[at][:-1], extra], *first[at + 1 :]]
            all_.append([*chain.from_iterable(others)])
    return all_


# --- sheets of one group in place of its approvals -------------------------------------------------------------

_SAID = frozenset(
    (
        "v",
        "suite",
        "vault",
        "mode",
        "request",
        "group",
        "generation",
        "point",
        "member",
        "present",
        "items",
        "blob",
        "checkpoint",
        "again",
    )
)


@dataclass(frozen=True)
class StandIn:
    """The sheets of one group in place of its approvals, witnessed by a keyholder of another group.

    ``blob`` holds the group's secret of every item, sealed to the request key: without it the signature opens nothing.
    """

    statement: Object
    blob: bytes
    signature: bytes

    @property
    def group(self) -> str:
        """The group that the sheets stand for."""
        return str(self.statement["group"])

    @property
    def member(self) -> str:
        """The keyholder of another group who was there and signed."""
        return str(self.statement["member"])

    def to_json(self) -> dict[str, Json]:
        """Return it as it is stored."""
        return {"statement": self.statement, "blob": to_base64(self.blob), "signature": to_base64(self.signature)}

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "StandIn":
        """Return it from its JSON form, unchecked; ``Corrupt`` (stand_in_shape)."""
        with shaped("stand_in_shape"):
            said = cast(dict[str, Json], value["statement"])
            if said.keys() != _SAID:
                raise KeyError
            return StandIn(said, from_base64(value["blob"]), from_base64(value["signature"]))


def stand_in_statement(
    request: Request,
    policy: Policy,
    used: SheetSet,
    member: str,
    blob: bytes,
    *,
    present: Sequence[str],
    checkpoint: Object,
    again: str | None,
) -> dict[str, Json]:
    """Return what the witness signs; ``again`` is the reason why spent sheets are used once more, or None."""
    return {
        "v": 1,
        "suite": envelope.SUITE,
        "vault": policy.roster.vault,
        "mode": policy.roster.mode,
        "request": to_base64(request.hash),
        "group": used.slot,
        "generation": used.generation,
        "point": to_base64(used.point),
        "member": member,
        "present": list(present),
        "items": [[item.credential, item.version, item.item] for item in request.items],
        "blob": to_base64(digest("blob", blob)),
        "checkpoint": checkpoint,
        "again": again,
    }


def stand_in_digest(statement: Object) -> bytes:
    """Return the digest of the statement that the witness's token signs."""
    return digest("sign-stand-in", encode(statement))


def check_stand_in(stand_in: StandIn, request: Request, policy: Policy) -> None:
    """Raise ``Corrupt`` or ``Refused`` by name unless this stands for one group of exactly this request."""
    said, witness = stand_in.statement, policy.roster.member(stand_in.member)
    witness.check(stand_in.signature, stand_in_digest(said))
    here = (1, envelope.SUITE, policy.roster.vault, policy.roster.mode)
    if (said["v"], said["suite"], said["vault"], said["mode"]) != here or said["group"] not in policy.roster.groups:
        raise Corrupt("stand_in_shape")
    if said["request"] != to_base64(request.hash):
        raise Refused("approval_of_another_request")
    if said["items"] != [[i.credential, i.version, i.item] for i in request.items]:
        raise Refused("approval_of_other_items")
    if said["blob"] != to_base64(digest("blob", stand_in.blob)):
        raise Corrupt("approval_blob_wrong")
    check_witness(stand_in.group, witness.id, request, policy)


def check_witness(group: str, member: str, request: Request, policy: Policy) -> None:
    """Raise ``Refused`` (witness_of_another_group, requester_cannot_approve) unless this person may witness."""
    check_other_group(group, member, policy)
    if member == request.requester:
        raise Refused("requester_cannot_approve", member=member)


def check_other_group(group: str, member: str, policy: Policy) -> None:
    """Raise ``Refused`` (witness_of_another_group) unless this person is a keyholder of another group."""
    role = policy.roster.member(member).role
    if role not in policy.roster.groups or role == group:
        raise Refused("witness_of_another_group", member=member, group=group)


def seal_secrets(request: Request, group: str, point: bytes, secrets: Sequence[bytes]) -> bytes:
    """Return a group's secrets of all items, in the request's order, sealed to the request key."""
    return keys.seal_to(request.key, b"".join(secrets), info=_stand_in_info(request, group, point))


def open_secrets(request: Request, stand_in: StandIn, decapsulate: keys.Decapsulate) -> list[bytes]:
    """Return the group's secrets in item order, with the request key in the HSM."""
    info = _stand_in_info(request, stand_in.group, from_base64(stand_in.statement["point"]))
    (opened,) = keys.open_sealed(decapsulate, request.key, [(stand_in.blob, info)])
    size = envelope.SECRET_BYTES
    if len(opened) != size * len(request.items):
        raise Corrupt("approval_blob_wrong")
    return [opened[at : at + size] for at in range(0, len(opened), size)]


def _stand_in_info(request: Request, group: str, point: bytes) -> bytes:
    return digest("release-recovery", request.hash, group.encode(), point)
