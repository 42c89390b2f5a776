# SPDX-License-Identifier: Apache-2.0
"""The glass with too few factors in hand: real shares, real HSM secrets, and nothing but cryptography in the way."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.actions.console import Console
from console.actions.credential import versions
from console.actions.sealed import tables
from console.domain import keys
from console.domain.canonical import Object, decode_object
from console.domain.errors import Corrupt
from console.domain.sealed import envelope
from tests.support.scenes import CODES, PASSWORD, TWO_LEGAL, sealed_base, staged

pytestmark = pytest.mark.real

MEMBERS = ("legal-1", "legal-2", "it-1", "it-2")
Place = tuple[str, int]
"""A credential and an item of it."""
PLACES: list[Place] = [(PASSWORD, 0), (TWO_LEGAL, 0), *((CODES, item) for item in range(5))]


@dataclass(frozen=True)
class Factors:
    """Everything that there is, in one thief's hands."""

    records: Mapping[Place, Object]
    hsm: Mapping[Place, bytes]
    shares: Mapping[Place, Mapping[str, bytes]]
    payloads: Mapping[Place, bytes]

    def opens(self, place: Place, members: Iterable[str], hsm: bytes | None = None) -> bool:
        """Whether these members' shares open a record; ``hsm`` stands for the true secret unless given."""
        shares = {member: self.shares[place][member] for member in members}
        return self.opens_with(place, shares, self.hsm[place] if hsm is None else hsm)

    def opens_with(self, place: Place, shares: Mapping[str, bytes], hsm: bytes) -> bool:
        """Whether these bytes open a record; anything but ``glass_intact`` instead is an error."""
        room = memoryview(bytearray(envelope.unsealed_size(self.records[place])))
        try:
            payload = envelope.unseal_record(self.records[place], shares, hsm, room)
        except Corrupt as error:
            assert error.code == "glass_intact"
            assert not any(room)
            return False
        assert payload == self.payloads[place]
        return True


@pytest.fixture(scope="module")
def factors() -> Iterator[Factors]:
    """Collect every share with the people's tokens, and every item secret with the HSM."""
    with staged(sealed_base()) as scene, scene.console() as console:
        records = {place: read(console, *place) for place in PLACES}
        rows = tables.rows(console.hsm, console.vault, tables.STATE)
        dealt = {member: opened(console, member, records) for member in MEMBERS}
        codes = scene.sealed[CODES].split()
        yield Factors(
            records,
            {(name, item): rows[versions.row_name(name, 1, item)] for name, item in PLACES},
            {place: {member: dealt[member][place] for member in MEMBERS} for place in PLACES},
            {place: codes[place[1]] if place[0] == CODES else scene.sealed[place[0]] for place in PLACES},
        )


def read(console: Console, name: str, item: int) -> Object:
    return decode_object(console.vault.read(f"records/{name}/000001-{item:03d}.json"))


def opened(console: Console, member: str, records: Mapping[Place, Object]) -> dict[Place, bytes]:
    """Return a member's share of every record, each opened on their own token."""
    sealed = [envelope.sealed_share(record, member) for record in records.values()]
    shares = keys.open_sealed(
        lambda points: console.token(member).decapsulate("share", points),
        console.policy.roster.member(member).share,
        [(blob, info) for _, _, _, blob, info in sealed],
    )
    return dict(zip(records, shares, strict=True))


def subsets(whole: Iterable[str]) -> list[tuple[str, ...]]:
    """Return all subsets."""
    members = tuple(whole)
    return [subset for size in range(len(members) + 1) for subset in itertools.combinations(members, size)]


@pytest.mark.parametrize("members", subsets(MEMBERS), ids="+".join)
def test_only_a_quorum_with_the_hsm_opens(factors: Factors, members: tuple[str, ...]) -> None:
    """One of each group for the one class, two of Legal for the other; without the HSM, nobody at all."""
    legal, it = (sum(member.startswith(group) for member in members) for group in ("legal", "it"))
    assert factors.opens((PASSWORD, 0), members) == (legal >= 1 and it >= 1)
    assert factors.opens((TWO_LEGAL, 0), members) == (legal == 2 and it >= 1)
    for place in ((PASSWORD, 0), (TWO_LEGAL, 0)):
        assert not factors.opens(place, members, hsm=bytes(32))


def test_one_person_twice_is_one_person(factors: Factors) -> None:
    """A share handed in under a second name does not make two of Legal."""
    place = (TWO_LEGAL, 0)
    shares = dict(factors.shares[place])
    twice = {**shares, "legal-2": shares["legal-1"]}
    assert not factors.opens_with(place, twice, factors.hsm[place])
    with pytest.raises(Corrupt, match=r"wrong_share.*legal-2"):
        envelope.check_share(factors.records[place], "legal-2", shares["legal-1"])


def test_swapped_shares_do_not_open(factors: Factors) -> None:
    """Right bytes under each other's names are wrong, and each liar is named."""
    place = (TWO_LEGAL, 0)
    shares = dict(factors.shares[place])
    swapped = {**shares, "legal-1": shares["legal-2"], "legal-2": shares["legal-1"]}
    assert not factors.opens_with(place, swapped, factors.hsm[place])
    for member in ("legal-1", "legal-2"):
        with pytest.raises(Corrupt, match="wrong_share"):
            envelope.check_share(factors.records[place], member, swapped[member])


def test_the_fifth_code_does_not_open_with_the_first_four(factors: Factors) -> None:
    """Neither with the shares of any of them, nor with their HSM secrets, nor mixed."""
    fifth = (CODES, 4)
    for item, other in itertools.product(range(4), range(5)):
        assert not factors.opens_with(fifth, factors.shares[CODES, item], factors.hsm[CODES, other])
    assert factors.opens(fifth, MEMBERS)


def test_shares_of_one_group_do_not_stand_for_another(factors: Factors) -> None:
    """Legal's shares handed in under IT's names."""
    place = (PASSWORD, 0)
    legal = factors.shares[place]["legal-1"]
    assert not factors.opens_with(place, dict.fromkeys(MEMBERS, legal), factors.hsm[place])


@given(data=st.data())
def test_one_wrong_bit_keeps_it_shut(factors: Factors, data: st.DataObject) -> None:
    """In a share or in the HSM's part."""
    place = (TWO_LEGAL, 0)
    parts = {**factors.shares[place], "hsm": factors.hsm[place]}
    needed = ("legal-1", "legal-2", "it-1", "hsm")
    which, bit = data.draw(st.sampled_from(needed)), data.draw(st.integers(0, 255))
    wrong = bytearray(parts[which])
    wrong[bit // 8] ^= 1 << bit % 8
    parts = {name: parts[name] for name in needed} | {which: bytes(wrong)}
    hsm = parts.pop("hsm")
    assert not factors.opens_with(place, parts, hsm)
