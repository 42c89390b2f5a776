# SPDX-License-Identifier: Apache-2.0
"""The rules of one activation, from the request to its close, on a station in memory."""

from collections.abc import Sequence

import pytest

from console.actions.activation import approval, lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.policy import suspension
from console.domain.entries.activation import ActivationEnded, ActivationExpired, ActivationRefused
from console.domain.entries.entry import Entry
from console.domain.entries.release import ReleaseIntended, ReleaseOutcome
from console.domain.errors import Corrupt, Refused, Unavailable
from tests.support.activations import approve, filed, justified, open_for
from tests.support.memory_station import (
    CODES,
    MANY,
    PASSWORD,
    SEALED,
    TWO_LEGAL,
    UNLOCKER,
    MemoryStation,
    sealed_station,
)
from tests.support.screens import Paper

MINUTE = 60


def entries(console: Console, type_: str, act: str | None = None) -> Sequence[Entry]:
    return list(console.journal.entries(type_=type_, act=act))


def state(console: Console, act: str) -> str:
    return lifecycle.load(console, act).state(console.machine.reading())


def refused_codes(console: Console, act: str) -> list[str]:
    return [ActivationRefused.read(entry).code for entry in entries(console, ActivationRefused.TYPE, act)]


def problems(error: Refused) -> dict[str, str]:
    return dict(error.facts["problems"])  # type: ignore[call-overload, no-any-return]


# --- asking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "needed"), [([PASSWORD], {"legal": 1, "it": 1}), ([CODES, TWO_LEGAL], {"legal": 2, "it": 1})]
)
def test_a_request_asks_for_as_many_as_the_strictest_of_its_classes(
    memory: Console, names: list[str], needed: dict[str, int]
) -> None:
    act = filed(memory, *[{"credential": name} for name in names])
    assert lifecycle.load(memory, act).missing() == needed
    assert state(memory, act) == "requested"


def test_a_request_makes_a_key_that_ends_when_it_expires(place: MemoryStation) -> None:
    with place.console() as console:
        act, valid = filed(console, {"credential": PASSWORD}), console.policy.rules.request_valid_seconds
        assert lifecycle.key_name(act) in console.hsm.keys()
    place.machine.advance(valid)
    with place.console() as console:
        assert lifecycle.key_name(act) not in console.hsm.keys()
        (entry,) = entries(console, ActivationExpired.TYPE, act)
        assert (ActivationExpired.read(entry).why, state(console, act)) == ("time", "expired")


@pytest.mark.parametrize(
    ("name", "value"),
    [("reason", "too short"), ("matters", ["Müller"]), ("minutes", 10_000), ("releases", 0), ("jurisdictions", ["XX"])],
)
def test_a_request_that_says_too_little_is_refused_by_its_field(memory: Console, name: str, value: object) -> None:
    before = memory.hsm.keys()
    with pytest.raises(Refused, match="request_incomplete") as error:
        lifecycle.request(memory, {**justified([{"credential": PASSWORD}]), name: value})  # type: ignore[dict-item]
    assert [field.split("[")[0] for field in problems(error.value)] == [name]
    assert (memory.hsm.keys(), entries(memory, "activation.requested")) == (before, [])


def test_the_same_words_do_not_ask_twice_unless_the_request_was_taken_back(memory: Console) -> None:
    fields = justified([{"credential": PASSWORD}])
    first = str(lifecycle.request(memory, fields)["activation"])
    with pytest.raises(Refused, match="request_incomplete") as error:
        lifecycle.request(memory, fields)
    assert set(problems(error.value)) == {"reason", "harm_if_delayed"}
    lifecycle.withdraw(memory, first)
    lifecycle.request(memory, fields)
    assert len(entries(memory, "activation.requested")) == 2


def test_nobody_asks_for_what_is_not_there_or_in_anothers_name(memory: Console) -> None:
    with pytest.raises(Refused, match="unknown_credential"):
        filed(memory, {"credential": "nothing-of-that-name"})
    with pytest.raises(Refused, match="requester_is_another"):
        lifecycle.request(memory, justified([{"credential": PASSWORD}]), sign_as="it-1")


