# SPDX-License-Identifier: Apache-2.0
"""The rules about people, on a station in memory: unlocking, suspending, proving, custody, joining, being reached."""

from dataclasses import replace

import pytest

from console.actions.activation import lifecycle as activations
from console.actions.console import Locked
from console.actions.entries import state_of
from console.actions.keyholder import custody, enrolment, proof
from console.actions.policy import steps, suspension
from console.actions.station import lifecycle
from console.domain.entries.station import StationUnlocked
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.keyholder.contact import Contact
from console.settings import KeyholderSection
from tests.support.activations import filed, justified
from tests.support.memory_station import MANY, PASSWORD, UNLOCKER, MemoryStation, sealed_station

DAY = 24 * 3600


@pytest.fixture
def many() -> MemoryStation:
    """A station with three of each group, and somebody who only reads along."""
    return sealed_station(MANY)


# --- unlocking --------------------------------------------------------------------------------------------


def test_anybody_with_a_slot_unlocks_and_it_is_written_down(place: MemoryStation) -> None:
    lifecycle.lock(place.locked)
    with pytest.raises(Unavailable, match="station_locked"), place.console():
        pass
    place.unlock("it-2")
    with place.console() as console:
        newest = next(console.journal.entries(type_=StationUnlocked.TYPE, newest_first=True))
        assert newest.actor == console.people["it-2"]
        assert (console.hsm.unlocked_by(), StationUnlocked.read(newest).sitting_before) == ("it-2", "cut")


def test_an_unlocked_station_is_not_unlocked_again(place: MemoryStation) -> None:
    with pytest.raises(Refused, match="already_unlocked"):
        lifecycle.unlock(place.locked, "it-1")


def test_anothers_slot_does_not_open(place: MemoryStation) -> None:
    lifecycle.lock(place.locked)
    place.vault.files["slots/it-1.json"] = place.vault.files["slots/it-2.json"]
    with pytest.raises(ConsoleError):
        lifecycle.unlock(place.locked, "it-1")
    assert place.locked.keepers.status() is None


def test_before_all_have_signed_the_genesis_nothing_opens() -> None:
    place = MemoryStation()
    lifecycle.found(place.locked)
    lifecycle.sign_genesis(place.locked, "legal-1")
    with pytest.raises(Refused, match="not_a_keyholder"):
        lifecycle.sign_genesis(place.locked, UNLOCKER)
    with pytest.raises(Refused, match="genesis_unsigned") as error:
        lifecycle.unlock(place.locked, "legal-1")
    assert error.value.facts["missing"] == "legal-2, it-1, it-2"
    with pytest.raises(Refused, match="station_exists"):
        lifecycle.found(place.locked)


# --- suspending -------------------------------------------------------------------------------------------


def test_one_of_the_same_group_suspends_and_the_slot_is_gone(many: MemoryStation) -> None:
    with many.console() as console:
        suspension.suspend(console, "it-1", "it-2")
        assert "slots/it-1.json" not in console.vault.names("slots/")
    with many.console() as console:
        assert (state_of(console, "it-1"), console.policy.suspended) == ("suspended", frozenset({"it-1"}))
        with pytest.raises(Refused, match="keyholder_suspended"):
            suspension.suspend(console, "it-1", "it-2")
        with pytest.raises(Refused, match="keyholder_suspended"):
            suspension.suspend(console, "it-2", "it-1")
    lifecycle.lock(many.locked)
    with pytest.raises(Unavailable, match="file_missing"):
        lifecycle.unlock(many.locked, "it-1")


@pytest.mark.parametrize(
    ("member", "by", "code"),
    [("it-1", "legal-1", "other_group"), ("nobody", "it-1", "unknown_member"), ("it-1", UNLOCKER, "not_a_keyholder")],
)
def test_who_suspends_nobody(many: MemoryStation, member: str, by: str, code: str) -> None:
    with many.console() as console, pytest.raises(Refused) as error:
        suspension.suspend(console, member, by)
    assert error.value.code == code


def test_nobody_is_suspended_whom_a_quorum_needs(place: MemoryStation) -> None:
    with place.console() as console, pytest.raises(Refused, match="group_too_small"):
        suspension.suspend(console, "legal-1", "legal-2")


