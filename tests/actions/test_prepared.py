# SPDX-License-Identifier: Apache-2.0
"""Prepared requests on a real station: agreed in peacetime, filed with three fields, never a way around the quorum."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from console.actions.activation import lifecycle, prepared
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.keyholder import enrolment
from console.actions.policy import suspension
from console.demo.station import card
from console.domain.canonical import Json, Object
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder.contact import Contact
from console.sentences.checks import command
from tests.support.activations import approve, justified
from tests.support.clocks import days_later
from tests.support.prepared_request import TEMPLATE, hour
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged

pytestmark = pytest.mark.real
NAME = "sign-on-down"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station on which something of every kind is sealed."""
    with staged(sealed_base()) as lent:
        yield lent


def agreed(console: Console, name: str = NAME, **changes: Any) -> None:
    prepared.propose(console, name, {**TEMPLATE, **changes})
    prepared.sign(console, name, "legal-1")
    prepared.sign(console, name, "it-1")


def listed(console: Console, name: str = NAME) -> Object:
    rows = cast(list[Object], prepared.list_prepared(console)["prepared"])
    return next(row for row in rows if row["name"] == name)


def test_three_fields_at_two_in_the_morning(scene: Scene) -> None:
    """Filed with three fields; the quorum is what it always is."""
    with scene.console() as console:
        assert prepared.propose(console, NAME, TEMPLATE)["unsigned"] == ["it", "legal"]
        assert prepared.sign(console, NAME, "legal-2")["unsigned"] == ["it"]
        assert prepared.sign(console, NAME, "it-2")["state"] == "agreed"
        filed = prepared.request(console, NAME, hour())
        assert filed["missing"] == {"it": 1, "legal": 1}
        act = str(filed["activation"])
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)
        approve(console, act, "legal-1", "it-1")
        opened = lifecycle.open_activation(console, act)
        (entry, *_) = console.journal.entries(act=act)
    assert (opened["state"], opened["requester"]) == ("open", "legal-ops-1")
    assert entry.body["prepared"] == listed_id(scene)
    assert len(cast(list[Json], opened["items"])) == 3


def listed_id(scene: Scene) -> Json:
    with scene.console() as console:
        return listed(console)["id"]


def test_the_same_agreement_serves_twice_the_same_reason_does_not(scene: Scene) -> None:
    with scene.console() as console:
        agreed(console, items=[{"credential": PASSWORD}])
        first = hour()
        prepared.request(console, NAME, first)
        with pytest.raises(Refused, match="same_as_last_request"):
            prepared.request(console, NAME, first)
        second = hour()
        taken_back = str(prepared.request(console, NAME, second)["activation"])
        lifecycle.withdraw(console, taken_back)
        # What was taken back is filed again, mended, for the same reason.
        prepared.request(console, NAME, second)


def test_before_all_groups_have_signed_nothing_is_filed(scene: Scene) -> None:
    with scene.console() as console:
        prepared.propose(console, NAME, TEMPLATE)
        for member in ("legal-1", "legal-2"):
            prepared.sign(console, NAME, member)
            with pytest.raises(Refused, match=r"prepared_unsigned.*missing=it"):
                prepared.request(console, NAME, hour())
        with pytest.raises(Refused, match="not_a_keyholder"):
            prepared.sign(console, NAME, "legal-ops-1")


def test_a_signature_serves_only_what_was_read(scene: Scene) -> None:
    """A new proposal of the same name begins with no signature at all; what was agreed stands until it is signed."""
    with scene.console() as console:
        agreed(console)
        before = listed(console)["id"]
        proposed = prepared.propose(console, NAME, {**TEMPLATE, "minutes": 240})
        assert (proposed["state"], proposed["replaces"], proposed["unsigned"]) == ("proposed", before, ["it", "legal"])
        assert states(console) == [("agreed", before), ("proposed", proposed["id"])]
        filed = prepared.request(console, NAME, hour())
        (entry, *_) = console.journal.entries(act=str(filed["activation"]))
        assert entry.body["prepared"] == before
        assert not prepared.prepared_check(console)["ok"]
        prepared.sign(console, NAME, "legal-2")
        assert prepared.usable(console, NAME).id == before
        assert prepared.sign(console, NAME, "it-2")["state"] == "agreed"
        assert states(console) == [("agreed", proposed["id"])]
        assert prepared.usable(console, NAME).id == proposed["id"]
        # Whose place was taken does not come back with one who agreed on the new one.
        suspension.suspend(console, "it-2", "it-1")
    with scene.console() as console:
        assert states(console) == [("proposed", proposed["id"])]
        with pytest.raises(Refused, match="prepared_unsigned"):
            prepared.request(console, NAME, hour())


def test_nobody_signs_what_took_the_place_of_what_they_read(scene: Scene) -> None:
    with scene.console() as console:
        read = str(prepared.propose(console, NAME, TEMPLATE)["id"])
        assert prepared.describe(console, NAME)["id"] == read
        other = prepared.propose(console, NAME, {**TEMPLATE, "minutes": 240})
        with pytest.raises(Refused, match="prepared_changed"):
            prepared.sign(console, NAME, "legal-1", read=read)
        assert listed(console)["unsigned"] == ["it", "legal"]
        assert prepared.sign(console, NAME, "legal-1", read=str(other["id"]))["unsigned"] == ["it"]


def test_what_was_proposed_anew_stands_in_for_nothing_that_lapsed(scene: Scene) -> None:
    with scene.console() as console:
        agreed(console)
        proposed = prepared.propose(console, NAME, {**TEMPLATE, "minutes": 240})
        later = days_later(console, 181)
        assert states(later) == [("proposed", proposed["id"])]
        with pytest.raises(Refused, match="prepared_unsigned"):
            prepared.request(later, NAME, hour())
        # Proposed once more, the agreed one is the newest again.
        prepared.propose(console, NAME, TEMPLATE)
        assert [state for state, _ in states(console)] == ["agreed"]


