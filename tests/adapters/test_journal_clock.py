# SPDX-License-Identifier: Apache-2.0
"""The clocks of the machine did not run on as they should: an entry says so before anything else is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from console.adapters.journal import log
from console.adapters.journal.context import Context
from console.adapters.journal.database import DatabaseError
from console.domain.entries.entry import Entry, Reading
from console.domain.errors import ConsoleError
from console.domain.journal.clock import BOOT, BREAKS, SLEEP, STEP, break_of
from tests.support.fakes import FakeMachine
from tests.support.journals import InMemory, Surroundings, draft

HOUR = 3600


@dataclass
class Clocked(Surroundings):
    """Surroundings whose clocks the test sets."""

    machine: FakeMachine = field(default_factory=FakeMachine)

    def reading(self) -> Reading:
        self.machine.advance(0.001)
        return self.machine.reading()

    def needs(self) -> Context:
        return replace(super().needs(), slept=self.machine.slept_ns)


@dataclass
class ClockedInMemory(Clocked, InMemory):
    """The same around a log in memory."""


@pytest.fixture(params=[ClockedInMemory, pytest.param(Clocked, marks=pytest.mark.real)], ids=["memory", "real"])
def around(request: pytest.FixtureRequest, tmp_path: Path) -> Clocked:
    around: Clocked = request.param(tmp_path)
    around.create()
    with around.journal() as journal:
        journal.append([draft(0)])
    return around


def noted(around: Clocked) -> list[Entry]:
    with around.journal() as journal:
        return [entry for entry in journal.entries() if entry.type in BREAKS]


def types(entries: Sequence[Entry]) -> list[str]:
    return [entry.type for entry in entries]


def test_nothing_is_noted_while_the_clocks_run(around: Clocked) -> None:
    for seconds in (1, HOUR, 30 * HOUR):
        around.machine.advance(seconds)
        assert noted(around) == []


@pytest.mark.parametrize("seconds", [-HOUR, -2, 2, 30 * HOUR])
def test_a_clock_that_was_set_is_noted_when_the_log_is_opened(around: Clocked, seconds: int) -> None:
    around.machine.advance(10)
    around.machine.step(seconds)
    (entry,) = noted(around)
    assert (entry.type, entry.body["ms"]) == (STEP, seconds * 1000)
    assert (entry.actor, entry.proof, entry.act, entry.c) == ("program", "program", None, {})
    assert noted(around) == [entry]


def test_a_clock_that_is_set_while_somebody_writes_is_noted_in_front_of_the_next_entry(around: Clocked) -> None:
    with around.journal() as journal:
        around.machine.step(-HOUR)
        (first,) = journal.append([draft(1)])
        around.machine.step(HOUR)
        two = journal.append([draft(2), draft(3)], critical=True)
        around.machine.reboot(off_seconds=60)
        journal.append([draft(4)])
        entries = list(journal.entries())
    assert types(entries[1:]) == [
        STEP,
        "activation.noted",
        STEP,
        "activation.noted",
        "activation.noted",
        BOOT,
        "activation.noted",
    ]
    assert [first.seq, *(entry.seq for entry in two)] == [2, 4, 5]
    assert [entries[seq].body["number"] for seq in (2, 4, 5, 7)] == [1, 2, 3, 4]


def test_every_note_says_where_the_clocks_stood_before_it(around: Clocked) -> None:
    around.machine.reboot(off_seconds=-HOUR)
    with around.journal() as journal:
        entries = list(journal.entries())
    assert types(entries[1:]) == [BOOT, STEP]
    for before, entry in pairwise(entries):
        told = break_of(entry)
        assert (told.last_boot, told.last_up_ns) == (before.t.boot, before.t.up_ns)
    assert entries[1].body["off_ms"] == entries[2].body["ms"] == pytest.approx(-HOUR * 1000, abs=5)


def test_a_boot_is_noted_once(around: Clocked) -> None:
    around.machine.reboot(off_seconds=HOUR)
    assert types(noted(around)) == [BOOT]
    around.machine.advance(HOUR)
    assert types(noted(around)) == [BOOT]


def test_a_dead_battery_starts_in_another_year(around: Clocked) -> None:
    """2019: a boot, a clock that went back. Set right, it is a step again."""
    years = 7 * 365 * 24 * HOUR
    around.machine.reboot(off_seconds=-years)
    assert types(noted(around)) == [BOOT, STEP]
    around.machine.advance(300)
    around.machine.step(years)
    found = noted(around)
    assert types(found) == [BOOT, STEP, STEP]
    assert found[-1].body["ms"] == years * 1000
    assert found[1].t.wall_ms < found[0].t.wall_ms + 1000 < found[2].t.wall_ms


def test_many_small_steps_are_one(around: Clocked) -> None:
    """Each below what may be noise; together they are noted as soon as they are more."""
    with around.journal() as journal:
        for number in range(4):
            around.machine.step(0.4)
            journal.append([draft(number)])
        entries = list(journal.entries())
    assert types(entries).index(STEP) == 3
    assert entries[3].body["ms"] == 1200


def test_sleep_is_noted_once_each_time(around: Clocked) -> None:
    around.machine.sleep(HOUR)
    around.machine.advance(10)
    around.machine.sleep(0.4)
    assert [entry.body["ms"] for entry in noted(around)] == [HOUR * 1000 + 400]
    around.machine.sleep(60)
    found = noted(around)
    assert types(found) == [SLEEP, SLEEP]
    assert (found[1].body["ms"], found[1].body["slept_ms"]) == (60_000, HOUR * 1000 + 60_400)


def test_sleep_of_another_boot_is_not_counted_again(around: Clocked) -> None:
    around.machine.sleep(HOUR)
    noted(around)
    around.machine.reboot(off_seconds=60)
    around.machine.sleep(30)
    found = noted(around)
    assert types(found) == [SLEEP, BOOT]
    assert found[1].body["slept_ms"] == 30_000
    around.machine.sleep(30)
    assert types(noted(around)) == [SLEEP, BOOT, SLEEP]


@pytest.mark.real
@pytest.mark.parametrize("around", [Clocked], indirect=True)
def test_an_entry_that_fails_leaves_no_note_behind(around: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note is written with the entry or not at all; then it is still due."""

    def full(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    with around.open() as journal:
        around.machine.step(HOUR)
        with monkeypatch.context() as patched:
            patched.setattr(log, "insert", full)
            with pytest.raises(ConsoleError):
                journal.append([draft(1)])
        assert journal.size() == 1
        journal.append([draft(2)])
        assert types(list(journal.entries()))[1:] == [STEP, "activation.noted"]
        assert journal.verify(deep=True)["ok"]
