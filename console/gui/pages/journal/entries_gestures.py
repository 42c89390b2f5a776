# SPDX-License-Identifier: Apache-2.0
"""Gestures about the journal: seek and turn its pages, verify it, stop either."""

import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QObject

from console.gui.pages.journal.entries import PAGE, JournalScreen
from console.gui.pages.journal.filters import Query
from console.gui.phrases import moment
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.long_work import LongWork
from console.gui.snapshot import Snapshot
from console.language import say, say_count, say_number

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

DAY_MS = 24 * 3600 * 1000
Result = Mapping[str, Any]


class JournalGestures(QObject):
    """Joins the journal screen to ``actions.journal``."""

    def __init__(self, desk: Desk, screen: JournalScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._stop = threading.Event()
        self._verifying = LongWork(desk, screen, screen.progress, say("Verifying"))
        self._query = Query()
        """The newest that was asked for: an answer to an older one is dropped."""
        self._verified: tuple[int, str] | None = None
        """So many entries of the journal in force verified, and when."""
        screen.page_asked.connect(self._seek)
        screen.verify_asked.connect(self._verify)
        screen.progress.stop_asked.connect(self._stop.set)
        screen.page_chosen.connect(desk.hands.window.choose)
        desk.hands.window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """A page stands still while it is read; who may be sought follows, and how far it is provable."""
        self._screen.filters.set_people([(person.id, person.name) for person in snapshot.people])
        self._screen.filters.set_choices(snapshot.log, snapshot.named())
        self._screen.acting.setVisible(not snapshot.is_reading())
        standing = snapshot.standing
        if standing is None:
            self._say_standing("", "")
            return
        from console.sentences import witness

        self._say_standing(witness.standing(standing, moment), witness.short(standing))
        self._say_verified(int(standing["written"]))

    def _say_standing(self, line: str, short: str) -> None:
        self._screen.verifying.standing.setText(line)
        self._desk.hands.window.strip.show_proof(short)

    def _say_verified(self, written: int) -> None:
        if self._verified is not None:
            size, at = self._verified
            newer = max(0, written - size)
            told = say("Verified to entry {number} at {time}", number=say_number(size - 1), time=at)
            since = say_count(newer, "; {count} newer one is not", "; {count} newer ones are not") if newer else ""
            self._screen.verifying.tell(told + since, "good" if not newer else "plain")

    def forget(self) -> None:
        """Stop whatever goes on: the station is being locked."""
        self._stop.set()
        self._verifying.stop()
        self._query, self._verified = Query(), None
        self._say_standing("", "")
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "journal":
            from console.wording import ENTRY_TYPES

            self._screen.filters.set_words(ENTRY_TYPES)
            self._screen.visit()

    def _seek(self, query: Query) -> None:
        self._stop.clear()
        self._query = query
        self._seek_on(query, [], query.before)

    def _seek_on(self, query: Query, rows: list[Any], before: int | None) -> None:
        """Look through the next stretch; between two of them the station is free for whatever is more urgent."""

        def page(console: "Console") -> Result:
            from console.actions.journal import reading

            edge = None if query.days is None else int(time.time() * 1000) - abs(query.days) * DAY_MS
            is_since = query.days is not None and query.days > 0
            with reading.of_log(console, query.log) as chosen:
                return reading.search(
                    chosen,
                    query.text,
                    type_=query.type,
                    person=query.person,
                    act=query.act,
                    since_ms=edge if is_since else None,
                    until_ms=None if is_since else edge,
                    before=before,
                    limit=PAGE - len(rows),
                )

        self._desk.hands.worker.run(
            "", page, partial(self._sought, query, rows), lambda error: say_error(self._screen, error)
        )

    def _sought(self, query: Query, rows: list[Any], found: Result) -> None:
        if query is not self._query:
            return
        shown, rows = len(rows), [*rows, *found["entries"]]
        size, looked_to = int(found["size"]), int(found["looked_to"])
        goes_on = looked_to and len(rows) < PAGE and not self._stop.is_set()
        if len(rows) > shown or not goes_on:
            # What is found already is shown at once; the rest comes below it.
            self._screen.show_page(rows, size, looked_to, shown=shown)
        if goes_on:
            self._screen.progress.show_progress(say("Searching"), size - looked_to, size)
            self._seek_on(query, rows, looked_to)
        else:
            self._screen.progress.hide()

    def _verify(self, deep: bool) -> None:  # noqa: FBT001 - a signal's argument
        log = self._screen.filters.log

        def verify(console: "Console", progress: "Progress") -> Result:
            from console.actions.journal import reading

            with reading.of_log(console, log) as chosen:
                return reading.verify(chosen, deep=deep, progress=progress)

        self._verifying.run(verify, self._show_verdict)

    def _show_verdict(self, verdict: Result) -> None:
        from console.wording import finding

        told = [
            say("Entry {seq}: {finding}.", seq=row["seq"], finding=finding(str(row["code"])))
            for row in verdict["findings"]
        ]
        self._screen.show_verdict(verdict, told)
        if not verdict["ok"]:
            self._verified = None
            self._screen.verifying.tell(say("DOES NOT VERIFY"), "danger")
        elif self._screen.filters.log is None:
            self._verified = (int(verdict["size"]), QDateTime.currentDateTime().toString("HH:mm"))
            self._say_verified(int(verdict["size"]))
