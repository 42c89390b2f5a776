# SPDX-License-Identifier: Apache-2.0
"""A group that has lost all its tokens comes back by its recovery sheets; and what those sheets never change alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from console.actions.activation import lifecycle, release, reseal, stand_in
from console.actions.journal import reading
from console.actions.keyholder import enrolment, sheet_status
from console.actions.policy import steps
from console.actions.station import lifecycle as station_actions
from console.cli import policy_lines
from console.domain.canonical import Json, Object, encode, to_base64
from console.domain.errors import Corrupt, Refused
from console.settings import read
from console.wiring.station import Station
from tests.attacks.sheets import lose_tokens, status_of
from tests.support.activations import approve, filed
from tests.support.newcomers import PIN, newcomer, section
from tests.support.scenes import CODES, TWO_LEGAL, Scene, pins_of, staged
from tests.support.screens import Paper
from tests.support.sheets import NEW_CODES, RECOVERABLE, print_and_prove, recovery_base, words_of
from tests.support.stations import Pins

pytestmark = pytest.mark.real

LEGAL = ("legal-1", "legal-2")
NO_SHEETS: Object = {"remove": [{"sheets": "legal"}]}
REASON = "Alle Karten von Legal sind verbrannt, die Blätter müssen noch einmal öffnen."


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station with sheets in force; no token of Legal is left."""
    with staged(recovery_base()) as lent:
        lose_tokens(lent, "legal")
        yield lent


def propose(scene: Scene, change: Object) -> str:
    with scene.console() as console:
        return str(steps.propose_change(console, change)["proposal"])


def enrol(scene: Scene, onto: str, member: str) -> str:
    """Give somebody of Legal a new token, in a proposal on top of another one."""
    with scene.console() as console:
        name = console.policy.roster.member(member).name
        new = section(scene, member, name)
        with newcomer(scene, new) as place:
            enrolled = enrolment.enrol_here(console, place.locked, member, onto=onto)
    return str(cast(Object, enrolled["proposal"])["proposal"])


@contextmanager
def with_new_tokens(scene: Scene) -> Iterator[Scene]:
    """Lend the station as the next face finds it, whose file names the new tokens."""
    station = Station(read(scene.home), Pins({**pins_of(scene.folder), **dict.fromkeys(LEGAL, PIN)}))
    try:
        yield replace(scene, station=station)
    finally:
        station.close()


@contextmanager
def enrolled(scene: Scene) -> Iterator[tuple[Scene, str]]:
    """Lend the station with a proposal that gives both of Legal new tokens and that they have signed."""
    proposal = enrol(scene, enrol(scene, propose(scene, NO_SHEETS), LEGAL[0]), LEGAL[1])
    with with_new_tokens(scene) as later:
        with later.console() as console:
            assert steps.sign(console, proposal, LEGAL[0])["newcomers_missing"] == []
        yield later, proposal


def by_sheets(scene: Scene, proposal: str, group: str = "legal", witness: str = "it-1", **how: Any) -> Object:
    with scene.console() as console:
        return stand_in.sign(console, proposal, group, words_of(scene)[group], witness, **how)


def opened(scene: Scene, *by: str) -> str:
    with scene.console() as console:
        act = filed(console, {"credential": RECOVERABLE}, releases=12)
        approve(console, act, *by)
        lifecycle.open_activation(console, act)
    return act


# --- the way back --------------------------------------------------------------------------------------------


@pytest.mark.long
def test_legal_comes_back_by_its_sheets_and_opens_again_what_they_opened_once(scene: Scene) -> None:
    """From the last lost token to a secret that the new tokens open, and no sheets any more."""
    with enrolled(scene) as (scene, proposal):
        answer = by_sheets(scene, proposal, present=["Anna Berg", "Ben Clausen"])
        assert (answer["in_force"], answer["owed"]) == (True, [RECOVERABLE])
        # Sealed before there were sheets, or never to sheets: only the tokens that are gone opened it.
        assert {CODES, NEW_CODES, TWO_LEGAL} <= set(cast(list[str], answer["lost"]))
        assert RECOVERABLE not in cast(list[str], answer["lost"])
        with scene.console() as console:
            shown = steps.show(console.policy, [])
            assert (shown["by_sheets"], console.policy.roster.sheet_keys("legal")) == ("legal", None)
            assert "signed with the recovery sheets of Legal" in "\n".join(policy_lines.policy(shown))
            assert status_of(console, "legal")["state"] == "spent"
            (used,) = console.journal.entries(type_="recovery.used")
            assert (used.body["purpose"], used.body["proposal"], used.proof) == ("step", proposal, "token")
            said = cast(dict[str, Any], console.journal.open_fields(used)["stood_in"])
            assert said["present"] == ["Anna Berg", "Ben Clausen"]
            # What no sheets open is lost, and in nobody's way.
            with pytest.raises(Refused, match=r"too_few_holders.*group=legal, left=0"):
                filed(console, {"credential": NEW_CODES})
            act = filed(console, {"credential": RECOVERABLE}, releases=12)
            approve(console, act, "it-1")
            stand_in.use(console, act, "legal", words_of(scene)["legal"], "it-2", again=REASON)
            lifecycle.open_activation(console, act)
            assert reseal.reseal(console, act)["resealed"] == [{"credential": RECOVERABLE, "item": 0}]
            lifecycle.end(console, act)
        act, paper = opened(scene, "legal-1", "legal-2", "it-1"), Paper()
        with scene.console() as console:
            release.release(console, act, RECOVERABLE, paper)
            assert reading.verify(console, deep=True)["ok"]
        assert paper.shown == [(RECOVERABLE, scene.sealed[RECOVERABLE])]
        station_actions.lock(scene.station.locked)
        assert scene.station.unlock("legal-2")["alarm"] == []