def test_who_is_suspended_while_it_is_they_who_unlocked_does_nothing_more(many: MemoryStation) -> None:
    lifecycle.lock(many.locked)
    many.unlock("it-1")
    with many.console() as console:
        suspension.suspend(console, "it-1", "it-2")
    with pytest.raises(Refused, match="unlocker_left"), many.console():
        pass


def test_a_suspension_that_nobody_signed_stops_the_station_from_being_used(many: MemoryStation) -> None:
    with many.console() as console:
        many.tokens["it-2"] = many.tokens["it-3"]
        with pytest.raises(Corrupt, match="signature_wrong"):
            suspension.suspend(console, "it-1", "it-2")
    with many.console() as console:
        assert console.policy.suspended == frozenset()


def test_an_operator_is_suspended_by_any_keyholder(many: MemoryStation) -> None:
    lifecycle.lock(many.locked)
    many.unlock("it-1")
    with many.console() as console:
        suspension.suspend(console, UNLOCKER, "legal-1")
    with many.console() as console:
        assert state_of(console, UNLOCKER) == "suspended"
        with pytest.raises(Refused, match="keyholder_suspended"):
            activations.request(console, justified([{"credential": PASSWORD}]), sign_as=UNLOCKER)


# --- proving a token --------------------------------------------------------------------------------------


def test_a_proof_counts_the_days_since_the_one_before(place: MemoryStation) -> None:
    with place.console() as console:
        proof.prove(console, "it-1")
        first = proof.last_proofs(console)["it-1"]
    place.machine.advance(36 * DAY)
    with place.console() as console:
        assert set(proof.last_proofs(console)) == {"it-1"}
        proof.prove(console, "it-1")
        assert proof.last_proofs(console)["it-1"] - first == 36 * DAY * 1000
        assert [verb for verb, _ in place.tokens["it-1"].uses] == ["sign", "decapsulate"] * 2


def test_anothers_token_proves_nothing(place: MemoryStation) -> None:
    place.tokens["it-1"] = place.tokens["it-2"]
    with place.console() as console:
        with pytest.raises(Corrupt, match="signature_wrong"):
            proof.prove(console, "it-1")
        assert "it-1" not in proof.last_proofs(console)


@pytest.mark.parametrize("name", ["log", "request", "journal"])
def test_a_station_key_that_the_hsm_does_not_have_is_found(place: MemoryStation, name: str) -> None:
    with place.console() as console:
        station = {key: str(console.policy.roster.station[key]) for key in ("log", "request", "journal")}
        proof.check_station(console.hsm, console.machine, station)
        fresh = place.hsm.pairs.pop(name)
        place.hsm.make_key(name)
        with pytest.raises(Corrupt, match="station_key_unproven") as error:
            proof.check_station(console.hsm, console.machine, station)
        place.hsm.pairs[name] = fresh
    assert error.value.facts["key"] == name


# --- custody ----------------------------------------------------------------------------------------------


def test_the_register_has_a_row_for_each_token_with_what_it_opens(place: MemoryStation) -> None:
    with place.console() as console:
        holdings = {holding.member.id: holding for holding in custody.holdings(console)}
    assert set(holdings) == {"legal-1", "legal-2", "it-1", "it-2", UNLOCKER}
    assert len(holdings["legal-1"].dealt) == 3 and holdings[UNLOCKER].dealt == ()
    assert not any(holding.is_unaccounted() for holding in holdings.values())


@pytest.mark.parametrize(("member", "code"), [("it-1", "token_in_force"), ("nobody", "unknown_member")])
def test_a_token_in_use_cannot_have_been_handed_back(place: MemoryStation, member: str, code: str) -> None:
    with place.console() as console, pytest.raises(Refused) as error:
        custody.account_for(console, member, "returned", "in the safe")
    assert error.value.code == code


def test_a_token_that_is_no_longer_used_is_accounted_for_with_a_note(many: MemoryStation) -> None:
    leave(many, "it-3")
    with many.console() as console:
        (gone,) = [holding for holding in custody.holdings(console) if holding.until is not None]
        assert (gone.member.id, gone.is_unaccounted()) == ("it-3", True)
        with pytest.raises(Refused, match="note_missing"):
            custody.account_for(console, "it-3", "returned", "  ")
        custody.account_for(console, "it-3", "returned", "in the safe, envelope 7")
        assert not any(holding.is_unaccounted() for holding in custody.holdings(console))


# --- joining and leaving ----------------------------------------------------------------------------------