def test_a_signed_request_uses_the_requesters_token_once(place: MemoryStation, memory: Console) -> None:
    place.tokens[UNLOCKER].uses.clear()
    act = str(lifecycle.request(memory, justified([{"credential": PASSWORD}]), sign_as=UNLOCKER)["activation"])
    assert place.tokens[UNLOCKER].uses == [("sign", "sign")]
    assert lifecycle.load_request(memory, act).body["proof"] == "token"


# --- agreeing ---------------------------------------------------------------------------------------------


def test_each_approval_takes_one_opening_and_one_signature(place: MemoryStation, memory: Console) -> None:
    act = filed(memory, {"credential": PASSWORD}, {"credential": CODES, "codes": 2})
    approve(memory, act, "legal-1")
    assert [verb for verb, _ in place.tokens["legal-1"].uses] == ["along", "decapsulate", "sign", "along"]
    assert lifecycle.load(memory, act).missing() == {"legal": 0, "it": 1}
    approve(memory, act, "it-1")
    assert state(memory, act) == "approved"


@pytest.mark.parametrize(
    ("member", "how", "code"),
    [
        (UNLOCKER, {}, "not_a_keyholder"),
        ("nobody", {}, "unknown_member"),
        ("legal-1", {"matters": ["M-2026-00118"]}, "matters_differ"),
        ("legal-1", {"confirms": []}, "confirmation_missing"),
        ("it-1", {"confirms": ["privilege"]}, "confirmation_unknown"),
    ],
)
def test_who_does_not_approve(memory: Console, member: str, how: dict[str, Sequence[str]], code: str) -> None:
    act = filed(memory, {"credential": PASSWORD})
    with pytest.raises(Refused) as error:
        approval.approve(memory, act, member, **how)
    assert error.value.code == code
    assert lifecycle.load(memory, act).approvals == ()


def test_one_person_approves_once_and_never_their_own_request(memory: Console) -> None:
    fields = {**justified([{"credential": PASSWORD}]), "requester": "legal-1"}
    act = str(lifecycle.request(memory, fields)["activation"])
    with pytest.raises(Refused, match="requester_cannot_approve"):
        approve(memory, act, "legal-1")
    approve(memory, act, "legal-2")
    with pytest.raises(Refused, match="already_approved"):
        approve(memory, act, "legal-2")
    assert len(lifecycle.load(memory, act).approvals) == 1


@pytest.mark.parametrize("code", ["token_absent", "token_removed", "token_broken"])
def test_a_token_that_fails_leaves_a_refusal_and_no_approval(place: MemoryStation, memory: Console, code: str) -> None:
    act = filed(memory, {"credential": PASSWORD})
    place.tokens["legal-1"].failure = Unavailable(code)
    with pytest.raises(Unavailable, match=code):
        approve(memory, act, "legal-1")
    assert (refused_codes(memory, act), state(memory, act)) == ([code], "requested")
    approve(memory, act, "legal-1")
    assert len(lifecycle.load(memory, act).approvals) == 1


def test_anothers_token_signs_for_nobody(place: MemoryStation, memory: Console) -> None:
    act = filed(memory, {"credential": PASSWORD})
    place.tokens["legal-1"] = place.tokens["legal-2"]
    with pytest.raises(Corrupt):
        approve(memory, act, "legal-1")
    assert lifecycle.load(memory, act).approvals == ()


@pytest.mark.parametrize("veto", [False, True])
def test_one_keyholder_stops_a_request(memory: Console, veto: bool) -> None:
    act = filed(memory, {"credential": PASSWORD})
    approve(memory, act, "legal-1", "it-1")
    approval.deny(memory, act, "legal-2", "Die Anmeldung geht seit eben wieder.", veto=veto)
    assert state(memory, act) == "denied"
    assert lifecycle.key_name(act) not in memory.hsm.keys()
    with pytest.raises(Refused, match="activation_state"):
        lifecycle.open_activation(memory, act)


