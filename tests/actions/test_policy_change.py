# SPDX-License-Identifier: Apache-2.0
"""A change of people and rules from its proposal to the re-sealed secret, on real tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import pytest

from console import wording
from console.actions.activation import approval, lifecycle, release, reseal
from console.actions.credential import versions
from console.actions.journal import reading
from console.actions.policy import steps, suspension
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import Json, Object
from console.domain.errors import Refused, Unavailable
from console.settings import read
from console.wiring.station import Station
from tests.support.activations import approve, filed, justified, open_for, opened_base
from tests.support.newcomers import PIN, enrol_here, newcomer, section
from tests.support.scenes import CODES, PASSWORD, TWO_LEGAL, Scene, pins_of, sealed_base, staged
from tests.support.screens import Paper
from tests.support.stations import Pins

pytestmark = pytest.mark.real

WITHOUT_IT_2: Object = {"remove": [{"member": "it-2"}]}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def sign(scene: Scene, proposal: Object, *members: str) -> Object:
    """Sign a proposal by each of these, each in a lease of its own."""
    for member in members:
        with scene.console() as console:
            proposal = steps.sign(console, str(proposal["proposal"]), member)
    return proposal


def change(scene: Scene, said: Object, *members: str) -> None:
    """Propose a change and put it into force."""
    with scene.console() as console:
        proposal = steps.propose_change(console, said)
    assert sign(scene, proposal, *members)["in_force"]


def opened(scene: Scene, *items: Json, by: tuple[str, ...] = ("legal-1", "it-1")) -> str:
    """Return an open activation for these items."""
    with scene.console() as console:
        act = filed(console, *items, releases=12)
        approve(console, act, *by)
        lifecycle.open_activation(console, act)
    return act


def shown(scene: Scene, act: str, *names: str) -> list[bytes]:
    paper = Paper()
    with scene.console() as console:
        for name in names:
            release.release(console, act, name, paper)
    return [secret for _, secret in paper.shown]


def row(scene: Scene, name: str) -> Object:
    with scene.console() as console:
        return versions.show(console, name)


# --- propose, sign, in force -------------------------------------------------------------------------------


def test_a_change_is_in_force_when_every_group_has_signed_and_not_before(scene: Scene) -> None:
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, "legal-1", "it-1")
        proposal = steps.propose_change(console, WITHOUT_IT_2)
        assert proposal["missing"] == {"it": 1, "legal": 2}
        assert lifecycle.show(console, act)["state"] == "approved"
    sign(scene, proposal, "legal-1", "it-1")
    with scene.console() as console:
        assert (console.policy.number, len(steps.proposals(console))) == (1, 1)
        with pytest.raises(Refused, match="not_a_keyholder"):
            steps.sign(console, str(proposal["proposal"]), "legal-ops-1")
    assert sign(scene, proposal, "legal-2")["in_force"]
    with scene.console() as console:
        found = steps.show(console.policy, steps.proposals(console))
        assert (found["number"], found["proposals"]) == (2, [])
        assert "slots/it-2.json" not in console.vault.names("slots/")
        # What was asked under other people and rules is asked again.
        assert lifecycle.show(console, act)["ended_why"] == "policy_changed"
        with pytest.raises(Refused, match="activation_state"):
            lifecycle.open_activation(console, act)
        with pytest.raises(Refused, match="unknown_proposal"):
            steps.sign(console, str(proposal["proposal"]), "legal-1")
        assert reading.verify(console, deep=True)["ok"]
    with pytest.raises(Refused, match="unknown_member"):
        station_actions.open_slot(scene.station.locked, "it-2")


@pytest.mark.long
def test_an_open_activation_goes_on_under_the_rules_that_it_was_approved_under() -> None:
    with staged(opened_base()) as scene:
        change(scene, {"rules": {"minutes_max": 60}}, "legal-1", "legal-2", "it-1")
        assert shown(scene, scene.act, PASSWORD) == [scene.sealed[PASSWORD]]
        with scene.console() as console:
            approval.second(console, scene.act, "it-2", "extend", 60)
            assert approval.second(console, scene.act, "legal-1", "extend", 60)["missing"] == {}


def test_what_is_sealed_stays_openable_through_every_step(scene: Scene) -> None:
    change(scene, WITHOUT_IT_2, "legal-1", "legal-2", "it-1")
    found = row(scene, PASSWORD)
    assert (found["stale"], found["openable_by"]) == (True, {"it": ["it-1"], "legal": ["legal-1", "legal-2"]})
    act = opened(scene, {"credential": PASSWORD})
    assert shown(scene, act, PASSWORD) == [scene.sealed[PASSWORD]]
    with scene.console() as console:
        for said, code in (
            ({"classes": {"standard": {"legal": 3}}}, "threshold_impossible"),
            ({"remove": [{"class": "standard"}]}, "class_in_use"),
            ({"remove": [{"member": "it-1"}]}, "threshold_impossible"),
        ):
            with pytest.raises(Refused, match=code):
                steps.propose_change(console, cast(Object, said))


# --- newcomers, re-sealing ---------------------------------------------------------------------------------


@pytest.mark.long
def test_a_newcomer_holds_shares_only_of_what_was_sealed_again(scene: Scene) -> None:
    new = section(scene, "it-3", "Hatice Iversen", "it")
    with newcomer(scene, new), scene.console() as console:
        proposal = cast(Object, enrol_here(scene, console, new)["proposal"])
    with with_newcomer(scene, "it-3") as scene:
        assert sign(scene, proposal, "legal-1", "legal-2", "it-1")["in_force"]
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD})
            with pytest.raises(Refused, match=r"no_share \(member=it-3, credential=salesforce"):
                approve(console, act, "it-3")
            # Raising what a class asks beyond those who hold shares would lock it: first it is sealed again.
            with pytest.raises(Refused, match=r"would_lock_out .*group=it, left=2, needed=3"):
                steps.propose_change(console, {"classes": {"standard": {"it": 3}}})
        act = opened(scene, {"credential": PASSWORD})
        with scene.console() as console:
            assert reseal.reseal(console, act)["resealed"] == [{"credential": PASSWORD, "item": 0}]
        act = opened(scene, {"credential": PASSWORD}, by=("legal-2", "it-3"))
        assert shown(scene, act, PASSWORD) == [scene.sealed[PASSWORD]]


@contextmanager
def with_newcomer(scene: Scene, id_: str) -> Iterator[Scene]:
    """Lend the station as the next face finds it, whose file names the newcomer."""
    station = Station(read(scene.home), Pins({**pins_of(scene.folder), id_: PIN}))
    try:
        yield replace(scene, station=station)
    finally:
        station.close()


@pytest.mark.long
def test_the_plan_says_first_what_resealing_costs_and_then_it_is_done_in_parts(scene: Scene) -> None:
    codes = scene.sealed[CODES].split()
    change(scene, WITHOUT_IT_2, "legal-1", "legal-2", "it-1")
    with scene.console() as console:
        plan = reseal.plan(console)
    rows = {str(r["credential"]): r for r in cast(list[dict[str, Json]], plan["stale"])}
    assert (rows[CODES]["items"], rows[TWO_LEGAL]["needed"], len(rows)) == (10, {"it": 1, "legal": 2}, 8)
    assert (plan["items"], plan["people"], plan["touches_each"], plan["touches_of_sealer"]) == (17, 3, 20, 17)
    requests = cast(list[list[Json]], plan["requests"])
    assert len(requests) == 3
    for items in requests:
        act = opened(scene, *items, by=("legal-1", "legal-2", "it-1"))
        with scene.console() as console:
            done = reseal.reseal(console, act)
            again = reseal.reseal(console, act)
        assert (len(cast(list[Json], done["resealed"])), again["resealed"]) in ((8, []), (1, []))
        with scene.console() as console:
            lifecycle.end(console, act)
            # Nobody saw anything, so nothing is owed.
            assert lifecycle.close(console, act)["state"] == "closed"
    with scene.console() as console:
        assert reseal.plan(console)["stale"] == []
        # Of every item exactly one is left that opens.
        assert len(versions.unburnt(console)) == 17
    act = opened(scene, {"credential": CODES, "codes": 8})
    assert shown(scene, act, *[CODES] * 8) == codes[:8]


def test_resealing_does_not_pay_a_debt(scene: Scene) -> None:
    change(scene, WITHOUT_IT_2, "legal-1", "legal-2", "it-1")
    act = opened(scene, {"credential": PASSWORD})
    shown(scene, act, PASSWORD)
    with scene.console() as console:
        reseal.reseal(console, act)
        lifecycle.end(console, act)
        assert versions.show(console, PASSWORD)["state"] == "exposed"
        with pytest.raises(Refused, match="debts_owed"):
            lifecycle.close(console, act)
        versions.rotate(console, PASSWORD, bytearray(b"another secret"))
        versions.confirm(console, PASSWORD, "it-1", "ticket 17")
        assert lifecycle.close(console, act)["state"] == "closed"


@pytest.mark.long
def test_resealing_counts_like_a_showing_and_leaves_a_waiting_version_alone(scene: Scene) -> None:
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"another secret"))
    change(scene, WITHOUT_IT_2, "legal-1", "legal-2", "it-1")
    with scene.console() as console:
        act = open_for(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 3}, releases=2)
        with pytest.raises(Refused, match="budget_used_up") as cut:
            reseal.reseal(console, act)
        assert "2 items were sealed again before that, and stay so." in wording.explain(cut.value).what
        assert lifecycle.show(console, act)["state"] == "frozen"
        for member in ("legal-1", "it-1"):
            approval.second(console, act, member, "reset", 2)
        assert reseal.reseal(console, act)["resealed"] == [{"credential": CODES, "item": 2}]
        assert versions.show(console, PASSWORD)["candidate"] == 2


# --- suspending --------------------------------------------------------------------------------------------


def test_who_is_suspended_counts_nowhere_until_the_quorum_lets_them_back_in(scene: Scene) -> None:
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"another secret"), sign_as="it-1")
        act = filed(console, {"credential": CODES})
        approve(console, act, "legal-1", "it-2")
        assert lifecycle.show(console, act)["missing"] == {"it": 0, "legal": 0}
        assert suspension.suspend(console, "it-2", "it-1")["suspended"] == "it-2"
    with scene.console() as console:
        assert lifecycle.show(console, act)["missing"] == {"it": 1, "legal": 0}
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)
        for attempt in (
            lambda: approve(console, act, "it-2"),
            lambda: approval.deny(console, act, "it-2", "Der Grund stimmt nicht mit der Lage überein."),
            lambda: versions.confirm(console, PASSWORD, "it-2", "ticket 17"),
            lambda: versions.rotate(console, PASSWORD, bytearray(b"rubbish"), sign_as="it-2"),
            lambda: suspension.suspend(console, "it-1", "it-2"),
            lambda: suspension.suspend(console, "it-2", "it-1"),
        ):
            with pytest.raises(Refused, match=r"keyholder_suspended \(member=it-2\)"):
                attempt()
        with pytest.raises(Unavailable, match="file_missing"):
            station_actions.open_slot(scene.station.locked, "it-2")
        approve(console, act, "it-1")
        assert lifecycle.open_activation(console, act)["state"] == "open"
        with pytest.raises(Refused, match="keyholder_suspended"):
            approval.second(console, act, "it-2", "extend", 60)
        proposal = steps.propose_change(console, {"reinstate": [{"member": "it-2"}]})
        with pytest.raises(Refused, match="keyholder_suspended"):
            steps.sign(console, str(proposal["proposal"]), "it-2")
    assert sign(scene, proposal, "legal-1", "legal-2", "it-1")["in_force"]
    station_actions.open_slot(scene.station.locked, "it-2")
    assert row(scene, CODES)["stale"] is False
    act = opened(scene, {"credential": PASSWORD}, by=("legal-1", "it-2"))
    assert shown(scene, act, PASSWORD) == [scene.sealed[PASSWORD]]


@pytest.mark.long
def test_a_word_or_approval_of_somebody_suspended_later_stops_counting_while_it_is_open(scene: Scene) -> None:
    act = opened(scene, {"credential": PASSWORD}, by=("legal-1", "it-2"))
    with scene.console() as console:
        approval.second(console, act, "it-2", "extend", 60)
        suspension.suspend(console, "it-2", "it-1")
    with scene.console() as console:
        assert approval.second(console, act, "legal-1", "extend", 60)["missing"] == {"it": 1}
        with pytest.raises(Refused, match="quorum_not_met"):
            release.release(console, act, PASSWORD, Paper())
        # The glass is not lost: another one of the group takes the place.
        approve(console, act, "it-1")
    assert shown(scene, act, PASSWORD) == [scene.sealed[PASSWORD]]


def test_nobody_suspends_another_group_nor_below_what_a_class_asks(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match=r"other_group \(member=it-1, group=it\)"):
            suspension.suspend(console, "it-1", "legal-1")
        with pytest.raises(Refused, match=r"group_too_small \(group=legal, left=1, needed=2\)"):
            suspension.suspend(console, "legal-1", "legal-2")
        with pytest.raises(Refused, match="not_a_keyholder"):
            suspension.suspend(console, "it-1", "legal-ops-1")
        suspension.suspend(console, "it-2", "it-1")
    with scene.console() as console, pytest.raises(Refused, match="group_too_small"):
        steps.propose_without(console, "it-1")


def test_who_is_suspended_cannot_go_on_with_a_station_that_they_unlocked(scene: Scene) -> None:
    with scene.console() as console:
        suspension.suspend(console, "legal-ops-1", "it-1")
    with pytest.raises(Refused, match="unlocker_left"), scene.console():
        pass


# --- privilege ---------------------------------------------------------------------------------------------


def test_privilege_asks_for_the_stricter_class_and_never_for_less(scene: Scene) -> None:
    change(scene, {"rules": {"privilege_classes": ["privileged"]}}, "legal-1", "legal-2", "it-1")
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})  # privilege = "attorney-client"
        assert lifecycle.show(console, act)["missing"] == {"it": 1, "legal": 2}
        for name, missing in ((PASSWORD, {"it": 1, "legal": 1}), (TWO_LEGAL, None)):
            fields = {**justified([{"credential": name}]), "privilege": "none"}
            if missing:
                assert lifecycle.request(console, fields)["missing"] == missing
                continue
            with pytest.raises(Refused, match=r"privilege_needed \(credential=partner-vault, name=privileged\)"):
                lifecycle.request(console, fields)
