# SPDX-License-Identifier: Apache-2.0
"""Renewals of a station that lies nowhere."""

from console.domain.journal.checkpoint import key_of
from console.domain.renewal import Found, Log, Renewal, Restated
from tests.vectors.founding import found

MADE = found()

KNOWN = MADE.policy

OLD = Log("example.org/s/log-1", key_of("example.org/s/log-1", bytes(range(32))).vkey())

PLAIN = Renewal(
    vault=KNOWN.roster.vault,
    mode=KNOWN.roster.mode,
    previous=None,
    old=OLD,
    new=OLD.following(2),
    anchors=(),
    found=Found(3, bytes(32), "mirror", proven=True),
    reasons=("journal_missing",),
    text="weg",
    policy=KNOWN.hash,
    policy_number=KNOWN.number,
    state=bytes(32),
    credentials=(Restated("a", "codes", 1, None, 1, 1, owes=True, taken=((1, 0),), source="mirror"),),
    ended=("act-1",),
    carried=({"type": "keyholder.enrolled", "body": {}, "seq": 1},),
)

PEOPLE = ("legal-1", "it-1")


def signed(plain: Renewal, *members: str) -> Renewal:
    for member in members:
        token = MADE.tokens[member]
        plain = plain.signed(member, KNOWN, lambda digest, token=token: token.sign("sign", digest))  # type: ignore[misc]
    return plain
