# SPDX-License-Identifier: Apache-2.0
"""A person with a role and a token of their own, as the roster knows them; and their unlock slot."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.domain import envelope
from console.domain.canonical import Json, Object, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt

OPERATOR = "operator"
"""The role of a person who may unlock, request and write down, and holds no share of any secret."""


@dataclass(frozen=True)
class Member:
    """A person in the roster: points are uncompressed P-256 public keys (65 bytes) on the person's token."""

    id: str
    name: str
    role: str
    sign: bytes
    share: bytes
    read: bytes | None
    assurance: str
    mechanism: str = "p256-hpke"

    def to_json(self) -> dict[str, Json]:
        """Return the member as it stands in the roster."""
        return {
            "id": self.id, "name": self.name, "role": self.role,
            "sign": to_base64(self.sign), "share": to_base64(self.share),
            "read": self.read and to_base64(self.read),
            "mechanism": self.mechanism, "assurance": self.assurance,
        }  # fmt: skip

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Member":
        """Return the member that a roster states; ``Corrupt`` if its keys are not points."""
        read = value["read"]
        member = Member(
            str(value["id"]), str(value["name"]), str(value["role"]),
            from_base64(value["sign"]), from_base64(value["share"]), None if read is None else from_base64(read),
            str(value["assurance"]), str(value["mechanism"]),
        )  # fmt: skip
        for point in member.points():
            envelope.check_point(point)
        return member

    def points(self) -> list[bytes]:
        """Return all public keys of this member."""
        return [self.sign, self.share, *([] if self.read is None else [self.read])]


def seal_slot(vault: str, member: Member, pin: bytes) -> bytes:
    """Return the unlock slot: the station's PIN, sealed to this person's token."""
    blob = envelope.seal_to(member.share, pin, info=envelope.slot_info(vault, member.id))
    return encode(
        {"v": 1, "suite": envelope.SUITE, "vault": vault, "member": member.id, "blob": to_base64(blob)}
    )


def open_slot(slot: Object, member: Member, derive: envelope.Derive) -> bytearray:
    """Return the station's PIN from a slot with the person's token; ``Corrupt`` if it is not theirs."""
    with shaped("slot_shape"):
        owner, vault, blob = str(slot["member"]), str(slot["vault"]), from_base64(slot["blob"])
    if owner != member.id:
        raise Corrupt("slot_of_another", member=owner)
    (pin,) = envelope.open_sealed(derive, member.share, [(blob, envelope.slot_info(vault, member.id))])
    return bytearray(pin)
