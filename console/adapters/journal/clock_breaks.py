# SPDX-License-Identifier: Apache-2.0
"""Where the clocks did not run on as they should: noted as entries of their own, in front of what is written next.

A boot, a sleep of the machine and a wall clock that was set are seen by comparing with the newest entry before each
write, and once when the log is opened. So no entry stands after a break that nobody noted, whoever wrote it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from console.adapters.journal.context import Context
from console.adapters.journal.database import Connection
from console.adapters.journal.placement import Placed, Prepared
from console.adapters.journal.tail import Pending
from console.adapters.machine import uuid7
from console.domain.entries.clock import BreakEvent, ClockBoot, Clocks, ClockSlept, ClockStep
from console.domain.entries.entry import Entry, Reading, parse, to_rfc3339
from console.domain.errors import Corrupt
from console.domain.journal.clock import BREAKS, SLEEP_MS, step_ms

_NS_PER_MS = 1_000_000
PROGRAM = "program"


class Breaks:
    """What the newest entry and the newest note of this boot said of the clocks."""

    def __init__(self, context: Context, newest: Entry | None, noted: Entry | None) -> None:
        self._context = context
        self._last = newest.t if newest else None
        """The clocks of the newest entry; None in an empty log, whose first entry comes after nothing."""
        if noted is None or self._last is None or noted.t.boot != self._last.boot:
            self._base, self._slept_ms = self._last, 0
        else:
            # Many small steps since the last note are one.
            self._base, self._slept_ms = noted.t, BreakEvent.read(noted).slept_ms

    def due(self) -> Iterable[list[Prepared]]:
        """Return a request for each break since the newest entry; each is ``passed`` before the next is asked for."""
        now = self._context.reading()
        if self._last is None or self._ran_on(self._last, now):
            return ()
        return self._requests(self._found(self._last, now))

    def are_due(self) -> bool:
        """Return whether there is anything to note."""
        return self._last is not None and bool(self._found(self._last, self._context.reading()))

    def passed(self, places: Sequence[Placed]) -> None:
        """These entries were placed."""
        for placed in places:
            if self._last is None or placed.reading.boot != self._last.boot:
                self._base = placed.reading
            self._last = placed.reading

    def _ran_on(self, last: Reading, now: Reading) -> bool:
        """Return whether so little time went by that nobody can have slept, and no clock was set: at most writes."""
        is_soon = now.boot == last.boot and now.up_ns - last.up_ns < SLEEP_MS * _NS_PER_MS
        return is_soon and not step_ms(last, now) and not (self._base and step_ms(self._base, now))

    def _requests(self, found: Sequence[BreakEvent]) -> Iterator[list[Prepared]]:
        for said in found:
            # The second of two follows the entry that tells the first.
            yield [self._note(replace(said, **_clocks(cast(Reading, self._last))))]
            if isinstance(said, ClockStep):
                self._base = self._last

    def _found(self, last: Reading, now: Reading) -> list[BreakEvent]:
        """Return what happened since the newest entry."""
        slept_ms, before = self._context.slept() // _NS_PER_MS, _clocks(last)
        is_boot, found = now.boot != last.boot, list[BreakEvent]()
        if is_boot:
            found.append(ClockBoot(**before, slept_ms=slept_ms, off_ms=now.wall_ms - last.wall_ms))
        elif slept_ms - self._slept_ms > SLEEP_MS:
            found.append(ClockSlept(**before, slept_ms=slept_ms, ms=slept_ms - self._slept_ms))
        step = step_ms(last, now) or (0 if is_boot or self._base is None else step_ms(self._base, now))
        if step:
            found.append(ClockStep(**before, slept_ms=slept_ms, ms=step))
        return found

    def _note(self, said: BreakEvent) -> Prepared:
        self._slept_ms = said.slept_ms
        id_ = uuid7(self._context.reading().wall_ms, self._context.random(10))
        return Prepared(said.to_draft(actor=PROGRAM, proof=PROGRAM, id_=id_), {}, {})


def stored_breaks(context: Context, db: Connection, size: int, pending: list[Pending]) -> Breaks:
    """Return what a log in its database said of the clocks."""
    return Breaks(context, _entry(db, size - 1), _newest_note(db, pending))


def _clocks(last: Reading) -> Clocks:
    return Clocks(last_boot=last.boot, last_up_ns=str(last.up_ns), last_wall=to_rfc3339(last.wall_ms))


def _newest_note(db: Connection, pending: list[Pending]) -> Entry | None:
    newest = [db.execute("SELECT max(seq) FROM kind WHERE type=?", (type_,)).fetchone()[0] for type_ in BREAKS]
    late = [seq for seq, type_, _ in pending if type_ in BREAKS]
    return _entry(db, max((seq for seq in (*newest, *late) if seq is not None), default=-1))


def _entry(db: Connection, seq: int) -> Entry | None:
    """Return a stored entry; None where there is none, or none that can be read: ``verify`` names that."""
    row = db.execute("SELECT body FROM entry WHERE seq=?", (seq,)).fetchone()
    try:
        return parse(row[0]) if row else None
    except Corrupt:
        return None
