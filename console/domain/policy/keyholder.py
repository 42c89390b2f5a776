# SPDX-License-Identifier: Apache-2.0
"""A person with a role and a token of their own, as the roster knows them; and their unlock slot."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from console.domain import groups, keys
from console.domain.canonical import Json, Object, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.keys import RosterKey
from console.domain.sealed import envelope
from console.domain.text import told

OPERATOR = "operator"
"""The role of a person who may unlock, request and write down, and holds no share of any secret."""
READER = "compliance"
"""The role of a person who may unlock and read along, and nothing else: no share, no request, no signature counts."""
WITHOUT_GROUP = (OPERATOR, READER)
"""Roles that are no group: nothing is ever sealed to them but the way to unlock."""
ROLES = (*groups.CALLED, *WITHOUT_GROUP)
"""What somebody's role may be without the firm having named it."""

NOT_A_KEY_FOR_ANYTHING_ELSE = "Public key for PIV Attestation"
"""The label that ykcs11 gives the key with which a card vouches for its own keys: it opens nothing."""
UNNAMED = "unnamed"


def told_role(role: str) -> Json:
    """Return a role as the roster writes it, for a paper that says it in its language; a firm's own stays as it is."""
    return told(role) if role in ROLES else role


@dataclass(frozen=True)
class TokenKeys:
    """The public keys of one token (``keys`` says what those are), with the mechanisms that its self-test chose."""

    sign: bytes
    share: bytes
    read: bytes | None = None
    mechanism: str = keys.P256_HPKE
    signing: str = keys.ECDSA_P256


@dataclass(frozen=True)
class Member:
    """A person in the roster: the public keys on the person's token, and how each is used, for good.

    ``mechanism`` is that of ``share`` and ``read``, ``signing`` that of ``sign``.
    """

    id: str
    name: str
    role: str
    sign: bytes
    share: bytes
    read: bytes | None
    assurance: str
    mechanism: str = keys.P256_HPKE
    signing: str = keys.ECDSA_P256

    def to_json(self) -> dict[str, Json]:
        """Return the member as it stands in the roster."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "sign": to_base64(self.sign),
            "share": to_base64(self.share),
            "read": self.read and to_base64(self.read),
            "mechanism": self.mechanism,
            "signing": self.signing,
            "assurance": self.assurance,
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Member":
        """Return the member that a roster states; ``Corrupt`` if a key is none or does not fit its mechanism."""
        read = value["read"]
        member = Member(
            str(value["id"]),
            str(value["name"]),
            str(value["role"]),
            from_base64(value["sign"]),
            from_base64(value["share"]),
            None if read is None else from_base64(read),
            str(value["assurance"]),
            str(value["mechanism"]),
            str(value["signing"]),
        )
        keys.check_signing_key(member.sign, member.signing)
        for public in member.points()[1:]:
            keys.check_sealing_key(public, member.mechanism)
        return member

    def points(self) -> list[bytes]:
        """Return all public keys of this member, the signing key first."""
        return [self.sign, self.share, *([] if self.read is None else [self.read])]

    @property
    def token_keys(self) -> TokenKeys:
        """What this member's token must hold."""
        return TokenKeys(self.sign, self.share, self.read, self.mechanism, self.signing)

    @property
    def share_key(self) -> RosterKey:
        """What this member's shares are sealed to."""
        return RosterKey(self.share, self.mechanism)

    def check(self, signature: bytes, signed: bytes) -> None:
        """Raise ``Corrupt`` (signature_wrong) unless this member signed the 32-byte digest."""
        keys.check_signature(self.sign, signature, signed, signing=self.signing)

    def check_mode(self, mode: str) -> None:
        """Raise ``Refused`` (mechanism_for_tests_only) if a key of this member may stand in a drill's roster only."""
        if self.mechanism == keys.RSA_OAEP_SHA1 and mode != "drill":
            raise Refused("mechanism_for_tests_only", member=self.id, mechanism=self.mechanism)

    def open(self, decapsulate: keys.Decapsulate, sealed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return what was sealed to this member's share key, (blob, info) each, opened on their token."""
        return keys.open_sealed(decapsulate, self.share, sealed, mechanism=self.mechanism)


def check_shared(shown: Mapping[str, bytes], own: Collection[bytes], accepted: Collection[str]) -> list[str]:
    """Return the labels of the keys on a token that are not its owner's here, sorted: what else it may open.

    ``shown`` are the token's public keys by label. ``Refused`` (token_opens_more) unless each is accepted by its label:
    whoever borrows a single sign-on card for the morning must not hold somebody's share with it.
    """
    others = sorted(
        label or UNNAMED
        for label, public in shown.items()
        if public not in own and label != NOT_A_KEY_FOR_ANYTHING_ELSE
    )
    if unknown := [label for label in others if label not in accepted]:
        raise Refused("token_opens_more", keys=", ".join(unknown))
    return others


def person_key(name: str) -> str:
    """Return a name as one person is known by, however it was typed: without case, width, unseen letters."""
    seen = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", seen).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def seal_slot(vault: str, member: Member, pin: bytes) -> bytes:
    """Return the unlock slot: the station's PIN, sealed to this person's token."""
    info = envelope.slot_info(vault, member.id)
    blob = keys.seal_to(member.share, pin, info=info, mechanism=member.mechanism)
    return encode({"v": 1, "suite": envelope.SUITE, "vault": vault, "member": member.id, "blob": to_base64(blob)})


def open_slot(slot: Object, member: Member, decapsulate: keys.Decapsulate) -> bytearray:
    """Return the station's PIN from a slot with the person's token; ``Corrupt`` if it is not theirs."""
    with shaped("slot_shape"):
        owner, vault, blob = str(slot["member"]), str(slot["vault"]), from_base64(slot["blob"])
    if owner != member.id:
        raise Corrupt("slot_of_another", member=owner)
    (pin,) = member.open(decapsulate, [(blob, envelope.slot_info(vault, member.id))])
    return bytearray(pin)
