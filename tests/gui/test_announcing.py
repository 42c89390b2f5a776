# SPDX-License-Identifier: Apache-2.0
"""What is told aloud: what matters, once; never the seconds."""

from dataclasses import replace
from typing import Any

from console.gui.shell.announcements import LOCKED, Announcer
from console.gui.snapshot import Snapshot, up_seconds
from tests.gui.views import activation, snapshot


def at(left: int, state: str = "open", **changes: Any) -> Snapshot:
    """Return a station with one activation that has so many seconds left."""
    return replace(snapshot(activation(state, seconds_left=left, **changes)), taken=up_seconds())


def told_over(*snapshots: Snapshot) -> list[str]:
    told: list[str] = []
    announcer = Announcer(told.append)
    for one in snapshots:
        announcer.present(one)
    return told


def test_a_session_that_runs_out_is_told_four_times_and_not_every_second() -> None:
    told = told_over(*(at(left) for left in range(700, 0, -1)))
    assert told == ["INC-1: 10 minutes left", "INC-1: 5 minutes left", "INC-1: 1 minute left", "INC-1: 30 seconds left"]


def test_time_that_was_extended_is_told_again_and_a_leap_tells_the_nearest_only() -> None:
    assert told_over(at(320), at(290), at(1000), at(20)) == ["INC-1: 5 minutes left", "INC-1: 30 seconds left"]


def test_the_second_approval_a_stop_and_the_end_are_told() -> None:
    one, both = [{"member": "it-1"}], [{"member": "it-1"}, {"member": "legal-1"}]
    told = told_over(
        at(3600, "requested"),
        at(3600, "requested", approvals=one, missing={"it": 0, "legal": 1}),
        at(3600, "approved", approvals=both, missing={"it": 0, "legal": 0}),
        at(3600, "open", approvals=both),
        at(3500, "frozen", approvals=both),
        at(3400, "ended", approvals=both),
    )
    assert told == [
        "INC-1: Still missing: 1 × Legal",
        "INC-1: Nobody is missing",
        "INC-1: approved, ready to open",
        "INC-1: open, the time runs",
        "INC-1: frozen, nothing can be shown",
        "INC-1: ended, nothing more can be shown",
    ]


def test_what_stood_before_anybody_looked_is_not_told_and_the_lock_is() -> None:
    told: list[str] = []
    announcer = Announcer(told.append)
    announcer.present(at(10, "frozen"))
    announcer.forget()
    announcer.present(at(10, "frozen"))
    assert told == [LOCKED]
