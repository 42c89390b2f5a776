# SPDX-License-Identifier: Apache-2.0
"""What comes next, for whom: the rule alone, without a window."""

from dataclasses import replace
from typing import Any

import pytest

from console.gui.shell.next_step import next_step, tasks_of
from console.gui.snapshot import Alarm, Person, Snapshot, View
from tests.gui.views import CREDENTIALS, activation, snapshot

OWED = [{"debt": "rotation", "credential": "crm-admin", "version": 1}]
CANDIDATE: View = {**CREDENTIALS[0], "state": "exposed", "candidate": 2}
READER = Person("c-1", "Cora Reyes", "compliance")


def seen_by(member: str, *live: View, **changes: Any) -> Snapshot:
    return replace(snapshot(*live), unlocked_by=member, **changes)


@pytest.mark.parametrize(
    ("member", "state", "page", "verb"),
    [
        ("ops-1", "requested", "approve", "Let them decide"),
        ("legal-1", "requested", "approve", "Read it and decide"),
        ("ops-1", "approved", "session", "Go on to opening it"),
        ("it-1", "open", "session", "Go to the open session"),
        ("it-1", "frozen", "session", "Go to the frozen session"),
        ("ops-1", "ended", "session", "Go and complete it"),
    ],
)
def test_what_an_activation_asks_of_whom(member: str, state: str, page: str, verb: str) -> None:
    step = next_step(seen_by(member, activation(state)))
    assert (step.page, step.verb, step.about) == (page, verb, "act-123456")


def test_nobody_is_asked_to_decide_twice_nor_about_their_own_request() -> None:
    approved = activation(approvals=[{"member": "legal-1", "group": "legal"}])
    assert next_step(seen_by("legal-1", approved)).verb == "Let them decide"
    assert next_step(seen_by("legal-1", activation(requester="legal-1"))).verb == "Let them decide"
    waiting = next_step(seen_by("legal-1", activation(requester="legal-1", missing={"it": 1})))
    assert "Carla Dietz" in waiting.why
    assert "Anna Berg" not in waiting.why


def test_what_is_open_comes_before_what_waits() -> None:
    step = next_step(seen_by("legal-1", activation(), activation("open", activation="act-2")))
    assert step.about == "act-2"


def test_an_empty_budget_is_said() -> None:
    step = next_step(seen_by("ops-1", activation("open", budget={"releases": 4, "used": 4, "left": 0})))
    assert "All showings are used" in step.why


def test_a_rotation_is_owed_then_confirmed_then_the_activation_closed() -> None:
    ended = activation("ended", owed=OWED)
    assert next_step(seen_by("it-1", ended)).verb == "Go and seal it"
    assert next_step(seen_by("it-1", ended)).about == "crm-admin"
    assert next_step(seen_by("it-1", ended, credentials=(CANDIDATE,))).verb == "Go and confirm it"
    assert next_step(seen_by("it-1", activation("ended"))).verb == "Go and complete it"


def test_alarm_and_paper_come_before_everything() -> None:
    alarm = Alarm(("rewritten",), ())
    assert next_step(seen_by("it-1", activation("open"), alarm=alarm)).page == "alarm"
    assert next_step(seen_by("it-1", activation("open"), light="paper")).page == "paper"
    assert tasks_of(seen_by("it-1", alarm=alarm)) == ("station", "journal", "alarm")


def test_peace_is_not_the_same_for_everybody() -> None:
    assert next_step(seen_by("ops-1")).page == "request"
    assert next_step(seen_by("ops-1", has_prepared=True)).page == "prepared"
    assert next_step(seen_by("legal-1")).page == "readiness"
    assert next_step(seen_by("legal-1", credentials=())).page == "seal"
    assert next_step(seen_by("legal-1", notices_owed=2)).page == "erasure"


CHANGE: View = {"number": 2, "missing": {"legal": 1, "it": 0}, "newcomers_missing": [], "signed": []}


@pytest.mark.parametrize(
    ("member", "changed", "waits"),
    [
        ("legal-1", {}, True),
        ("it-1", {}, False),  # Nobody of their group is missing.
        ("ops-1", {}, False),  # Signs nothing.
        ("legal-1", {"signed": ["legal-1"]}, False),
        ("legal-1", {"newcomers_missing": ["it-2"]}, False),  # Who joins signs first.
    ],
)
def test_a_change_waits_for_whoever_must_sign_it(member: str, changed: dict[str, Any], waits: bool) -> None:
    step = next_step(seen_by(member, changes=({**CHANGE, **changed},)))
    assert (step.what == "Change number 2 waits for your signature") == waits
    assert (step.page == "people") == waits


def test_an_emergency_comes_before_a_change_and_a_change_before_what_readiness_found() -> None:
    assert next_step(seen_by("legal-1", activation(), changes=(CHANGE,)), 3).page == "approve"
    assert next_step(seen_by("legal-1", changes=(CHANGE,)), 3).page == "people"
    found = next_step(seen_by("legal-1"), 3)
    assert (found.what, found.page) == ("Not in order at the last check: 3", "readiness")
    assert next_step(seen_by("ops-1"), 3).page == "request"


def test_the_rail_holds_what_the_role_may_do_now() -> None:
    assert "people" in tasks_of(seen_by("legal-1"))
    assert "people" not in tasks_of(seen_by("ops-1"))
    assert not {"approve", "session"} & set(tasks_of(seen_by("ops-1")))
    assert "approve" in tasks_of(seen_by("ops-1", activation()))
    assert "session" in tasks_of(seen_by("ops-1", activation("ended")))


def test_who_reads_along_is_given_nothing_to_do() -> None:
    station = seen_by("c-1", activation(), people=(READER,))
    assert next_step(station).page == "journal"
    assert tasks_of(station) == ("station", "board", "journal")