def test_only_a_veto_stops_what_is_open_and_only_with_a_reason(memory: Console) -> None:
    act, why = open_for(memory, {"credential": PASSWORD}), "Die Anmeldung geht seit eben wieder."
    with pytest.raises(Refused, match="activation_state"):
        approval.deny(memory, act, "legal-2", why)
    with pytest.raises(Refused, match="request_incomplete"):
        approval.deny(memory, act, "legal-2", "nein", veto=True)
    approval.deny(memory, act, "legal-2", why, veto=True)
    assert (state(memory, act), lifecycle.load(memory, act).ended_why) == ("ended", "veto")


# --- opening ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [(), ("legal-1",), ("it-1",), ("legal-1", "legal-2")])
def test_without_its_quorum_nothing_opens(memory: Console, members: Sequence[str]) -> None:
    act = filed(memory, {"credential": PASSWORD})
    approve(memory, act, *members)
    with pytest.raises(Refused, match="quorum_not_met"):
        lifecycle.open_activation(memory, act)
    assert (refused_codes(memory, act), state(memory, act)) == (["quorum_not_met"], "requested")
    with pytest.raises(Refused, match="activation_state"):
        release.release(memory, act, PASSWORD, Paper())


def test_whoever_is_suspended_counts_no_more() -> None:
    place = sealed_station(MANY)
    with place.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, "legal-1", "it-1")
        suspension.suspend(console, "legal-1", "legal-2")
    with place.console() as console:
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)
        approve(console, act, "legal-2")
        lifecycle.open_activation(console, act)
        assert state(console, act) == "open"


def test_opening_opens_nothing_and_gives_the_key_the_activations_time(place: MemoryStation, memory: Console) -> None:
    act = filed(memory, {"credential": PASSWORD}, minutes=90)
    approve(memory, act, "legal-1", "it-1")
    place.machine.advance(10 * MINUTE)
    lifecycle.open_activation(memory, act)
    left = place.hsm.until[lifecycle.key_name(act)] - place.machine.reading().up_ns
    assert 90 * MINUTE <= left / lifecycle.SECOND <= 90 * MINUTE + 1
    assert entries(memory, ReleaseIntended.TYPE) == []


# --- releasing --------------------------------------------------------------------------------------------


def test_a_secret_is_shown_once_between_its_two_entries(memory: Console) -> None:
    act, paper = open_for(memory, {"credential": PASSWORD}), Paper()
    release.release(memory, act, PASSWORD, paper)
    assert paper.shown == [(PASSWORD, SEALED[PASSWORD][2])]
    (intent,), (outcome,) = entries(memory, ReleaseIntended.TYPE), entries(memory, ReleaseOutcome.TYPE)
    assert (intent.seq + 1, ReleaseOutcome.read(outcome).outcome) == (outcome.seq, "read_back")
    assert ReleaseOutcome.read(outcome).intent == intent.seq


def test_nothing_is_shown_before_the_journal_has_it(place: MemoryStation, memory: Console) -> None:
    act, paper = open_for(memory, {"credential": CODES, "codes": 1}), Paper()
    left = versions.unburnt(memory)
    place.stored.failures[:] = [Unavailable("journal_unavailable", why="disk")]
    with pytest.raises(Unavailable, match="journal_unavailable"):
        release.release(memory, act, CODES, paper)
    assert (paper.shown, versions.unburnt(memory)) == ([], left)


def test_what_was_shown_and_not_written_down_counts_as_shown(place: MemoryStation) -> None:
    with place.console() as console:
        act, paper = open_for(console, {"credential": PASSWORD}), Paper()
        place.stored.failures[:] = [None, Unavailable("journal_unavailable", why="disk")]
        with pytest.raises(Unavailable, match="journal_unavailable"):
            release.release(console, act, PASSWORD, paper)
    assert len(paper.shown) == 1
    with place.console() as console:
        (outcome,) = entries(console, ReleaseOutcome.TYPE)
        assert (ReleaseOutcome.read(outcome).outcome, outcome.actor) == ("unknown", "program")
        assert lifecycle.load(console, act).releases_used() == 1