def states(console: Console) -> list[tuple[Json, Json]]:
    rows = cast(list[Object], prepared.list_prepared(console)["prepared"])
    return [(row["state"], row["id"]) for row in rows]


def test_a_signature_of_another_token_counts_nowhere(scene: Scene) -> None:
    with scene.console() as console:
        prepared.propose(console, NAME, TEMPLATE)
        swapped = replace(console, token=lambda _: console.token("legal-1"))
        with pytest.raises(Corrupt, match="signature_wrong"):
            prepared.sign(swapped, NAME, "it-1")
        assert listed(console)["unsigned"] == ["it", "legal"]


def test_it_lapses_with_time_and_with_people(scene: Scene) -> None:
    with scene.console() as console:
        agreed(console)
        assert listed(console)["days_left"] == 180
        with pytest.raises(Refused, match="prepared_expired"):
            prepared.request(days_later(console, 181), NAME, hour())
        assert not prepared.prepared_check(days_later(console, 181))["ok"]
        # Whoever is suspended agreed on nothing.
        suspension.suspend(console, "it-1", "it-2")
    with scene.console() as console:
        with pytest.raises(Refused, match="prepared_unsigned"):
            prepared.request(console, NAME, hour())
        changed = replace(console.policy.roster, epoch=2)
        later = replace(console, policy=replace(console.policy, roster=changed, earlier=(console.policy,)))
        assert listed(later)["state"] == "overtaken"
        assert command(prepared.prepared_check(later)).endswith("activation prepare --file FILE --name NAME")
        with pytest.raises(Refused, match="prepared_overtaken"):
            prepared.request(later, NAME, hour())
        with pytest.raises(Refused, match="prepared_overtaken"):
            prepared.sign(later, NAME, "legal-2")


def test_what_it_asks_for_must_exist(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match="unknown_credential"):
            prepared.propose(console, NAME, {**TEMPLATE, "items": [{"credential": "nothing-here"}]})
        with pytest.raises(Refused, match="unknown_prepared"):
            prepared.request(console, "nothing-here", hour())


# --- what opening will cost -----------------------------------------------------------------------------------


def codes_of(value: Object) -> set[str]:
    return {str(row["code"]) for row in cast(list[Object], value["warnings"])}


def test_what_opening_will_cost(scene: Scene) -> None:
    with scene.console() as console:
        enrolment.set_contact(console, "legal-1", Contact(phone="+49 40 555 0117", deputy="legal-2"))
        size = console.journal.size()
        value = prepared.cost(console, TEMPLATE)
        assert console.journal.size() == size
        it, legal = cast(list[Any], value["needed"])
        assert (legal["group"], legal["needed"], it["group"], it["needed"]) == ("legal", 1, "it", 1)
        assert legal["people"][0]["phone"] == "+49 40 555 0117"
        assert legal["people"][0]["deputies"] == ["legal-2"]
        assert value["owes"] == [{"debt": "rotation", "credential": PASSWORD}]
        assert (value["past_minutes"], value["valid_minutes"]) == (None, 240)
        assert codes_of(value) == {"last_for_target", "codes_left", "no_phone"}
        (left,) = [row for row in cast(list[Any], value["warnings"]) if row["code"] == "codes_left"]
        assert (left["name"], left["left"]) == (CODES, 8)


def test_a_second_way_in_is_noticed(scene: Scene) -> None:
    with scene.console() as console:
        twin = {**card(PASSWORD), "target": f" {PASSWORD.upper()} "}
        versions.seal(console, "second-way", "password", "standard", bytearray(b"another"), twin)
        value = prepared.cost(console, {"items": [{"credential": PASSWORD}]})
        assert "last_for_target" not in codes_of(value)
        both = prepared.cost(console, {"items": [{"credential": PASSWORD}, {"credential": "second-way"}]})
        assert "last_for_target" in codes_of(both)


def test_the_last_codes_of_a_list_are_the_last(scene: Scene) -> None:
    with scene.console() as console:
        some = prepared.cost(console, {"items": [{"credential": CODES, "codes": 3}]})
        assert codes_of(some) == {"codes_left", "no_phone"}
        versions.rotate(console, CODES, bytearray(b"11111111\n22222222"))
        versions.confirm(console, CODES, "it-2", "ticket 17")
        all_ = prepared.cost(console, {"items": [{"credential": CODES, "codes": 2}]})
        assert "last_for_target" in codes_of(all_)


def test_whoever_asks_is_not_counted(scene: Scene) -> None:
    with scene.console() as console:
        value = prepared.cost(console, {"items": [{"credential": PASSWORD}], "requester": "it-1"})
        (it,) = [row for row in cast(list[Any], value["needed"]) if row["group"] == "it"]
        assert [person["member"] for person in it["people"]] == ["it-2"]
        assert "nobody_to_spare" in codes_of(value)
        suspension.suspend(console, "it-2", "it-1")
    with scene.console() as console:
        wanted = {**justified([{"credential": PASSWORD}]), "requester": "it-1"}
        with pytest.raises(Refused, match=r"requester_needed \(member=it-1, group=it, left=0, needed=1"):
            lifecycle.request(console, wanted)
        assert lifecycle.request(console, {**wanted, "requester": "Carla of the help desk"})["activation"]


@pytest.mark.parametrize("items", [None, "all", [1], [{}]])
def test_items_that_are_none(scene: Scene, items: Json) -> None:
    with scene.console() as console, pytest.raises(Refused, match="request_incomplete"):
        prepared.cost(console, {"items": items})
