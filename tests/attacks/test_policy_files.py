# SPDX-License-Identifier: Apache-2.0
"""Whoever can write the station's files cannot change who must agree, bring back who did, nor join by it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from console.actions.policy import steps as policy
from console.actions.policy import suspension
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import Json, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.policy import succession
from console.domain.policy.amendment import with_members
from console.domain.policy.rules import Policy
from tests.attacks.changes import QUORUM, STRICTER, WITHOUT_IT_2, edit, propose, refusal, sign
from tests.support.scenes import Base, Scene, keep, sealed_base, staged
from tests.support.thieves import Thief

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


@pytest.fixture(scope="module")
def changed() -> Base:
    """A station whose policy was changed twice."""
    with staged(sealed_base()) as scene:
        for change in (WITHOUT_IT_2, STRICTER):
            assert sign(scene, propose(scene, change), *QUORUM)["in_force"]
        return keep(scene, "changed", "")


def test_thresholds_edited_on_the_disk(changed: Base) -> None:
    with staged(changed) as scene:
        file = scene.home / "policy" / "000003.json"
        edit(file, lambda v: v["roster"]["classes"][0]["thresholds"].update(legal=1))
        assert isinstance(refusal(scene), Corrupt)


@pytest.mark.parametrize("kept", [[], ["000002.json"]])
def test_an_older_roster_restored(changed: Base, kept: list[str]) -> None:
    with staged(changed) as scene:
        for file in (scene.home / "policy").iterdir():
            if file.name not in kept:
                file.unlink()
        error = refusal(scene)
        assert (error.code, error.facts) == ("policy_behind", {"number": 1 + len(kept), "journal": 3})


def test_an_older_genesis_put_in_the_place_of_the_present_one(changed: Base) -> None:
    with staged(changed) as scene:
        step = json.loads((scene.home / "policy" / "000002.json").read_bytes())
        edit(scene.home / "genesis.json", lambda v: v.update(roster=step["roster"], rules=step["rules"], signatures=[]))
        assert refusal(scene).code in ("genesis_unsigned", "genesis_not_pinned")


def test_another_step_of_the_same_number_that_the_quorum_had_signed_too(scene: Scene) -> None:
    one, other = propose(scene, WITHOUT_IT_2), propose(scene, STRICTER)
    sign(scene, other, *QUORUM[:2])
    file = scene.home / "proposals" / f"{other}.json"
    with scene.console() as console:
        step = policy.find(console, other)
        signature = console.token("it-1").sign("sign", step.signed_digest())
        file.write_bytes(step.signed("it-1", signature).encode())
    forged = file.read_bytes()
    sign(scene, one, *QUORUM)
    (scene.home / "policy" / "000002.json").write_bytes(forged)
    assert refusal(scene).code == "policy_differs"


def test_a_step_that_holds_only_with_the_signature_of_somebody_suspended(scene: Scene) -> None:
    id_ = propose(scene, STRICTER)
    assert not sign(scene, id_, "legal-1", "it-2")["in_force"]
    with scene.console() as console:
        suspension.suspend(console, "it-2", "it-1")
    assert not sign(scene, id_, "legal-2")["in_force"]
    steps = scene.home / "policy"
    steps.mkdir(exist_ok=True)
    (steps / "000002.json").write_bytes((scene.home / "proposals" / f"{id_}.json").read_bytes())
    error = refusal(scene)
    assert (error.code, error.facts) == ("step_unsigned", {"number": 2})


def test_the_unlock_file_of_somebody_suspended_put_back(scene: Scene) -> None:
    slot = scene.home / "slots" / "it-2.json"
    kept = slot.read_bytes()
    with scene.console() as console:
        suspension.suspend(console, "it-2", "it-1")
    assert not slot.exists()
    slot.write_bytes(kept)
    station_actions.lock(scene.station.locked)
    with pytest.raises(Refused, match=r"unlocker_left \(member=it-2\)"):
        scene.station.unlock("it-2")
    assert scene.station.locked.keepers.status() is None


def test_a_keyholders_key_swapped_in_a_proposal_file(scene: Scene) -> None:
    id_ = propose(scene, STRICTER)
    sign(scene, id_, "legal-1")
    thief, file = Thief(), scene.home / "proposals" / f"{id_}.json"

    def swap(value: Any) -> None:
        (row,) = [member for member in value["roster"]["members"] if member["id"] == "legal-2"]
        row["share"] = to_base64(thief.point)

    edit(file, swap)
    with scene.console() as console, pytest.raises(Corrupt, match="signature_wrong"):
        policy.sign(console, id_, "it-1")
    edit(file, lambda v: v.update(signatures=[]))
    with scene.console() as console:
        # It is another proposal now, and does not pass under the name of the first.
        with pytest.raises(Corrupt, match="step_shape"):
            policy.sign(console, id_, "it-1")
        file.rename(file.with_name("0" * 12 + ".json"))
        with pytest.raises(Corrupt, match="step_shape"):
            policy.proposals(console)


def test_a_swapped_key_under_its_own_name_asks_for_a_proof_that_its_owner_cannot_give(scene: Scene) -> None:
    with scene.console() as console:
        known = console.policy
        swapped = replace(known.roster.member("legal-2"), share=Thief().point)
        step = succession.propose(known, Policy(with_members(known.roster, [swapped]), known.rules))
        console.vault.write(f"proposals/{step.id}.json", step.encode())
        rows = cast(list[dict[str, Json]], policy.describe(step)["differences"])
        assert [row["what"] for row in rows] == ["member_new_keys"]
        for member in QUORUM:
            if member != "legal-2":
                with pytest.raises(Refused, match=r"newcomers_sign_first \(members=legal-2\)"):
                    policy.sign(console, step.id, member)