def test_a_code_is_burnt_before_it_is_seen_and_never_comes_again(place: MemoryStation, memory: Console) -> None:
    act, lines = open_for(memory, {"credential": CODES, "codes": 2}), SEALED[CODES][2].split(b"\n")
    left: list[int] = []

    class Watching(Paper):
        def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
            left.append(len([row for row in versions.unburnt(memory) if row.startswith(CODES)]))
            return super().show(title, secret, kind=kind, seconds=seconds)

    paper = Watching()
    for _ in range(2):
        release.release(memory, act, CODES, paper)
    with pytest.raises(Refused, match="code_gone"):
        release.release(memory, act, CODES, paper)
    assert ([secret for _, secret in paper.shown], left) == (lines[:2], [9, 8])


def test_a_screen_that_breaks_has_perhaps_shown_it(memory: Console) -> None:
    act = open_for(memory, {"credential": PASSWORD})

    class Broken(Paper):
        def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
            raise OSError("the screen went dark")

    with pytest.raises(OSError, match="went dark"):
        release.release(memory, act, PASSWORD, Broken())
    (outcome,) = entries(memory, ReleaseOutcome.TYPE)
    assert ReleaseOutcome.read(outcome).outcome == "unknown"
    assert lifecycle.load(memory, act).exposed() == {PASSWORD: 1}


def test_what_was_not_asked_for_stays_sealed(memory: Console) -> None:
    act, paper = open_for(memory, {"credential": PASSWORD}), Paper()
    with pytest.raises(Refused, match="not_in_request"):
        release.release(memory, act, TWO_LEGAL, paper)
    assert (paper.shown, refused_codes(memory, act)) == ([], ["not_in_request"])


def test_a_used_up_budget_freezes_until_both_groups_reset_it(memory: Console) -> None:
    act, paper = open_for(memory, {"credential": PASSWORD}, releases=1), Paper()
    release.release(memory, act, PASSWORD, paper)
    with pytest.raises(Refused, match="budget_used_up"):
        release.release(memory, act, PASSWORD, paper)
    assert state(memory, act) == "frozen"
    approval.second(memory, act, "legal-1", "reset", 1)
    with pytest.raises(Refused, match="budget_used_up"):
        release.release(memory, act, PASSWORD, paper)
    approval.second(memory, act, "it-1", "reset", 1)
    release.release(memory, act, PASSWORD, paper)
    assert len(paper.shown) == 2


def test_a_record_that_was_exchanged_opens_nothing(place: MemoryStation, memory: Console) -> None:
    act, paper = open_for(memory, {"credential": PASSWORD}), Paper()
    mine, other = (f"records/{name}/000001-000.json" for name in (PASSWORD, TWO_LEGAL))
    place.vault.files[mine] = place.vault.files[other]
    with pytest.raises(Corrupt, match="record_not_the_sealed_one"):
        release.release(memory, act, PASSWORD, paper)
    assert paper.shown == []


# --- time -------------------------------------------------------------------------------------------------


def test_time_ends_it_although_nobody_is_there(place: MemoryStation) -> None:
    with place.console() as console:
        act = open_for(console, {"credential": PASSWORD}, minutes=60)
    place.machine.advance(61 * MINUTE)
    assert lifecycle.key_name(act) not in place.hsm.keys()
    with place.console() as console:
        (entry,) = entries(console, ActivationEnded.TYPE, act)
        said = ActivationEnded.read(entry)
        assert (said.why, said.noticed_late_seconds, state(console, act)) == ("time", MINUTE, "ended")


