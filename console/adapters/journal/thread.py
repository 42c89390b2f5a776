# SPDX-License-Identifier: Apache-2.0
"""The journal thread: the one user of the connection. Requests queue to it and group into one commit.

Nothing is ever dropped: each caller waits for its own answer, so the queue holds at most one request per
thread of the console.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from console.adapters.journal import index
from console.adapters.journal.database import DatabaseError, translate
from console.adapters.journal.log import SIGN_ENTRIES, Log
from console.adapters.journal.placement import Placed, Prepared
from console.domain.errors import ConsoleError, Misused, Unavailable

GROUP_REQUESTS = 64
SIGN_SECONDS = 1.0
PROJECT_ENTRIES = 256
IDLE_SECONDS = 0.05
"""After so long without a request the index of the search is brought further, a few milliseconds at a time."""


@dataclass(eq=False)
class _Request:
    """Something asked of the thread; ``done`` is held until it is answered."""

    append: Sequence[Prepared] = ()
    critical: bool = False
    job: Callable[[Log], object] | None = None
    last: bool = False
    on_closed: bool = False
    """It works without an open database."""
    answer: object = None
    error: ConsoleError | None = None
    done: threading.Lock = field(default_factory=threading.Lock)

    def resolve(self, answer: object = None, error: ConsoleError | None = None) -> None:
        self.answer, self.error = answer, error
        self.done.release()


class JournalThread:
    """Takes requests from any thread and answers each of them exactly once."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._queue: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._taken: list[_Request] = []
        self._ended = False
        self._sign_at: float | None = None
        self._lags, self._idle = True, IDLE_SECONDS
        """There may be entries that the index of the search does not have yet."""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, drafts: Sequence[Prepared], *, critical: bool) -> list[Placed]:
        """Return the places of these drafts when they are durable, and if ``critical`` signed and anchored too."""
        return cast(list[Placed], self._ask(_Request(append=drafts, critical=critical)))

    def run(self, job: Callable[[Log], Any], *, on_closed: bool = False) -> Any:
        """Return the job's result; it runs between two commits and must be short.

        ``Unavailable`` (journal_unavailable) while there is no database, unless it is a job ``on_closed`` ones.
        """
        return self._ask(_Request(job=job, on_closed=on_closed))

    def close(self) -> None:
        """Close the log and end the thread; a second call does nothing."""
        if not self._ended:
            try:
                self._ask(_Request(job=Log.close, last=True))
            finally:
                self._thread.join()

    def _ask(self, request: _Request) -> object:
        if self._ended:
            raise Misused("journal_closed")
        request.done.acquire()
        self._queue.put(request)
        while not request.done.acquire(timeout=1.0):
            # An answer that came between the two looks has left the lock open.
            if not self._thread.is_alive() and request.done.locked():
                raise Misused("journal_closed")
        if request.error is not None:
            raise request.error
        return request.answer

    def _run(self) -> None:
        try:
            while not self._ended:
                self._take()
                if self._taken:
                    self._serve()
                elif self._sign_at is not None and time.monotonic() >= self._sign_at:
                    self._sign()
                elif self._lags:
                    self._lags, self._idle = _index(self._log), 0.0
        finally:
            self._ended = True

    def _take(self) -> None:
        """Wait for a request, or for the time to sign or to index; then take whatever else is there already."""
        try:
            self._taken.append(self._queue.get(timeout=self._patience()))
            while len(self._taken) < GROUP_REQUESTS and self._taken[-1].job is None:
                self._taken.append(self._queue.get_nowait())
        except queue.Empty:
            pass

    def _patience(self) -> float | None:
        idle = self._idle if self._lags else None
        if self._sign_at is None:
            return idle
        left = max(0.0, self._sign_at - time.monotonic())
        return left if idle is None else min(left, idle)

    def _serve(self) -> None:
        taken, self._taken, self._idle = self._taken, [], IDLE_SECONDS
        job = taken.pop() if taken[-1].job is not None else None
        if taken:
            self._append(taken)
        if job is not None:
            self._run_job(job)

    def _append(self, group: list[_Request]) -> None:
        self._lags = True
        try:
            answers = self._log.write([request.append for request in group])
        except ConsoleError as error:
            for request in group:
                request.resolve(error=_copy(error))
            return
        critical = []
        for request, answer in zip(group, answers, strict=True):
            if isinstance(answer, ConsoleError):
                request.resolve(error=answer)
            elif request.critical:
                critical.append((request, answer))
            else:
                request.resolve(answer)
        if critical:
            self._seal(critical)
        self._keep_up()

    def _seal(self, critical: list[tuple[_Request, list[Placed]]]) -> None:
        """Sign, anchor and mirror before the answer. The entries are durable even when this fails."""
        try:
            self._log.anchor()
            self._log.copy_to_mirror()
        except ConsoleError as error:
            for request, _ in critical:
                request.resolve(error=_copy(error))
            return
        for request, answer in critical:
            request.resolve(answer)

    def _keep_up(self) -> None:
        unsigned = self._unsigned()
        if unsigned >= SIGN_ENTRIES:
            self._sign()
        elif unsigned == 0:
            self._sign_at = None
        elif self._sign_at is None:
            self._sign_at = time.monotonic() + SIGN_SECONDS
        if len(self._log.pending) >= PROJECT_ENTRIES:
            self._log.project()

    def _sign(self) -> None:
        self._log.signing.keep_up(self._log.tree)
        self._sign_at = time.monotonic() + SIGN_SECONDS if self._unsigned() else None

    def _unsigned(self) -> int:
        return 0 if self._log.reasons else self._log.signing.unsigned(self._log.tree)

    def _run_job(self, request: _Request) -> None:
        job = request.job
        self._ended = request.last
        try:
            # After a failed commit the database may not open again: that is an answer, and no end of this thread.
            if self._log.db is None and not (request.last or request.on_closed):
                raise Unavailable("journal_unavailable", why="not_open")
            answer = job(self._log) if job is not None else None
        except ConsoleError as error:
            request.resolve(error=error)
        except DatabaseError as error:
            request.resolve(error=translate(error))
        else:
            request.resolve(answer)


def _index(log: Log) -> bool:
    """Add one block to the index of the search; return whether there are more."""
    return log.db is not None and not log.reasons and index.follow(log.db, log.tree.size, 1)


def _copy(error: ConsoleError) -> ConsoleError:
    """One exception object must not be raised in two threads: each would add to the other's traceback."""
    copy = type(error)(error.code, **error.facts)
    copy.__cause__ = error.__cause__
    return copy
