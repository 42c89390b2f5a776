# SPDX-License-Identifier: Apache-2.0
"""The enrolment card of somebody who is to join, and what travels between the station and a keyholder who is away.

A card states a person's public keys and is signed with the new key: that is the proof of possession. Nothing on it is
believed because it says so: its 12 words are compared by voice, and whether the person may join is the station's
check (``admitted``) and the quorum's signature. Byte for byte: ``docs/formats/sealing.md``, section "Enrolment card".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from console.domain.canonical import Json, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder import names
from console.domain.policy import amendment, rules, succession
from console.domain.policy.keyholder import WITHOUT_GROUP, Member, person_key
from console.domain.policy.roster import is_group
from console.domain.policy.rules import Policy, Roster
from console.domain.policy.succession import Step
from console.domain.sealed import envelope
from console.domain.words import to_words

CARD, ANSWER, BUNDLE = "enrolment", "step-signature", "step-proposal"
SOFTWARE, HARDWARE, ATTESTED = "software", "hardware", "attested"
ASSURANCES = (SOFTWARE, HARDWARE, ATTESTED)
READS_COUNSEL = "legal"
"""The group whose members have a third key: it opens what counsel wrote."""
HINTS = ("module", "label", "manufacturer", "model", "serial", "also")
CHALLENGE_BYTES = 32
MAX_ATTESTATION = 8


@dataclass(frozen=True)
class Card:
    """A person as they want to join; ``hints`` help to find the token, ``attestation`` are DER certificates."""

    member: Member
    challenge: bytes
    hints: Mapping[str, str] = field(default_factory=dict)
    attestation: tuple[bytes, ...] = ()
    signature: bytes = b""

    def body(self) -> dict[str, Json]:
        """Return everything but the signature."""
        return {
            "v": 1,
            "suite": envelope.SUITE,
            "kind": CARD,
            **self.member.to_json(),
            "hints": dict(self.hints),
            "attestation": [to_base64(made) for made in self.attestation],
            "challenge": to_base64(self.challenge),
        }

    def signed_digest(self) -> bytes:
        """Return what the new sign key signs."""
        return digest("sign-enrolment", encode(self.body()))

    def encode(self) -> bytes:
        """Return the card's bytes: a file, or what the pictures hold."""
        return encode({**self.body(), "signature": to_base64(self.signature)})

    def words(self) -> list[str]:
        """Return the 12 words that are compared by voice."""
        # Without the signature: one key can sign the same thing in many ways.
        return to_words(digest("enrolment", encode(self.body())))

    def check_spoken(self, spoken: str) -> None:
        """Raise ``Refused`` (card_words_differ) unless these are its words; case, commas and blanks do not count."""
        if spoken.replace(",", " ").lower().split() != self.words():
            raise Refused("card_words_differ", member=self.member.id)

    def check(self) -> None:
        """Raise unless the card is one that could be admitted somewhere.

        ``Refused``: card_id, card_name, card_assurance, read_key_wrong, key_or_person_twice; ``Corrupt``: card_shape,
        signature_wrong, attestation_wrong.
        """
        _check_person(self.member)
        if set(self.hints) - set(HINTS) or len(self.challenge) != CHALLENGE_BYTES:
            raise Corrupt("card_shape")
        if (self.member.assurance == ATTESTED) != bool(self.attestation):
            raise Refused("card_assurance", assurance=self.member.assurance)
        self.attested_by()
        self.member.check(self.signature, self.signed_digest())

    def is_of(self, other: "Card") -> bool:
        """Return whether both say the same of the same person and keys; their words differ all the same."""
        return (self.member, self.hints, self.attestation) == (other.member, other.hints, other.attestation)

    def attested_by(self) -> str | None:
        """Return who vouches for the token, or None for nobody; ``Corrupt`` (attestation_wrong) for a false claim."""
        if not self.attestation:
            return None
        from console.domain.payload import certificate

        return certificate.attested_by(self.attestation, self.member.points())


def parse_card(data: bytes) -> Card:
    """Return the card of a file or of pictures, checked; raises as ``Card.check``, ``Corrupt`` (card_shape) too."""
    value = decode_object(data)
    with shaped("card_shape"):
        hints, attestation = cast(dict[str, Json], value["hints"]), cast(list[Json], value["attestation"])
        card = Card(
            Member.from_json(value),
            from_base64(value["challenge"]),
            {k: str(v) for k, v in hints.items()},
            tuple(from_base64(made) for made in attestation),
            from_base64(value["signature"]),
        )
    if card.encode() != data or len(attestation) > MAX_ATTESTATION:
        raise Corrupt("card_shape")
    card.check()
    return card


def check_named(member: str, name: str, role: str) -> None:
    """Raise ``Refused`` (card_id, card_name, card_role) unless a card can name somebody so."""
    if not names.is_short(member):
        raise Refused("card_id", member=member)
    if not names.is_person(name):
        raise Refused("card_name", member=member)
    if not is_group(role):
        raise Refused("card_role", role=role)


