# SPDX-License-Identifier: Apache-2.0
"""The one worker thread: it alone opens the station and runs the actions, one after the other.

It keeps the lease while there is work and gives it up after 200 ms without any, never in the middle of an action.
Results come back as calls in the window's thread. A token process, and with it a remembered PIN, lives no longer
than one action.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from console.domain.errors import Cancelled, ConsoleError

if TYPE_CHECKING:
    from console.actions.console import Console

IDLE_SECONDS = 0.2
CLOSING_SECONDS = 10.0
T = TypeVar("T")


class Place(Protocol):
    """The station as the worker holds it: ``wiring.station.Station``, an own console, a folder without either."""

    @property
    def locked(self) -> object: ...
    def console(self) -> "AbstractContextManager[Console]": ...
    def forget_pins(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Job:
    """One action: what it is in words (empty: a quiet refresh), and what to call with what came of it."""

    title: str
    action: Callable[[Any], Any]
    done: Callable[[Any], None]
    failed: Callable[[ConsoleError | Cancelled], None]
    needs_lease: bool
    ends_lease: bool = False
    """What comes after it must open the station anew: people, rules or the log have changed."""
    sitting: int = 0
    """Under which unlock it was asked for: what it comes back with belongs to nobody after the lock."""


def _no_result(_: object) -> None:
    """What nobody waits for."""


_NOTHING = Job("", _no_result, _no_result, _no_result, needs_lease=False)
"""Stands for: no work came within the idle time."""
_ANEW = Job("", _no_result, _no_result, _no_result, needs_lease=False)
"""Stands for: the station must be opened anew."""


class Worker(QObject):
    """Runs jobs in its own thread; ``done`` and ``failed`` are called in the thread that made it."""

    busy = Signal(str)
    """The title of the job that is running; empty when there is none."""
    broken = Signal()
    """The thread ended by a fault of this program."""
    trouble = Signal(object)
    """An error that belongs to no job: giving the station back failed."""
    _over = Signal(object)

    def __init__(self, open_place: Callable[[], Place]) -> None:
        super().__init__()
        self._open_place = open_place
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._titled: list[str] = []
        self.doing = ""
        """The title of the job that is running; empty when there is none."""
        self._sitting = 0
        self._stopping = self._is_over = False
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._over.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Open the station in the thread and begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread finish what it is doing, close the station, and end."""
        self._stopping = True
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(CLOSING_SECONDS)

    @property
    def is_busy(self) -> bool:
        """Whether a job with a title is waiting or running: a second press of a button does nothing then."""
        return bool(self._titled)

    def new_sitting(self) -> None:
        """Call nobody with what was begun until now: the station is locked, and its pages are empty."""
        self._sitting += 1

    def run(
        self,
        title: str,
        action: "Callable[[Console], T]",
        done: Callable[[T], None],
        failed: Callable[[ConsoleError | Cancelled], None],
        *,
        ends_lease: bool = False,
    ) -> None:
        """Run an action that needs the unlocked station; with ``ends_lease`` the next one finds it opened anew."""
        self._submit(Job(title, action, done, failed, needs_lease=True, ends_lease=ends_lease))

    def run_locked(
        self,
        title: str,
        action: Callable[[Any], T],
        done: Callable[[T], None],
        failed: Callable[[ConsoleError | Cancelled], None],
    ) -> None:
        """Run an action that works on what the place gives without a lease: the locked station, one's own console."""
        self._submit(Job(title, action, done, failed, needs_lease=False))

    def _submit(self, job: Job) -> None:
        if job.title:
            self._titled.append(job.title)
            self.doing = self._titled[0]
            self.busy.emit(self.doing)
        self._jobs.put(replace(job, sitting=self._sitting))

    def _deliver(self, call: Callable[[], None]) -> None:
        call()

    def _finish(self, job: Job, call: Callable[[], None]) -> None:
        if job.title:
            self._titled.remove(job.title)
            self.doing = self._titled[0] if self._titled else ""
            self.busy.emit(self.doing)
        if not self._stopping and job.sitting == self._sitting:
            call()

    # --- in the worker thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._is_over = False
            while not self._is_over:
                place = self._open_place()
                try:
                    self._work(place)
                finally:
                    place.close()
        finally:
            if not self._stopping:
                self.broken.emit()

    def _work(self, place: Place) -> None:
        """Run jobs until there are no more, or until the station must be opened anew."""
        job = self._jobs.get()
        while job is not None and job is not _ANEW:
            if job.needs_lease:
                job = self._hold(place, job)
            else:
                self._attempt(place, job, place.locked)
                job = self._jobs.get()
        self._is_over = job is None

    def _hold(self, place: Place, job: Job) -> Job | None:
        """Run this and what follows under one lease; return the first job that must run without it, or ``_ANEW``."""
        current: Job | None = job
        started = False
        try:
            with place.console() as console:
                started = True
                while current is not None and current.needs_lease:
                    self._attempt(place, current, console)
                    current = _ANEW if current.ends_lease else _soon(self._jobs)
        except (ConsoleError, Cancelled) as error:
            if started:
                self._tell(partial(self.trouble.emit, error))
            else:
                self._tell(partial(self._finish, job, partial(job.failed, error)))
                return self._jobs.get()
        return self._jobs.get() if current is _NOTHING else current

    def _attempt(self, place: Place, job: Job, console: object) -> None:
        try:
            result = job.action(console)
        except (ConsoleError, Cancelled) as error:
            self._tell(partial(self._finish, job, partial(job.failed, error)))
        else:
            self._tell(partial(self._finish, job, partial(job.done, result)))
        finally:
            place.forget_pins()

    def _tell(self, call: Callable[[], None]) -> None:
        # What hung while the window closed ends when there is no window any more, and no signal.
        if not self._stopping:
            self._over.emit(call)


def _soon(jobs: "queue.SimpleQueue[Job | None]") -> Job | None:
    try:
        return jobs.get(timeout=IDLE_SECONDS)
    except queue.Empty:
        return _NOTHING