def test_both_groups_extend_it_and_never_beyond_the_hard_maximum(place: MemoryStation) -> None:
    with place.console() as console:
        act = open_for(console, {"credential": PASSWORD}, minutes=60)
        most = console.policy.rules.seconds_hard_max
        with pytest.raises(Refused, match="beyond_hard_maximum"):
            approval.second(console, act, "legal-1", "extend", most)
        approval.second(console, act, "legal-1", "extend", 30 * MINUTE)
        approval.second(console, act, "it-1", "extend", 20 * MINUTE)
        assert lifecycle.load(console, act).seconds == 60 * MINUTE
        approval.second(console, act, "it-1", "extend", 30 * MINUTE)
    place.machine.advance(80 * MINUTE)
    with place.console() as console:
        assert state(console, act) == "open"


def test_a_clock_that_went_back_over_a_boot_freezes_until_both_groups_go_on(place: MemoryStation) -> None:
    with place.console() as console:
        act = open_for(console, {"credential": PASSWORD})
    place.machine.reboot(off_seconds=-MINUTE)
    with place.console() as console:
        with pytest.raises(Refused, match="frozen_by_clock"):
            release.release(console, act, PASSWORD, Paper())
        for member in ("legal-1", "it-1"):
            approval.second(console, act, member, "resume")
        release.release(console, act, PASSWORD, Paper())


# --- the end ----------------------------------------------------------------------------------------------


def test_after_the_end_no_approval_opens_anything(memory: Console) -> None:
    act, paper = open_for(memory, {"credential": PASSWORD}), Paper()
    filed_ = lifecycle.load_request(memory, act)
    lifecycle.end(memory, act)
    with pytest.raises(Refused, match="activation_state"):
        release.release(memory, act, PASSWORD, paper)
    with pytest.raises(Refused, match="key_gone"):
        memory.hsm.derive(lifecycle.key_name(act), [memory.policy.roster.station_point("journal")])
    assert (paper.shown, len(lifecycle.load_approvals(memory, filed_))) == ([], 2)


def test_what_was_shown_is_owed_until_a_second_person_confirms_the_new_one(memory: Console) -> None:
    act = open_for(memory, {"credential": PASSWORD})
    release.release(memory, act, PASSWORD, Paper())
    lifecycle.end(memory, act)
    with pytest.raises(Refused, match="debts_owed"):
        lifecycle.close(memory, act)
    versions.rotate(memory, PASSWORD, bytearray(b"another-secret"), sign_as="it-2")
    with pytest.raises(Refused, match="second_person_needed"):
        versions.confirm(memory, PASSWORD, "it-2", "ticket 17")
    versions.confirm(memory, PASSWORD, "it-1", "ticket 17")
    lifecycle.close(memory, act)
    assert state(memory, act) == "closed"


def test_a_key_that_was_destroyed_before_its_entry_ends_it_at_the_next_start(place: MemoryStation) -> None:
    with place.console() as console:
        act = open_for(console, {"credential": PASSWORD})
        place.stored.failures[:] = [Unavailable("journal_unavailable", why="disk")]
        with pytest.raises(Unavailable):
            lifecycle.end(console, act)
    with place.console() as console:
        assert (state(console, act), lifecycle.load(console, act).ended_why) == ("ended", "key_gone")


@pytest.mark.parametrize("verb", [lifecycle.withdraw, lifecycle.end, lifecycle.close, lifecycle.open_activation])
def test_no_verb_works_on_what_is_over(memory: Console, verb: object) -> None:
    act = filed(memory, {"credential": PASSWORD})
    lifecycle.withdraw(memory, act)
    with pytest.raises(Refused, match="activation_state"):
        verb(memory, act)  # type: ignore[operator]
    with pytest.raises(Refused, match="unknown_activation"):
        verb(memory, "019ab3c0-0000-7000-8000-000000000000")  # type: ignore[operator]


def test_every_entry_of_it_verifies(memory: Console) -> None:
    act = open_for(memory, {"credential": PASSWORD}, {"credential": CODES, "codes": 1})
    release.release(memory, act, CODES, Paper())
    lifecycle.end(memory, act)
    assert memory.journal.verify(deep=True)["findings"] == []
