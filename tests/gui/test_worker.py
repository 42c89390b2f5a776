# SPDX-License-Identifier: Apache-2.0
"""The worker thread: one lease for work that follows close, given up when idle, errors and PINs handed over once."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from console.domain.errors import Cancelled, Refused, Unavailable
from console.gui.shell import worker as worker_module
from console.gui.shell.clock_watch import ClockWatch
from console.gui.shell.worker import Worker


class FakePlace:
    """A station that only counts."""

    def __init__(self) -> None:
        self.locked: Any = "locked"
        self.leases = 0
        self.held = False
        self.forgotten = 0
        self.closed = False
        self.refuse: Unavailable | None = None

    @contextmanager
    def console(self) -> Iterator[Any]:
        """Lend a console."""
        if self.refuse is not None:
            raise self.refuse
        self.leases += 1
        self.held = True
        try:
            yield "console"
        finally:
            self.held = False

    def forget_pins(self) -> None:
        """Count."""
        self.forgotten += 1

    def close(self) -> None:
        """Note it."""
        self.closed = True


@pytest.fixture
def place() -> FakePlace:
    return FakePlace()


@pytest.fixture
def worker(qtbot: QtBot, place: FakePlace) -> Iterator[Worker]:
    made = Worker(lambda: place)
    made.start()
    yield made
    made.stop()
    assert place.closed


def test_results_arrive_in_the_thread_of_the_window(qtbot: QtBot, worker: Worker) -> None:
    threads: list[threading.Thread] = []
    found: list[object] = []

    def act(console: object) -> object:
        threads.append(threading.current_thread())
        return console

    def done(result: object) -> None:
        threads.append(threading.current_thread())
        found.append(result)

    worker.run("Acting", act, done, found.append)
    busy = [worker.is_busy]
    qtbot.waitUntil(lambda: found == ["console"])
    busy.append(worker.is_busy)
    assert busy == [True, False]
    assert threads[0] is not threads[1]
    assert threads[1] is threading.main_thread()


def test_one_lease_for_what_follows_and_none_when_idle(qtbot: QtBot, worker: Worker, place: FakePlace) -> None:
    found: list[object] = []
    for _ in range(3):
        worker.run("", lambda _: None, found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 3)
    assert place.leases == 1
    assert place.forgotten == 3
    qtbot.waitUntil(lambda: not place.held)
    worker.run("", lambda _: None, found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 4)
    assert place.leases == 2


def test_work_on_the_locked_station_holds_no_lease(qtbot: QtBot, worker: Worker, place: FakePlace) -> None:
    found: list[object] = []
    worker.run("", lambda _: place.held, found.append, found.append)
    worker.run_locked("", lambda locked: (locked, place.held), found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found == [True, ("locked", False)]


@pytest.mark.parametrize("error", [Refused("pin_wrong"), Cancelled()])
def test_errors_are_handed_over_and_the_worker_goes_on(qtbot: QtBot, worker: Worker, error: Exception) -> None:
    failed: list[object] = []

    def act(_: object) -> None:
        raise error

    worker.run("Acting", act, failed.append, failed.append)
    worker.run("Acting", lambda _: None, failed.append, failed.append)
    qtbot.waitUntil(lambda: failed == [error, None])


def test_a_station_in_use_fails_the_job_that_needed_it(qtbot: QtBot, worker: Worker, place: FakePlace) -> None:
    place.refuse = Unavailable("station_in_use")
    failed: list[object] = []
    worker.run("Acting", lambda _: None, failed.append, failed.append)
    qtbot.waitUntil(lambda: failed == [place.refuse])


def test_after_the_stop_nothing_is_delivered(qtbot: QtBot, place: FakePlace) -> None:
    worker = Worker(lambda: place)
    found: list[object] = []
    worker.start()
    worker.run("Acting", lambda _: None, found.append, found.append)
    worker.stop()
    qtbot.wait(50)
    assert found == []


def test_after_a_change_of_people_the_station_is_opened_anew(qtbot: QtBot) -> None:
    places = [FakePlace(), FakePlace()]
    left = iter(places)
    worker, found = Worker(lambda: next(left)), list[Any]()
    worker.start()
    worker.run("Signing", lambda _: None, found.append, found.append, ends_lease=True)
    worker.run("", lambda _: None, found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert places[0].closed
    assert [place.leases for place in places] == [1, 1]
    worker.stop()
    assert places[1].closed


def test_what_hung_while_the_window_closed_ends_in_silence(
    qtbot: QtBot, place: FakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "CLOSING_SECONDS", 0.05)
    worker, over = Worker(lambda: place), threading.Event()
    worker.start()
    begun = threading.Event()

    def hang(_: object) -> None:
        begun.set()
        over.wait(30)

    worker.run("A module that hangs", hang, lambda _: None, lambda _: None)
    qtbot.waitUntil(begun.is_set)
    worker.stop()
    shiboken6.delete(worker)
    over.set()
    qtbot.waitUntil(lambda: place.closed)


class SetClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)

    def fileno(self) -> int:
        """Return what is watched."""
        return self._reading

    def set(self) -> None:
        """Set it."""
        os.write(self._writing, b"!")

    def was_set(self) -> bool:
        """Say so once."""
        return bool(os.read(self._reading, 1))

    def close(self) -> None:
        """Give both ends back."""
        os.close(self._reading)
        os.close(self._writing)


def test_a_clock_that_is_set_lets_the_station_be_opened_anew(qtbot: QtBot, place: FakePlace, worker: Worker) -> None:
    """Also while it is held: the journal compares the clocks when it is opened."""
    clock = SetClock()
    watch = ClockWatch(worker, clock)
    worker.run("", lambda _: None, lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: place.leases == 1 and place.held)
    clock.set()
    qtbot.waitUntil(lambda: place.leases == 2)
    place.refuse = Unavailable("station_locked")
    clock.set()
    qtbot.waitUntil(lambda: not place.held)
    watch.end()
