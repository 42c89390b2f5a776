# SPDX-License-Identifier: Apache-2.0
"""A change of the policy: the people who join, and who signs."""

from dataclasses import replace

from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy, load
from console.domain.policy.succession import Step
from tests.support.fakes import FakeMachine, FakeToken
from tests.vectors.founding import found

MADE = found({"hr": 2, "it": 3, "legal": 3}, {"hr": 1, "it": 2, "legal": 2})


BEFORE = load(MADE.signed(), MADE.policy.genesis)


def person(id_: str, role: str, name: str | None = None) -> tuple[Member, FakeToken]:
    """Return somebody with a token that nobody has seen."""
    token = FakeToken(FakeMachine(seed=f"new {id_} {role} {name}".encode()).random)
    points = token.enrol(("sign", "share"))
    return Member(id_, name or f"New {id_}", role, points["sign"], points["share"], None, "software"), token


NEWCOMER, NEW_TOKEN = person("legal-4", "legal")


TOKENS = {**MADE.tokens, "legal-4": NEW_TOKEN}


def joined(*members: Member, known: Policy = BEFORE) -> Policy:
    new = {member.id for member in members}
    kept = tuple(member for member in known.roster.members if member.id not in new)
    return Policy(replace(known.roster, members=(*kept, *members)), known.rules)


def signed(step: Step, *members: str, tokens: dict[str, FakeToken] | None = None) -> Step:
    """Return the step signed by each of these with the key that is asked of them."""
    for member in members:
        step = step.signed(member, (tokens or TOKENS)[member].sign("sign", step.signed_digest()))
    return step
