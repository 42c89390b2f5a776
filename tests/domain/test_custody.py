# SPDX-License-Identifier: Apache-2.0
"""Who held what, from when to when; and whoever held one half does not get the other."""

from dataclasses import dataclass, field, replace

import pytest

from console.domain.canonical import Json, Object, to_base64
from console.domain.entries.entry import Reading
from console.domain.errors import Refused
from console.domain.keyholder import custody
from console.domain.keyholder.custody import DESTROYED, SUSPENDED, Fate, Holding
from console.domain.policy.rules import Policy, Roster
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.newcomers import fake_card
from tests.vectors.founding import found
from tests.vectors.told import whole

FOUND = found().policy
RECORD = to_base64(bytes(32))
NEW = fake_card("legal-3", "Fritz Gabler").member


@dataclass(frozen=True)
class Said:
    """A journal entry, as far as the fold reads it; it happened at its own number in milliseconds."""

    seq: int
    type: str
    body: Object = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", whole(self.type, self.body))

    @property
    def t(self) -> Reading:
        """The time."""
        return Reading(self.seq, "boot", self.seq)


def with_roster(before: Policy, roster: Roster) -> Policy:
    new = replace(roster, epoch=before.roster.epoch + 1, previous=before.roster.hash())
    return Policy(new, before.rules, before.history())


JOINED = with_roster(FOUND, replace(FOUND.roster, members=(*FOUND.roster.members, NEW)))
LEFT = with_roster(JOINED, replace(FOUND.roster))


def sealed(
    seq: int, version: int, policy: Policy, state: str = "sealed", records: tuple[Json, ...] = (RECORD,)
) -> Said:
    body: dict[str, Json] = {
        "credential": "crm",
        "version": version,
        "roster": to_base64(policy.roster.hash()),
        "state": state,
        "records": list(records),
    }
    return Said(seq, "credential.sealed", body)


def confirmed(seq: int, version: int) -> Said:
    return Said(seq, "credential.confirmed", {"credential": "crm", "version": version})


FOUNDED = Said(0, "station.founded")
JOINS = Said(10, "policy.changed", {"number": 2})
LEAVES = Said(20, "policy.changed", {"number": 3})


def of(member: str, *said: Said, known: Policy = LEFT, fates: tuple[Fate, ...] = ()) -> list[Holding]:
    found_ = custody.fold(known, [FOUNDED, JOINS, LEAVES, *said], fates)
    return [holding for holding in found_ if holding.member.id == member]


def test_who_held_what_from_when_to_when() -> None:
    (holding,) = of("legal-3", sealed(5, 1, FOUND), sealed(15, 2, JOINED, "candidate"), confirmed(16, 2))
    assert (holding.since, holding.until) == (10, 20)
    assert [(d.version, d.since, d.until) for d in holding.dealt] == [(2, 15, None)]
    (first,) = of("legal-1", sealed(5, 1, FOUND), sealed(15, 2, JOINED, "candidate"), confirmed(16, 2))
    assert (first.since, first.until) == (0, None)
    assert [(d.version, d.since, d.until) for d in first.dealt] == [(1, 5, 16), (2, 15, None)]


def test_an_operator_holds_a_token_and_no_shares() -> None:
    (holding,) = of("legal-ops-1", sealed(5, 1, FOUND))
    assert holding.dealt == ()


def test_a_replaced_token_is_another_holding() -> None:
    old = FOUND.roster.member("it-1")
    token = FakeToken(FakeMachine(seed=b"the second token").random)
    new = fake_card("it-1", old.name, "it", token=token).member
    members = tuple(new if member.id == "it-1" else member for member in FOUND.roster.members)
    known = with_roster(FOUND, replace(FOUND.roster, members=members))
    first, second = of("it-1", sealed(5, 1, FOUND), known=known)
    assert (first.member, first.until, first.live()) == (old, 10, ["crm"])
    assert (second.member, second.since, second.live()) == (new, 10, [])


def test_a_share_counts_until_a_newer_version_is_confirmed() -> None:
    candidate = sealed(21, 2, LEFT, "candidate")
    assert of("legal-3", sealed(15, 1, JOINED), candidate)[0].live() == ["crm"]
    assert of("legal-3", sealed(15, 1, JOINED), candidate, confirmed(22, 2))[0].live() == []


def test_what_was_sealed_again_is_over_and_what_stayed_where_it_was_is_not() -> None:
    again = sealed(21, 2, LEFT)
    assert of("legal-3", sealed(15, 1, JOINED), again)[0].live() == []
    partly = sealed(21, 2, LEFT, records=(None, RECORD))
    assert of("legal-3", sealed(15, 1, JOINED), partly)[0].live() == ["crm"]


def test_a_token_that_came_back_is_accounted_for() -> None:
    assert of("legal-3", sealed(15, 1, JOINED))[0].is_unaccounted()
    before = Fate("legal-3", DESTROYED, 12)
    assert of("legal-3", sealed(15, 1, JOINED), fates=(before,))[0].is_unaccounted()
    after = Fate("legal-3", DESTROYED, 25)
    assert not of("legal-3", sealed(15, 1, JOINED), fates=(before, after))[0].is_unaccounted()


def test_a_suspension_stands_in_it_from_when_to_when() -> None:
    known = replace(with_roster(JOINED, JOINED.roster), reinstates=("legal-1",))
    suspended = (Fate("legal-1", SUSPENDED, 12), Fate("legal-3", SUSPENDED, 13))
    assert of("legal-1", known=known, fates=suspended)[0].suspended == ((12, 20),)
    assert of("legal-3", known=known, fates=suspended)[0].suspended == ((13, None),)
    assert of("legal-3", fates=suspended)[0].suspended == ((13, 20),)
    assert of("legal-3", fates=suspended)[0].fate is None


@pytest.mark.parametrize("id_", ["legal-3", "it-9"])
def test_nobody_gets_the_other_half(id_: str) -> None:
    """Neither under the old id nor under a new one; whoever comes back to the same group may."""
    held = custody.fold(LEFT, [FOUNDED, JOINS, LEAVES, sealed(15, 1, JOINED)], [Fate("legal-3", DESTROYED, 25)])
    to_it = replace(NEW, id=id_, name="fritz  GABLER", role="it")
    with pytest.raises(Refused, match="past_knowledge") as refused:
        custody.check_may_join(held, LEFT.roster, to_it)
    assert refused.value.facts == {"member": id_, "group": "legal", "credentials": "crm"}
    custody.check_may_join(held, LEFT.roster, replace(to_it, role="legal"))
    custody.check_may_join(held, LEFT.roster, replace(to_it, role="operator"))
    custody.check_may_join(held, LEFT.roster, replace(to_it, name="Somebody Else", id="it-9"))


def test_what_is_rotated_may_be_known() -> None:
    said = [FOUNDED, JOINS, LEAVES, sealed(15, 1, JOINED), sealed(21, 2, LEFT, "candidate"), confirmed(22, 2)]
    custody.check_may_join(custody.fold(LEFT, said, []), LEFT.roster, replace(NEW, role="it"))
