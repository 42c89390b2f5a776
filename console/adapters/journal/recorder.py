# SPDX-License-Identifier: Apache-2.0
"""The order of retreat: the log, else the spool on the second medium, else nothing is recorded and it is said.

What waits in the spool is put into the log when the log is opened next, before anything else is written.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import cast

from console.adapters.journal import merge
from console.adapters.journal.closing import Closing
from console.adapters.journal.context import Context
from console.adapters.journal.history import History, Inner
from console.adapters.journal.merge import RETREAT
from console.adapters.journal.placement import prepare
from console.adapters.journal.spool import Spool
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Draft, Entry
from console.domain.entries.recording import RecordingReserve
from console.domain.entries.spool import SpoolSettled
from console.domain.errors import Corrupt, Unavailable

RESERVED = "recording.reserve"
LOG, RESERVE, PAPER = "recording", "reserve", "paper"
"""The three lights: the log takes entries; the spool does; nothing does."""


class Recorder(History, Closing):
    """Fits the port ``Journal``; holds the log, or what can be read of it, and its spool."""

    def __init__(self, inner: Inner, context: Context, new_id: Callable[[], str]) -> None:
        super().__init__(inner, Spool(context), context)
        self._new_id, self._turn = new_id, Lock()
        self._paper: str | None = None
        self._retreat: str | None = inner.why
        try:
            settled = map(SpoolSettled.read, inner.entries(type_=SpoolSettled.TYPE))
            self._spool.load({said.spool: (said.count, said.head) for said in settled})
        except Corrupt as error:
            inner.raise_alarm(error.code)
        else:
            self._begin()

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Return when the entries are durable in the log or, while it takes none, in the spool.

        ``Unavailable`` (write_on_paper) when neither takes them; else as ``Journal.append``.
        """
        if self.alarm():
            raise Corrupt("journal_alarm", why=",".join(self.alarm()))
        log = self.inner.writable
        if log is not None and self._retreat is None:
            try:
                return merge.append(log, drafts, self._new_id, critical=critical)
            except Unavailable as error:
                if error.code not in RETREAT:
                    raise
                self._retreat = error.code
        if any(draft.track == "counsel" for draft in drafts):
            # No critical entry, and its draft is kept: it waits for the log.
            raise Unavailable("journal_unavailable", why=self._retreat)
        return self._to_spool(drafts)

    def status(self) -> Object:
        """Return the state of the log, and ``recording``: which of the three takes entries, and what waits."""
        status = self.inner.status()
        findings = [*cast(list[Json], status["findings"])]
        if self._spool.missing:
            head = self._spool.head
            findings.append({"code": "spool_missing", "owed": head.count if head else 0})
        recording: Object = {
            "light": self.light(),
            "why": self._paper or self._retreat,
            "waiting": len(self._waiting),
            "incomplete": self._spool.missing or self.inner.writable is None,
        }
        return {**status, "findings": findings, "recording": recording}

    def light(self) -> str:
        """Return which light is on: recording, reserve or paper."""
        if self._paper is not None:
            return PAPER
        return LOG if self._retreat is None else RESERVE

    def close(self) -> None:
        """Close the log; while it takes no entries, what its closing could not write is said already."""
        try:
            self.inner.close()
        except Unavailable as error:
            if error.code not in RETREAT:
                raise

    def _begin(self) -> None:
        """Put into the log what waits; what a log that takes nothing leaves over goes on waiting."""
        log = self.inner.writable
        if log is not None and not self.alarm():
            try:
                merge.merge(log, self._spool, self._new_id)
                merge.note_room(log, self._new_id)
                merge.probe(log)
            except Unavailable as error:
                if error.code not in RETREAT:
                    raise
                self._retreat = error.code
        self._waiting = self._spool.entries(merge.merged_of(self.inner, self._spool))
        if self._retreat is not None:
            self._paper = self._spool.why_not()

    def _to_spool(self, drafts: Sequence[Draft]) -> list[Entry]:
        with self._turn:
            # The first entry of a spool says since when the log takes nothing, and why.
            said = merge.by_program(RecordingReserve(why=self._retreat), self._new_id)
            first = [] if self._spool.records else [said]
            prepared = [prepare(self._context, draft) for draft in (*first, *drafts)]
            try:
                newest = self.inner.newest()
                written = self._spool.append(prepared, newest.note if newest else None)
            except Unavailable as error:
                if error.code != "spool_unavailable":
                    raise
                self._paper = str(error.facts["why"])
                raise Unavailable("write_on_paper", journal=self._retreat, reserve=self._paper) from error
            self._paper = None
            self._waiting += written
            return written[len(first) :]
