# SPDX-License-Identifier: Apache-2.0
"""Whoever can swap a public key, unseen, owns every secret that is sealed from then on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from console.actions.station import lifecycle as station_actions
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy import rules
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from tests.support.scenes import Scene, sealed_base, staged
from tests.support.thieves import Thief

pytestmark = pytest.mark.real

Forge = Callable[[Policy], Policy]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def genuine(scene: Scene) -> tuple[Policy, dict[str, bytes]]:
    return rules.parse((scene.home / "genesis.json").read_bytes())


def refusal(scene: Scene, data: bytes) -> ConsoleError:
    """Put another genesis in place; return why the station does not take it."""
    (scene.home / "genesis.json").write_bytes(data)
    with pytest.raises(ConsoleError) as refused, scene.console():
        pass
    return refused.value


def with_member(old: Policy, id_: str, change: Callable[[Member], Member]) -> Policy:
    members = tuple(change(member) if member.id == id_ else member for member in old.roster.members)
    return Policy(replace(old.roster, members=members), old.rules)


def share_key(old: Policy) -> Policy:
    return with_member(old, "legal-1", lambda member: replace(member, share=Thief().point))


def one_is_enough(old: Policy) -> Policy:
    classes = {**old.roster.classes, "privileged": {"legal": 1, "it": 1}}
    return Policy(replace(old.roster, classes=classes), old.rules)


def longer(old: Policy) -> Policy:
    return Policy(old.roster, replace(old.rules, seconds_hard_max=10**6))


def request_key(old: Policy) -> Policy:
    station = {**old.roster.station, "request": old.roster.station["journal"]}
    return Policy(replace(old.roster, station=station), old.rules)


@pytest.mark.parametrize("forge", [share_key, one_is_enough, longer, request_key])
def test_a_changed_genesis_under_the_old_signatures(scene: Scene, forge: Forge) -> None:
    """Every key, every threshold and every rule stands under every founder's signature."""
    old, signatures = genuine(scene)
    error = refusal(scene, rules.document(forge(old), signatures))
    assert (type(error), error.code) == (Corrupt, "signature_wrong")


@pytest.mark.parametrize("forge", [share_key, one_is_enough, longer, request_key])
def test_a_changed_genesis_that_nobody_signed(scene: Scene, forge: Forge) -> None:
    """A proposal is not a policy."""
    old, _ = genuine(scene)
    assert refusal(scene, rules.document(forge(old), {})).code == "genesis_unsigned"


def test_a_genesis_that_one_founder_did_not_sign(scene: Scene) -> None:
    """All of them, not a quorum."""
    old, signatures = genuine(scene)
    del signatures["it-2"]
    assert refusal(scene, rules.document(old, signatures)).code == "genesis_unsigned"


def test_a_genesis_that_the_thief_signed_for_everybody(scene: Scene) -> None:
    """Consistent in itself, and not the one that the HSM holds."""
    old, _ = genuine(scene)
    thieves = {member.id: Thief() for member in old.roster.keyholders()}
    forged = old
    for id_, thief in thieves.items():
        forged = with_member(forged, id_, lambda member, t=thief: replace(member, sign=t.point))  # type: ignore[misc]
    signed = rules.signed_genesis(forged)
    data = rules.document(forged, {id_: thief.sign(signed) for id_, thief in thieves.items()})
    assert rules.unsigned_by(*rules.parse(data)) == []
    error = refusal(scene, data)
    assert (type(error), error.code) == (Corrupt, "genesis_not_pinned")


def test_a_genesis_signed_by_one_for_another(scene: Scene) -> None:
    """A founder's signature under another founder's name."""
    old, signatures = genuine(scene)
    swapped = {**signatures, "it-1": signatures["it-2"]}
    assert refusal(scene, rules.document(old, swapped)).code == "signature_wrong"


def test_a_flipped_bit_in_the_genesis(scene: Scene) -> None:
    """Anywhere: an error of ours, and no policy."""
    whole = (scene.home / "genesis.json").read_bytes()
    pinned = rules.parse(whole)[0].genesis
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 7
        with pytest.raises(ConsoleError):
            rules.load(bytes(changed), pinned)


@pytest.mark.parametrize("field", ["name", "share"])
def test_one_person_does_not_stand_twice(scene: Scene, field: str) -> None:
    """Neither a person nor a key counts for two."""
    old, _ = genuine(scene)
    first = old.roster.member("legal-1")
    doubled = with_member(old, "it-1", lambda member: replace(member, **{field: getattr(first, field)}))
    with pytest.raises(Refused, match="key_or_person_twice"):
        rules.check_roster(doubled.roster)


def test_a_letter_that_nobody_sees_makes_no_second_person(scene: Scene) -> None:
    """Who reads the genesis would see the same name twice; so does the program."""
    old, _ = genuine(scene)
    name = old.roster.member("legal-1").name
    doubled = with_member(old, "it-1", lambda member: replace(member, name=f"{name}\u200b"))
    with pytest.raises(Refused, match="key_or_person_twice"):
        rules.check_roster(doubled.roster)


def test_the_pin_is_there_for_good(scene: Scene) -> None:
    """Not even the unlocked HSM takes another genesis."""
    with scene.console() as console, pytest.raises(Refused, match="already_pinned"):
        console.hsm.pin(bytes(32))  # type: ignore[attr-defined]


def test_nobody_unlocks_before_the_genesis_is_signed(scene: Scene) -> None:
    """A slot opens only under a whole genesis."""
    old, _ = genuine(scene)
    (scene.home / "genesis.json").write_bytes(rules.document(old, {}))
    with pytest.raises(Refused, match="genesis_unsigned"):
        station_actions.open_slot(scene.station.locked, "legal-ops-1")