@pytest.mark.long
def test_new_sheets_come_with_the_same_step(scene: Scene) -> None:
    """Printed and read back first, so nobody is ever without; the old ones open nothing that is sealed from then on."""
    with scene.console() as console:
        words, base = print_and_prove(console, scene.folder / "again", ["legal"])
    proposal = enrol(scene, base, "legal-1")
    assert by_sheets(scene, proposal)["in_force"]
    with scene.console() as console:
        assert status_of(console, "legal")["state"] == "in_force"
        assert sheet_status.drill(console, "legal", words["legal"])["generation"] == 2
        # What went does not come back with the next set that is read back.
        _, other = print_and_prove(console, scene.folder / "third", ["it"])
        assert [row["subject"] for row in _differences(console, other)] == ["it"]


def _differences(console: Any, proposal: str) -> list[dict[str, Json]]:
    return cast(list[dict[str, Json]], steps.describe(steps.find(console, proposal))["differences"])


# --- what sheets never do ------------------------------------------------------------------------------------


def test_sheets_that_would_go_on_counting_sign_nothing(scene: Scene) -> None:
    proposal = propose(scene, {"rules": {"minutes_max": 60}})
    with pytest.raises(Refused, match=r"sheets_would_stay \(group=legal\)"):
        by_sheets(scene, proposal)
    with scene.console() as console:
        assert list(console.journal.entries(type_="recovery.used")) == []


def test_the_sheets_of_one_group_weaken_nothing_without_the_others(scene: Scene) -> None:
    """IT's tokens sign for IT alone: with IT's sheets, Legal is missing; its sheets do not count beside them."""
    proposal = propose(scene, {"remove": [{"sheets": "it"}, {"sheets": "legal"}]})
    for witness, code in (("it-1", "witness_of_another_group"), ("legal-ops-1", "not_a_keyholder")):
        with pytest.raises(Refused, match=code):
            by_sheets(scene, proposal, "it", witness)
    answer = by_sheets(scene, proposal)
    assert answer["in_force"]


def test_two_groups_sheets_sign_nothing_together() -> None:
    with staged(recovery_base()) as scene:
        change: Object = {"remove": [{"sheets": "it"}, {"sheets": "legal"}], "classes": {"privileged": {"legal": 1}}}
        proposal = propose(scene, change)
        answer = by_sheets(scene, proposal, "it", "legal-1")
        assert (answer["in_force"], answer["missing"]) == (False, {"it": 0, "legal": 1})
        with pytest.raises(Refused, match=r"sheets_of_one_group.*group=it"):
            by_sheets(scene, proposal, "legal", "it-1")
        with scene.console() as console:
            assert console.policy.number == 2
            # Spent by the attempt: the same words sign the next one only with a reason that is kept.
            assert status_of(console, "it")["state"] == "spent"
            assert status_of(console, "legal")["state"] == "in_force"
        other = propose(scene, {"remove": [{"sheets": "it"}]})
        with pytest.raises(Refused, match=r"sheets_spent.*slot=it, generation=1"):
            by_sheets(scene, other, "it", "legal-1")
        assert by_sheets(scene, other, "it", "legal-1", again=REASON)["missing"] == {"it": 0, "legal": 1}


def test_newcomers_sign_before_the_sheets_and_wrong_words_spend_nothing(scene: Scene) -> None:
    base = propose(scene, NO_SHEETS)
    proposal = enrol(scene, enrol(scene, base, LEGAL[0]), LEGAL[1])
    with pytest.raises(Refused, match=r"newcomers_sign_first \(members=legal-1\)"):
        by_sheets(scene, proposal)
    with scene.console() as console:
        for words, code in (
            (words_of(scene)["it"], "sheet_of_another_set"),
            (words_of(scene)["legal"][:1], "sheets_too_few"),
        ):
            with pytest.raises(Refused, match=code):
                stand_in.sign(console, base, "legal", words, "it-1")
        with pytest.raises(Refused, match="unknown_proposal"):
            stand_in.sign(console, "0" * 12, "legal", words_of(scene)["legal"], "it-1")
        assert status_of(console, "legal")["state"] == "in_force"


def test_tokens_alone_do_not_lock_out_what_the_sheets_may_leave_behind() -> None:
    """What counts lost where sheets sign is still refused where tokens do."""
    with staged(recovery_base()) as scene:
        proposal = enrol(scene, propose(scene, NO_SHEETS), LEGAL[0])
        with scene.console() as console:
            steps.sign(console, proposal, "it-1")
            steps.sign(console, proposal, "legal-2")
            with pytest.raises(Refused, match=r"would_lock_out.*group=legal"):
                steps.sign(console, proposal, "legal-1")


def test_a_step_edited_on_the_disk_to_be_signed_by_sheets(scene: Scene) -> None:
    proposal = propose(scene, NO_SHEETS)
    assert by_sheets(scene, proposal)["in_force"]
    file = scene.home / "policy" / "000003.json"
    value = json.loads(file.read_bytes())
    value["sheets"]["signature"] = to_base64(bytes(64))
    file.write_bytes(encode(value))
    with pytest.raises(Corrupt, match="signature_wrong"), scene.console():
        pass
    value["sheets"] = None
    file.write_bytes(encode(value))
    with pytest.raises(Corrupt, match="step_unsigned"), scene.console():
        pass
