# SPDX-License-Identifier: Apache-2.0
"""Gestures about single entries of the journal: go to one, show it whole, save its proof."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.errors import Cancelled, ConsoleError
from console.gui.kit.files import write_all
from console.gui.pages.journal.entries import JournalScreen
from console.gui.pages.journal.entry import EntryScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say, say_number

if TYPE_CHECKING:
    from console.actions.console import Console


class EntryGestures(QObject):
    """Joins the journal page and that of one entry to ``actions.journal``."""

    def __init__(self, desk: Desk, journal: JournalScreen, entry: EntryScreen) -> None:
        super().__init__()
        self._desk, self._journal, self._entry = desk, journal, entry
        self._again: int | None = None
        """The entry that a lock took from the page."""
        journal.jump_asked.connect(self._jump)
        journal.entry_asked.connect(self._show)
        journal.typing.connect(self._get_ready)
        entry.entry_asked.connect(self._show)
        entry.proof_asked.connect(self._prove)
        entry.back_asked.connect(self._go_back)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """An entry never changes; what a lock took from the page comes back."""
        self._entry.let_prove(may=not snapshot.is_reading())
        again, self._again = self._again, None
        if again is not None and self._desk.hands.window.page is self._entry:
            self._show(again)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._again = self._entry.number if self._again is None else self._again
        self._entry.forget()

    def _get_ready(self) -> None:
        """Take the station while somebody still types: opening it takes longer than what they ask will."""
        self._desk.hands.worker.run("", lambda _: None, lambda _: None, lambda _: None)

    def _jump(self, place: object) -> None:
        if isinstance(place, datetime):
            self._jump_to_time(int(place.timestamp() * 1000))
        elif isinstance(place, int):
            self._journal.messages.clear()
            self._journal.go_to(place)

    def _jump_to_time(self, wall_ms: int) -> None:
        log = self._journal.filters.log

        def find(console: "Console") -> int | None:
            from console.actions.journal import reading as journal

            with journal.of_log(console, log) as chosen:
                return journal.newest_at(chosen, wall_ms)

        def found(seq: int | None) -> None:
            if seq is None:
                what, now = say("Nothing was written by that time."), say("Name a later one.")
                self._journal.say_problem(what, now)
            else:
                self._journal.messages.clear()
                self._journal.go_to(seq)

        self._desk.hands.worker.run("", find, found, lambda error: say_error(self._journal, error))

    def _show(self, seq: int) -> None:
        log = self._journal.filters.log

        def read(console: "Console") -> tuple[Mapping[str, Any], int]:
            from console.actions.journal import reading as journal

            with journal.of_log(console, log) as chosen:
                return journal.show_entry(chosen, seq), chosen.journal.size()

        def show(read_: tuple[Mapping[str, Any], int]) -> None:
            self._entry.messages.clear()
            self._entry.show_entry(*read_)
            self._desk.hands.window.choose("entry")

        def failed(error: ConsoleError | Cancelled) -> None:
            say_error(self._entry if self._desk.hands.window.page is self._entry else self._journal, error)

        self._desk.hands.worker.run("", read, show, failed)

    def _go_back(self) -> None:
        self._journal.keep(self._entry.number)
        self._desk.hands.window.choose("journal")

    def _prove(self, seq: int, folder: str) -> None:
        from console.domain.journal.proof import SUFFIX

        name, log = f"entry-{seq}{SUFFIX}", self._journal.filters.log

        def prove(console: "Console") -> str:
            from console.actions.journal import reading as journal

            return write_all(folder, {name: journal.prove(console, seq, log=log)[1]})

        def done(where: str) -> None:
            self._entry.say_done(
                say(
                    "The proof of entry {seq} is in {where}: {name}. verify.py or verify.html of any export judges it.",
                    seq=say_number(seq),
                    where=where,
                    name=name,
                )
            )

        self._desk.act(self._entry, say("Proving"), prove, done)