def _check_person(member: Member) -> None:
    check_named(member.id, member.name, member.role)
    if member.assurance not in ASSURANCES:
        raise Refused("card_assurance", assurance=member.assurance)
    if (member.read is not None) != (member.role == READS_COUNSEL):
        raise Refused("read_key_wrong", member=member.id, role=member.role)
    if len(set(member.points())) != len(member.points()):
        raise Refused("key_or_person_twice", who=member.id)


def purposes(role: str) -> list[str]:
    """Return the keys that a token of this role has."""
    return ["sign", "share", *(["read"] if role == READS_COUNSEL else [])]


# --- may they join -----------------------------------------------------------------------------------------


def admitted(known: Policy, member: Member, *, new_group: bool = False) -> Roster:
    """Return the roster with this person in it, or with their new token in place of the old one.

    ``new_group``: the role may be a group that does not exist yet. ``Refused``: unknown_role, already_enrolled,
    member_is_another, person_twice, key_seen_before, key_replaced_before, key_of_the_station, and as
    ``policy.check_roster``.
    """
    roster = known.roster
    if member.role not in (*roster.groups, *WITHOUT_GROUP) and not new_group:
        raise Refused("unknown_role", known=", ".join((*roster.groups, *WITHOUT_GROUP)))
    for person in roster.members:
        _check_other(person, member)
    _check_keys(known, member)
    after = amendment.with_members(roster, [member])
    rules.check_roster(after)
    return after


def _check_other(person: Member, member: Member) -> None:
    """Raise unless the two are two people, or one person with another token."""
    same_person = person_key(person.name) == person_key(member.name)
    if person.id != member.id:
        if same_person:
            raise Refused("person_twice", name=member.name, member=person.id)
        return
    if person.token_keys == member.token_keys:
        raise Refused("already_enrolled", member=member.id)
    if person.role != member.role or not same_person:
        raise Refused("member_is_another", member=member.id, name=person.name, role=person.role)


def _check_keys(known: Policy, member: Member) -> None:
    """A key stands for one person and one time: what an old token made must never read as made by the new one."""
    station = [known.roster.station_point("request"), known.roster.station_point("journal")]
    recovery = [point for p in known.history() for point in p.roster.recovery_points()]
    if any(point in (*station, *recovery) for point in member.points()):
        raise Refused("key_of_the_station", member=member.id)
    for earlier in known.history():
        for person in earlier.roster.members:
            if set(person.points()) & set(member.points()):
                is_theirs = person.id == member.id
                raise Refused("key_replaced_before" if is_theirs else "key_seen_before", member=member.id)


# --- between the station and somebody who is away --------------------------------------------------------------


@dataclass(frozen=True)
class StepSignature:
    """A signature under a change of people and rules, made somewhere else."""

    step: bytes
    member: str
    signature: bytes

    def encode(self) -> bytes:
        """Return its bytes: a file, or what the pictures hold."""
        return encode(
            {
                "v": 1,
                "kind": ANSWER,
                "step": to_base64(self.step),
                "member": self.member,
                "signature": to_base64(self.signature),
            }
        )


def parse_answer(data: bytes) -> StepSignature:
    """Return the signature of a file or of pictures, its form checked; ``Corrupt`` (answer_shape)."""
    value = decode_object(data)
    with shaped("answer_shape"):
        answer = StepSignature(from_base64(value["step"]), str(value["member"]), from_base64(value["signature"]))
    if answer.encode() != data:
        raise Corrupt("answer_shape")
    return answer


def bundle(genesis: bytes, steps: Sequence[bytes], proposal: bytes) -> bytes:
    """Return a proposal with everything that it follows from, for somebody who has nothing of this station."""
    texts = [step.decode() for step in steps]
    return encode(
        {"v": 1, "kind": BUNDLE, "genesis": genesis.decode(), "steps": cast(Json, texts), "proposal": proposal.decode()}
    )


def parse_bundle(data: bytes) -> Step:
    """Return the proposal of a bundle, the whole chain before it checked from its genesis on.

    Whose genesis that is only people can tell: by its 12 words. ``Corrupt``: bundle_shape, genesis_*, step_*,
    signature_wrong.
    """
    value = decode_object(data)
    with shaped("bundle_shape"):
        texts = [str(value["genesis"]), *map(str, cast(list[Json], value["steps"])), str(value["proposal"])]
    genesis, *steps, proposal = (text.encode() for text in texts)
    if bundle(genesis, steps, proposal) != data:
        raise Corrupt("bundle_shape")
    founded, signatures = rules.parse(genesis)
    if unsigned := rules.unsigned_by(founded, signatures):
        raise Corrupt("genesis_unsigned", missing=", ".join(unsigned))
    return succession.parse_step(proposal, succession.extend(founded, steps))
