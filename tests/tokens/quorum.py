# SPDX-License-Identifier: Apache-2.0
"""A founded policy some of whose people have real tokens: seal, file, approve, open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Request
from console.domain.canonical import Json
from console.domain.policy.keyholder import Member, TokenKeys
from console.domain.policy.rules import check_roster
from console.domain.sealed import envelope
from console.ports.token import Token
from tests.support.fakes import FakeToken
from tests.vectors.founding import OPENING_KEY, Founding, approve, changed, file_request, found, seal

HSM_SECRET = bytes(range(32))
PAYLOAD = b"the password"


@dataclass(frozen=True)
class Glass:
    """A credential that opens by a quorum, and the request for it."""

    founding: Founding
    record: dict[str, Json]
    request: Request

    def approve(self, member: str) -> Approval:
        """Return a member's approval, checked: share and signature come from their token."""
        approval = approve(self.founding, self.request, [self.record], member)
        ceremony.check_approval(approval, self.request, self.founding.policy)
        return approval

    def open(self, approvals: Sequence[Approval]) -> bytes:
        """Return what was sealed, or raise ``Corrupt`` (glass_intact)."""
        hsm = self.founding.hsm
        given = ceremony.open_shares(self.request, approvals, lambda points: hsm.derive(OPENING_KEY, points))
        shares = {member: items[0] for member, items in given.items()}
        for member, share in shares.items():
            envelope.check_share(self.record, member, share)
        room = memoryview(bytearray(envelope.unsealed_size(self.record)))
        return bytes(envelope.unseal_record(self.record, shares, HSM_SECRET, room))


def sealed_to(
    people: Mapping[str, tuple[Token, TokenKeys]], groups: Mapping[str, int], thresholds: Mapping[str, int]
) -> Glass:
    """Seal a credential to these groups; ``people``: the members who have real tokens, by their ids."""
    made = found(groups, thresholds)
    members = tuple(_with(member, people) for member in made.policy.roster.members)
    policy = changed(made.policy, members=members)
    check_roster(policy.roster)
    tokens = {**made.tokens, **{id_: token for id_, (token, _) in people.items()}}
    known = Founding(policy, cast(Mapping[str, FakeToken], tokens), made.hsm)  # real ones answer like fakes
    record = seal(known, PAYLOAD, HSM_SECRET)
    return Glass(known, record, file_request(known, [record]))


def _with(member: Member, people: Mapping[str, tuple[Token, TokenKeys]]) -> Member:
    if member.id not in people:
        return member
    keys = people[member.id][1]
    return replace(
        member, sign=keys.sign, share=keys.share, read=keys.read, mechanism=keys.mechanism, signing=keys.signing
    )