def leave(place: MemoryStation, member: str) -> None:
    """Propose that somebody leaves, and let the quorum sign it."""
    with place.console() as console:
        steps.propose_without(console, member)
    sign_by_quorum(place)


def sign_by_quorum(place: MemoryStation) -> None:
    for member in ("legal-1", "legal-2", "it-1", "it-2"):
        with place.console() as console:
            for step in steps.proposals(console):
                steps.sign(console, step.id, member)


def newcomer(place: MemoryStation) -> Locked:
    """Return what somebody has who joins at this station: a section in its settings."""
    section = KeyholderSection("it-9", "Nora Oster", "it")
    return place.locked_for(replace(place.settings, keyholders=(*place.settings.keyholders, section)))


def test_whoever_joins_signs_first_and_then_the_quorum(many: MemoryStation) -> None:
    with many.console() as console:
        enrolment.enrol_here(console, newcomer(many), "it-9")
        (step,) = steps.proposals(console)
        assert (step.unsigned_newcomers(), [m.id for m in step.after.roster.members][-1]) == ([], "it-9")
        assert "it-9" not in {member.id for member in console.policy.roster.members}
    sign_by_quorum(many)
    with many.console() as console:
        assert console.policy.roster.member("it-9").role == "it"
        assert "slots/it-9.json" in console.vault.names("slots/")
        assert console.people["it-9"].startswith("p-")
    lifecycle.lock(many.locked)
    many.unlock("it-9")


def test_whoever_left_has_no_slot_and_cannot_be_asked(many: MemoryStation) -> None:
    leave(many, "it-3")
    with many.console() as console:
        assert "slots/it-3.json" not in console.vault.names("slots/")
        assert "it-3" not in {member.id for member in console.policy.roster.members}
        with pytest.raises(Refused, match="unknown_member"):
            proof.prove(console, "it-3")
    lifecycle.lock(many.locked)
    with pytest.raises(ConsoleError):
        lifecycle.unlock(many.locked, "it-3")


def test_a_proposal_that_is_not_complete_changes_nobody(many: MemoryStation) -> None:
    with many.console() as console:
        steps.propose_without(console, "it-3")
        (step,) = steps.proposals(console)
        steps.sign(console, step.id, "legal-1")
        with pytest.raises(Refused, match="not_a_keyholder"):
            steps.sign(console, step.id, UNLOCKER)
    with many.console() as console:
        assert (console.policy.number, [step.id for step in steps.proposals(console)]) == (1, [step.id])


def test_a_request_that_nobody_opened_ends_with_the_policy_it_was_made_under(many: MemoryStation) -> None:
    with many.console() as console:
        act = filed(console, {"credential": PASSWORD})
    leave(many, "it-3")
    with many.console() as console:
        activation = activations.load(console, act)
        assert (activation.over, activation.ended_why) == ("expired", "policy_changed")


# --- being reached ----------------------------------------------------------------------------------------


def test_deputies_are_called_in_order_and_whoever_is_suspended_is_passed_over(many: MemoryStation) -> None:
    with many.console() as console:
        for member, deputy in (("it-1", "it-2"), ("it-2", "it-3"), ("it-3", "it-1")):
            enrolment.set_contact(console, member, Contact(phone="+49 30 1234", deputy=deputy))
        enrolment.set_contact(console, "it-1", Contact(mail="it@demo.example"))
        known = enrolment.contacts(console)
        assert known["it-1"] == Contact("+49 30 1234", "it@demo.example", "", "it-2")
        assert enrolment.deputies(console, known)["it-1"] == ["it-2", "it-3"]
        suspension.suspend(console, "it-2", "it-1")
    with many.console() as console:
        assert enrolment.deputies(console, enrolment.contacts(console))["it-1"] == ["it-3"]


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (Contact(), "contact_empty"),
        (Contact(phone="1" * 201), "contact_too_long"),
        (Contact(deputy="legal-1"), "deputy_wrong"),
        (Contact(deputy="it-1"), "deputy_wrong"),
    ],
)
def test_a_card_that_helps_nobody_is_refused(place: MemoryStation, card: Contact, code: str) -> None:
    with place.console() as console:
        with pytest.raises(Refused) as error:
            enrolment.set_contact(console, "it-1", card)
        assert (error.value.code, enrolment.contacts(console)) == (code, {})
