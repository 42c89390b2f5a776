# SPDX-License-Identifier: Apache-2.0
"""The rules of holding, erasing and reading along, on a station in memory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.journal import reading
from console.actions.keyholder import proof
from console.actions.policy import steps, suspension
from console.actions.privacy import erasure, hold, notices
from console.actions.station import lifecycle as station_actions
from console.domain.entries.privacy import PrivacyErased, PrivacyErasing, PrivacyHeld, PrivacyNotified
from console.domain.errors import ConsoleError, Refused, Unavailable
from console.domain.privacy import retention
from console.domain.privacy.erasure import Erasure
from tests.support.activations import approve, filed, open_for
from tests.support.erasures import is_readable
from tests.support.memory_station import MANY, PASSWORD, UNLOCKER, MemoryStation, sealed_station
from tests.support.screens import Paper

WHY = "Das Gericht hat die Unterlagen angefordert, Beschluss folgt."
NO_LONGER = "Das Gericht braucht die Unterlagen nicht mehr, Beschluss liegt vor."
YEAR = 365 * 24 * 3600


@pytest.fixture
def many() -> MemoryStation:
    """A station with three of each group, and somebody who only reads along."""
    return sealed_station(MANY)


def withdrawn(console: Console) -> str:
    """File a request, approve it, take it back; return its activation."""
    act = filed(console, {"credential": PASSWORD})
    approve(console, act, "legal-2")
    lifecycle.withdraw(console, act)
    return act


def proposed(console: Console, act: str, basis: str = "request") -> Erasure:
    """Propose to erase who asked, inside one activation."""
    erasure.propose(console, basis, subject=UNLOCKER, act=act)
    return erasure.proposals(console)[-1]


def refused(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


# --- holding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "member", "reason", "code"),
    [
        (["M-2026-00117"], "it-1", WHY, "not_of_legal"),
        (["M-2026-00117"], UNLOCKER, WHY, "not_a_keyholder"),
        (["M-2026-00117"], "legal-1", "weil", "request_incomplete"),
        (["act:nothing"], "legal-1", WHY, "hold_target"),
        (["matter:Müller"], "legal-1", WHY, "hold_target"),
        ([], "legal-1", WHY, "hold_target"),
    ],
)
def test_who_holds_nothing(memory: Console, on: list[str], member: str, reason: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        hold.place(memory, on, member, reason)
    assert refused(error) == code
    assert list(memory.journal.entries(type_=PrivacyHeld.TYPE)) == []


def test_a_matters_number_stands_in_no_leaf(memory: Console) -> None:
    act = withdrawn(memory)
    hold.place(memory, ["M-2026-00117", f"act:{act}", "it-1"], "legal-1", WHY)
    (entry,) = memory.journal.entries(type_=PrivacyHeld.TYPE)
    assert set(PrivacyHeld.read(entry).on) == {f"act:{act}", f"subject:{memory.people['it-1']}"}
    assert b"00117" not in entry.data


@pytest.mark.parametrize("on", ["M-2026-00117", "act:{act}", UNLOCKER])
def test_what_is_held_is_not_erased_until_two_groups_lift_it(memory: Console, on: str) -> None:
    act = withdrawn(memory)
    made = proposed(memory, act)
    hold.place(memory, [on.format(act=act)], "legal-1", WHY)
    (entry,) = memory.journal.entries(type_=PrivacyHeld.TYPE)
    id_ = PrivacyHeld.read(entry).hold
    with pytest.raises(Refused, match="legal_hold"):
        erasure.approve(memory, made.id, "legal-1")
    with pytest.raises(Refused, match="legal_hold"):
        proposed(memory, act)
    for member in ("legal-1", "legal-2"):
        hold.lift(memory, id_, member, NO_LONGER)
        with pytest.raises(Refused, match="legal_hold"):
            erasure.approve(memory, made.id, "legal-1")
    hold.lift(memory, id_, "it-1", NO_LONGER)
    erasure.approve(memory, made.id, "legal-1")
    with pytest.raises(Refused, match="unknown_hold"):
        hold.lift(memory, id_, "it-2", NO_LONGER)


def test_a_hold_on_another_matter_keeps_nothing(memory: Console) -> None:
    act = withdrawn(memory)
    hold.place(memory, ["M-2025-00001"], "legal-1", WHY)
    erasure.approve(memory, proposed(memory, act).id, "legal-1")


# --- erasing ----------------------------------------------------------------------------------------------


def test_two_people_of_two_groups_erase_and_every_proof_holds(place: MemoryStation) -> None:
    with place.console() as console:
        act, other = withdrawn(console), withdrawn(console)
        made = proposed(console, act)
        erasure.approve(console, made.id, "legal-1")
        assert is_readable(console, act)
        erasure.approve(console, made.id, "it-1")
        assert (is_readable(console, act), is_readable(console, other)) == (False, True)
        with pytest.raises(Refused, match="request_erased"):
            lifecycle.load_request(console, act)
        (entry,) = console.journal.entries(type_=PrivacyErased.TYPE)
        assert PrivacyErased.read(entry).scopes == made.scopes
        assert console.journal.verify(deep=True)["ok"]
        with pytest.raises(Refused, match="erasure_done"):
            erasure.approve(console, made.id, "legal-2")
    with place.console() as console:
        assert erasure.findings(console) == []
        with pytest.raises(Refused, match="nothing_to_erase"):
            proposed(console, act)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("legal-1", "legal-1", "already_approved"),
        ("legal-1", UNLOCKER, "not_a_keyholder"),
        ("it-1", "nobody", "unknown_member"),
    ],
)
def test_one_alone_erases_nothing(memory: Console, first: str, second: str, code: str) -> None:
    act = withdrawn(memory)
    made = proposed(memory, act)
    erasure.approve(memory, made.id, first)
    with pytest.raises(Refused) as error:
        erasure.approve(memory, made.id, second)
    assert (refused(error), is_readable(memory, act)) == (code, True)


def test_two_of_one_group_do_not_suffice(memory: Console) -> None:
    act = withdrawn(memory)
    made = proposed(memory, act)
    for member in ("legal-1", "legal-2"):
        erasure.approve(memory, made.id, member)
    assert is_readable(memory, act) and erasure.done_by(memory, made.id) is None


def test_nobody_agrees_to_erase_what_is_about_themselves(memory: Console) -> None:
    act = withdrawn(memory)
    erasure.propose(memory, "request", subject="legal-2", act=act)
    with pytest.raises(Refused, match="own_erasure"):
        erasure.approve(memory, erasure.proposals(memory)[-1].id, "legal-2")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "nothing_to_erase"),
        ({"subject": "it-1"}, "person_in_force"),
        ({"subject": "nobody"}, "nothing_to_erase"),
        ({"subject": "station"}, "nothing_to_erase"),
        ({"act": "019ab3c0-0000-7000-8000-000000000000"}, "nothing_to_erase"),
    ],
)
def test_what_is_not_proposed(memory: Console, asked: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as error:
        erasure.propose(memory, "request", **asked)
    assert refused(error) == code
    with pytest.raises(Refused, match="unknown_basis"):
        erasure.propose(memory, "because", **asked)


def test_an_activation_is_erased_once_it_owes_nothing(memory: Console) -> None:
    act = open_for(memory, {"credential": PASSWORD})
    release.release(memory, act, PASSWORD, Paper())
    for step in (lambda: None, lambda: lifecycle.end(memory, act)):
        step()
        with pytest.raises(Refused, match="activation_state"):
            proposed(memory, act)
    versions.rotate(memory, PASSWORD, bytearray(b"another-secret"))
    versions.confirm(memory, PASSWORD, "it-2", "ticket 17")
    lifecycle.close(memory, act)
    proposed(memory, act)


def test_age_alone_erases_six_years_after_the_end_and_not_before(place: MemoryStation) -> None:
    with place.console() as console:
        act = withdrawn(console)
        with pytest.raises(Refused, match="kept_until"):
            proposed(console, act, "retention")
    place.machine.advance(6 * YEAR - 1)
    with place.console() as console, pytest.raises(Refused, match="kept_until"):
        proposed(console, act, "retention")
    place.machine.advance(1)
    with place.console() as console:
        assert proposed(console, act, "retention").basis == "retention"
        assert erasure.since_ms(console, "station") is None
        assert retention.due_ms("station", 0) is None


def test_while_the_second_medium_is_away_nothing_is_erased(place: MemoryStation) -> None:
    with place.console() as console:
        act = withdrawn(console)
        made = proposed(console, act)
        erasure.approve(console, made.id, "legal-1")
        medium, place.vault.medium = place.vault.medium, None
        place.vault.write("cards/any.json", b"{}")
        with pytest.raises(Refused, match="erasure_waits_for_copy"):
            erasure.approve(console, made.id, "it-1")
        assert is_readable(console, act)
    place.vault.medium = medium
    with place.console() as console:
        erasure.approve(console, made.id, "it-1")
        assert not is_readable(console, act)


def test_an_erasure_that_was_cut_is_finished_by_whoever_opens_the_station_next(place: MemoryStation) -> None:
    with place.console() as console:
        act = withdrawn(console)
        made = proposed(console, act)
        erasure.approve(console, made.id, "legal-1")
        place.stored.failures[:] = [None, Unavailable("journal_unavailable", why="disk")]
        with pytest.raises(Unavailable, match="journal_unavailable"):
            erasure.approve(console, made.id, "it-1")
        assert len(list(console.journal.entries(type_=PrivacyErasing.TYPE))) == 1
        assert erasure.done_by(console, made.id) is None
    with place.console() as console:
        assert (erasure.done_by(console, made.id) is not None, is_readable(console, act)) == (True, False)


def test_a_table_that_was_put_back_brings_nothing_back(place: MemoryStation) -> None:
    with place.console() as console:
        act = withdrawn(console)
        made = proposed(console, act)
        files, pairs = dict(place.vault.files), dict(place.hsm.pairs)
        for member in ("legal-1", "it-1"):
            erasure.approve(console, made.id, member)
    place.vault.files |= {name: data for name, data in files.items() if name.startswith("table/")}
    place.hsm.pairs |= {name: pair for name, pair in pairs.items() if name.startswith("table-")}
    for name in set(place.vault.names("table/")) - files.keys():
        place.vault.remove(name)
    with place.console() as console:
        assert not is_readable(console, act)
        assert set(made.scopes).isdisjoint(erasure.scopes(console))


def test_another_roster_overtakes_a_proposal(many: MemoryStation) -> None:
    with many.console() as console:
        made = proposed(console, withdrawn(console))
        steps.propose_without(console, "it-3")
    for member in ("legal-1", "legal-2", "it-1", "it-2"):
        with many.console() as console:
            for step in steps.proposals(console):
                steps.sign(console, step.id, member)
    with many.console() as console, pytest.raises(Refused, match="erasure_overtaken"):
        erasure.approve(console, made.id, "legal-1")


# --- who was given it -------------------------------------------------------------------------------------


def test_whoever_was_given_it_before_is_owed_a_notice_once(memory: Console, tmp_path: Path) -> None:
    act = withdrawn(memory)
    reading.export(memory, tmp_path / "before")
    (exported,) = memory.journal.entries(type_="journal.exported")
    made = proposed(memory, act)
    with pytest.raises(Refused, match="no_such_notice"):
        notices.given(memory, made.id, exported.seq)
    for member in ("legal-1", "it-1"):
        erasure.approve(memory, made.id, member)
    reading.export(memory, tmp_path / "after")
    last = next(memory.journal.entries(type_="journal.exported", newest_first=True))
    with pytest.raises(Refused, match="no_such_notice"):
        notices.given(memory, made.id, last.seq)
    notices.given(memory, made.id, exported.seq)
    (entry,) = memory.journal.entries(type_=PrivacyNotified.TYPE)
    assert PrivacyNotified.read(entry).of == exported.seq
    with pytest.raises(Refused, match="no_such_notice"):
        notices.given(memory, made.id, exported.seq)


# --- reading along ----------------------------------------------------------------------------------------


def test_whoever_only_reads_along_brings_about_nothing(many: MemoryStation) -> None:
    with many.console() as console:
        act = withdrawn(console)
        made = proposed(console, act)
    station_actions.lock(many.locked)
    many.unlock("reader-1")
    acts: list[Callable[[Console], object]] = [
        lambda console: filed(console, {"credential": PASSWORD}),
        lambda console: versions.rotate(console, PASSWORD, bytearray(b"x" * 20)),
        lambda console: erasure.approve(console, made.id, "legal-1"),
        lambda console: hold.place(console, ["M-2026-00117"], "legal-1", WHY),
        lambda console: suspension.suspend(console, "it-1", "it-2"),
        lambda console: steps.propose_without(console, "it-3"),
        lambda console: proof.prove(console, "it-1"),
    ]
    with many.console() as console:
        before, files = console.journal.size(), dict(many.vault.files)
        for attempt in acts:
            with pytest.raises(Refused, match="reader_only_reads"):
                attempt(console)
        assert (console.journal.size(), many.vault.files) == (before, files)
        assert [entry.act for entry in console.journal.entries(act=act, limit=1)] == [act]
        assert is_readable(console, act)


def test_a_reader_is_no_keyholder(many: MemoryStation) -> None:
    with many.console() as console:
        act = filed(console, {"credential": PASSWORD})
        with pytest.raises(ConsoleError):
            approve(console, act, "reader-1")
        assert lifecycle.load(console, act).approvals == ()
