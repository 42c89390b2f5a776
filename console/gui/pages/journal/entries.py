# SPDX-License-Identifier: Apache-2.0
"""The journal: what is sought, in pages, newest first; whether it verifies, and up to where."""

import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from console.actions.journal import reading
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.pages.journal.entry_list import EntryList
from console.gui.pages.journal.filters import Filters, Query, SoughtBar
from console.gui.pages.journal.jump import JumpBar, Place
from console.gui.phrases import moment
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.long_work import LongWork, ProgressRow
from console.gui.snapshot import Snapshot
from console.language import say, say_count, say_number
from console.sentences import witness
from console.wording import finding, times_known

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

PAGE = 200
"""Entries at a time: a screen reader walks every row that a table has."""
UNCLEAR = (
    say("This is neither the number of an entry nor a date."),
    say("Write a number such as 1204, or a date such as 2026-11-23 or 2026-11-23 22:56 (add UTC for UTC)."),
)
UNVERIFIED = say("Not verified since it was unlocked")
DAY_MS = 24 * 3600 * 1000
Result = Mapping[str, Any]


class VerifyBar(QWidget):
    """Asks for verification; says up to which entry there was one, and since when that is provable outside."""

    asked = Signal(bool)
    """Deep or not."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = PlainLabel()
        self._verified = PlainLabel(UNVERIFIED, wrap=False)
        deep = QCheckBox(say("Also form, signatures and protected fields"))
        verify = button(say("Verify the journal"), lambda: self.asked.emit(deep.isChecked()), weight="primary")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addLayout(row(verify, deep, self._verified))
        lines.addWidget(self.standing)

    def tell(self, text: str = UNVERIFIED, tone: str = "plain") -> None:
        """Say up to which entry the journal was verified; it always stands there."""
        self._verified.setText(text)
        self._verified.set_tone(tone)


class JournalScreen(Page):
    """Shows one page; reports which page is wanted, and that somebody wants it verified."""

    page_asked = Signal(object)
    """A ``Query``."""
    verify_asked = Signal(bool)
    """Deep or not."""
    entry_asked = Signal(object)
    """The number of an entry that somebody wants to see whole."""
    jump_asked = Signal(object)
    """A number, or a time with its zone."""
    typing = Signal()
    """Somebody types what the journal will be asked."""
    page_chosen = Signal(str)
    """Name of a further page."""

    def __init__(self) -> None:
        super().__init__(say("Journal"))
        self.acting = QWidget()
        """Leads to what changes something: not for those who only read along."""
        self.filters, self._sought, self._list = Filters(), SoughtBar(), EntryList()
        self._place = Place(PAGE)
        self._size = self._looked_to = 0
        self._jump, self.verifying = JumpBar(self), VerifyBar()
        self._aim: int | None = None
        """The entry that somebody goes to."""
        self._is_kept = False
        self._older = button(say("Older"), lambda: self._turn(is_older=True))
        self._newer = button(say("Newer"), lambda: self._turn(is_older=False))
        self.progress = ProgressRow()
        self._first_view = QGridLayout()
        """The list and what belongs to it: together as high as the window, so that nobody scrolls for a part of it."""
        self._lay_out()
        self._listen()

    def show_page(self, entries: Sequence[Mapping[str, Any]], size: int, looked_to: int, *, shown: int = 0) -> None:
        """Show a page of entries, newest first, which has looked down to entry ``looked_to``.

        The first ``shown`` of them stand there already: what comes below them moves nothing.
        """
        self._size, self._looked_to = size, looked_to
        aim, self._aim = self._aim, None
        self._list.show_rows(entries, self.filters.words, shown=shown)
        is_there = aim is None or self._list.go_to(aim)
        told = (
            say(
                "Entries {first} to {last} of {size}",
                first=say_number(int(entries[0]["seq"])),
                last=say_number(int(entries[-1]["seq"])),
                size=say_number(size),
            )
            if entries
            else say("No such entry among {size}", size=say_number(size))
        ) + (
            say("; looked down to entry {looked_to}", looked_to=say_number(looked_to))
            if looked_to and len(entries) == 0
            else ""
        )
        if aim is not None and not is_there:
            told += say("; entry {number} is not among them", number=say_number(aim))
        self._sought.tell(told, is_in_force=self.filters.is_used())
        self._list.name(told)
        self._older.setEnabled(looked_to > 0)
        self._newer.setEnabled(not self._place.is_newest)

    def show_verdict(self, verdict: Mapping[str, Any], findings: Sequence[str]) -> None:
        """Say in words what the verification found."""
        if verdict["ok"]:
            until = verdict["vouched_until"]
            vouched = say(", vouched until {until}", until=moment(until)) if until else ""
            known = " ".join(["", *times_known(verdict["clock"])]) if "clock" in verdict else ""
            self.say_done(
                say(
                    "Verified up to entry {size}{vouched}. Root {root}.{known}",
                    size=say_number(int(verdict["size"]) - 1),
                    vouched=vouched,
                    root=verdict["root"],
                    known=known,
                )
            )
        else:
            what = say_count(
                len(findings),
                "The journal does not verify: 1 finding. ",
                "The journal does not verify: {count} findings. ",
            ) + " ".join(findings)
            self.say_problem(what, say("Stop working with this station, keep it as it is, and report this."))

    def forget(self) -> None:
        """Show nothing: the station is locked. Where somebody stood stays: a number tells nothing."""
        self.filters.forget()
        self._list.forget()
        self._sought.tell("", is_in_force=False)
        self._jump.forget()
        self.verifying.tell()

    def visit(self) -> None:
        """Begin at the newest entry with nothing sought, unless this visit goes on with the one before."""
        if self._is_kept:
            self._is_kept = False
            self.ask()
            return
        self.filters.clear()
        self._list.begin()
        self.to_top()
        self.newest()

    def keep(self, number: int | None) -> None:
        """Let the next visit find search and place as they are, with this entry chosen."""
        self._aim, self._is_kept = number, True

    def newest(self) -> None:
        """Ask for the newest page."""
        self._place.newest()
        self.ask()

    def go_to(self, number: int) -> None:
        """Ask for the page that begins at an entry, and choose it."""
        self._aim = number
        self._place.go_to(number)
        self.ask()

    def _listen(self) -> None:
        self.filters.changed.connect(self.newest)
        self.filters.typing.connect(self.typing)
        self._jump.begun.connect(self.typing)
        self._jump.asked.connect(self.jump_asked)
        self._jump.unclear.connect(partial(self.say_problem, *UNCLEAR))
        self._list.asked.connect(self.entry_asked)
        self._sought.clear_asked.connect(self._clear_search)
        self.verifying.asked.connect(lambda _: self.messages.clear())
        self.verifying.asked.connect(self.verify_asked)
        self.filters.left_downwards.connect(partial(self._list.setFocus, Qt.FocusReason.ShortcutFocusReason))

    def _lay_out(self) -> None:
        found = QVBoxLayout()
        found.setSpacing(self.column.spacing())
        found.addWidget(self.filters)
        found.addLayout(row(self._newer, self._older, self._jump, self._sought))
        found.addWidget(self.progress)
        found.addWidget(self._list, 1)
        self._first_view.addLayout(found, 0, 0)
        self.column.addLayout(self._first_view, 1)
        self.column.addWidget(self.verifying)
        self.column.addLayout(
            row(
                button(say("In numbers"), lambda: self.page_chosen.emit("counts")),
                button(say("When nothing takes entries"), lambda: self.page_chosen.emit("paper")),
            )
        )
        lines = QVBoxLayout(self.acting)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addLayout(
            row(
                button(
                    say("Write something down"),
                    lambda: self.page_chosen.emit("record"),
                    name=say("Write something down, Control N"),
                ),
                button(say("Read counsel's notes"), lambda: self.page_chosen.emit("counsel")),
            )
        )
        lines.addLayout(
            row(
                button(say("Outside this room: witnesses, receipts"), lambda: self.page_chosen.emit("outside")),
                button(say("Erase what is personal"), lambda: self.page_chosen.emit("erasure")),
                button(say("Say what time it is"), lambda: self.page_chosen.emit("clock")),
            )
        )
        self.column.addWidget(self.acting)

    def event(self, event: QEvent) -> bool:
        """Take Escape from the window while there is a search to clear; else it leads to the board."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.filters.is_used():
            if event.type() == QEvent.Type.KeyPress:
                self._clear_search()
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list all that is seen of the page before anybody scrolls."""
        super().resizeEvent(event)
        edges, gap = self.column.contentsMargins(), self.column.spacing()
        above = edges.top() + self.title.sizeHint().height() + gap
        self._first_view.setRowMinimumHeight(0, max(0, self.height() - above - gap))

    def _clear_search(self) -> None:
        self.filters.clear()
        self.newest()
        self.filters.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn(self, *, is_older: bool) -> None:
        if is_older and self._looked_to:
            self._place.older(self._looked_to)
        elif not is_older:
            self._place.newer(self._size, has_gaps=self.filters.query().is_filtered())
        self.ask()

    def ask(self) -> None:
        """Ask for the page that is shown, as it is now."""
        self.filters.settle()
        self.progress.begin()
        self.page_asked.emit(self.filters.query(self._place.before))


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
            with reading.of_log(console, log) as chosen:
                return reading.verify(chosen, deep=deep, progress=progress)

        self._verifying.run(verify, self._show_verdict)

    def _show_verdict(self, verdict: Result) -> None:
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
