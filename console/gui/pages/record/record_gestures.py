# SPDX-License-Identifier: Apache-2.0
"""Gestures of writing down: save by itself, move to Legal's part, make it final, destroy it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.errors import Cancelled, ConsoleError, Refused
from console.gui.pages.record.record import RecordScreen
from console.gui.shell.desk import Desk, problems_of, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


@dataclass
class Open:
    """The draft that is being written. Each job keeps its own: the page may have turned to another one meanwhile."""

    id: str = ""
    """Empty until it was saved first."""


class RecordGestures(QObject):
    """Joins the page of writing down to ``actions.drafts``. A draft belongs to whoever unlocked."""

    def __init__(self, desk: Desk, screen: RecordScreen) -> None:
        super().__init__()
        self._desk, self._screen, self._window = desk, screen, desk.hands.window
        self._draft = Open()
        self._left: tuple[str, Open] | None = None
        """Who was writing on what when the station was locked."""
        screen.save_asked.connect(self._save)
        screen.move_asked.connect(self._move)
        screen.finish_asked.connect(self._finish)
        screen.discard_asked.connect(self._discard)
        screen.open_asked.connect(self._open)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Offer what notes can be about; what is being written stands still."""
        self._screen.offer(snapshot)

    def forget(self) -> None:
        """Save what was typed before the station is locked: the worker does it first."""
        self._screen.save_now()
        if (before := self._desk.snapshot) is not None:
            self._left = (before.unlocked_by, self._draft)
        self._draft = Open()
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "record" and self._desk.snapshot is not None and self._desk.snapshot.is_reading():
            # Before a word is typed: it could be kept nowhere.
            self._failed(Refused("reader_only_reads", member=self._desk.snapshot.unlocked_by))
        elif name == "record":
            # The same person goes on where the lock has cut them off.
            if id_ := _left_by(self._left, self._desk.snapshot):
                self._left = None
                self._open(id_)
            self._list()
        else:
            self._screen.save_now()

    def _list(self) -> None:
        self._run(_list, lambda told: self._screen.show_drafts(told["drafts"], told["damaged"], self._draft.id))

    def _open(self, id_: str) -> None:
        self._screen.save_now()
        self._draft = Open(id_)
        if not id_:
            self._screen.show_draft(None)
            return

        def show(console: "Console") -> Result:
            from console.actions.record import drafts

            return drafts.show(console, id_)

        self._run(show, self._screen.show_draft)

    def _save(self, parts: Mapping[str, Mapping[str, str]]) -> None:
        mine = self._draft

        def save(console: "Console") -> Result:
            from console.actions.record import drafts

            told: Result = {}
            for track, fields in parts.items():
                told = drafts.save(console, track, fields, mine.id or None)
                # In the worker: whatever waits behind this finds the draft that it made.
                mine.id = str(told["draft"])
            return told

        def failed(error: ConsoleError | Cancelled) -> None:
            if mine is self._draft:
                self._screen.not_saved(list(parts))
            self._failed(error)

        self._run(save, self._saved, failed)

    def _saved(self, told: Result) -> None:
        self._screen.show_saved(str(told["saved"]))
        self._list()

    def _move(self, passage: str) -> None:
        mine = self._draft

        def move(console: "Console") -> Result:
            from console.actions.record import drafts

            drafts.move(console, mine.id, passage or None)
            return drafts.show(console, mine.id)

        self._run(move, self._screen.show_draft)

    def _finish(self) -> None:
        self._screen.save_now()

        mine = self._draft

        def finish(console: "Console") -> Result:
            from console.actions.record import drafts

            return drafts.finish(console, mine.id)

        def done(told: Result) -> None:
            numbers = say(" and ").join(str(row["seq"]) for row in told["entries"])
            self._over(say("It is written down for good, as entry {numbers}.", numbers=numbers))

        self._desk.act(self._screen, say("Writing it down"), finish, done, failed=self._show_fields)

    def _discard(self) -> None:
        if not self._draft.id:
            self._over(say("There was nothing to destroy."))
            return
        self._screen.save_now()

        mine = self._draft

        def discard(console: "Console") -> Result:
            from console.actions.record import drafts

            return drafts.discard(console, mine.id)

        self._desk.act(
            self._screen, say("Destroying it"), discard, lambda _: self._over(say("The draft is destroyed."))
        )

    def _over(self, said: str) -> None:
        self._draft = Open()
        self._screen.show_draft(None)
        self._screen.say_done(said)
        self._list()

    def _run(self, action: Any, done: Any, failed: Any = None) -> None:
        self._desk.hands.worker.run("", action, done, failed or self._failed)

    def _failed(self, error: ConsoleError | Cancelled) -> None:
        if isinstance(error, Cancelled) or not self._show_fields(error):
            say_error(self._screen, error)

    def _show_fields(self, error: ConsoleError) -> bool:
        if found := problems_of(error):
            self._screen.show_problems(found)
        return bool(found)


def _list(console: "Console") -> Result:
    from console.actions.record import drafts

    return drafts.list_drafts(console)


def _left_by(left: tuple[str, Open] | None, now: Snapshot | None) -> str:
    """Return the draft on which the person who has unlocked now was writing at the lock; empty if there is none."""
    is_theirs = left is not None and now is not None and left[0] == now.unlocked_by
    return left[1].id if left is not None and is_theirs else ""
