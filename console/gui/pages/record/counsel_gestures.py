# SPDX-License-Identifier: Apache-2.0
"""Gestures about counsel's notes: read them with a token, admit a newcomer, export them for counsel."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.record.counsel import CounselScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.long_work import LongWork
from console.gui.snapshot import Snapshot
from console.language import say, say_count

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.domain.record.note import About
    from console.ports.progress import Progress

Result = Mapping[str, Any]


class CounselGestures(QObject):
    """Joins the page of counsel's notes to ``actions.counsel``."""

    def __init__(self, desk: Desk, screen: CounselScreen) -> None:
        super().__init__()
        self._desk, self._screen, self._window = desk, screen, desk.hands.window
        self._exporting = LongWork(desk, screen, screen.progress, say("Exporting"))
        screen.read_asked.connect(self._read)
        screen.admit_asked.connect(self._admit)
        screen.export_asked.connect(self._export)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the readers."""
        self._screen.offer(snapshot)

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "counsel":
            self._list()
        else:
            # One sitting: whoever turns to another page has read.
            self._screen.forget()

    def _list(self) -> None:
        def list_(console: "Console") -> Result:
            from console.actions.record import notes

            return notes.list_notes(console)

        def failed(error: Any) -> None:
            say_error(self._screen, error)

        self._desk.hands.worker.run("", list_, lambda told: self._screen.show_list(told["notes"]), failed)

    def _read(self, reader: str, about: str) -> None:
        def read(console: "Console") -> Result:
            from console.actions.record import counsel

            return counsel.read(console, reader, about=_about(about))

        def done(told: Result) -> None:
            self._screen.show_notes(told["notes"], told["closed"])

        self._screen.close_notes()
        self._desk.act(
            self._screen, say("Opening the notes"), read, done, pin_of=reader, why=say("To open counsel's notes.")
        )

    def _admit(self, reader: str, newcomer: str) -> None:
        def admit(console: "Console") -> Result:
            from console.actions.record import counsel

            return counsel.admit(console, [newcomer], reader)

        self._desk.act(
            self._screen,
            say("Admitting"),
            admit,
            lambda told: self._screen.say_done(
                say_count(told["keys"], "Admitted, to 1 key.", "Admitted, to {count} keys.")
            ),
            pin_of=reader,
            why=say("To let a newcomer read counsel's notes."),
        )

    def _export(self, reader: str, about: str, folder: str) -> None:
        def export(console: "Console", progress: "Progress") -> Result:
            from console.actions.journal import reading
            from console.domain.record.note import COUNSEL

            return reading.export(
                console,
                Path(folder).expanduser(),
                audience=COUNSEL,
                reader=reader,
                about=_about(about),
                progress=progress,
            )

        def done(told: Result) -> None:
            self._screen.say_done(
                say(
                    "Exported: {openings} fields opened, {withheld} held back. Only counsel gets it.",
                    openings=told["openings"],
                    withheld=told["withheld"],
                )
            )

        self._exporting.run(export, done, pin_of=reader, why=say("To export counsel's notes."))


def _about(chosen: str) -> "About":
    from console.domain.record.note import About

    what, _, which = chosen.partition(":")
    return About(**{what: which}) if what else About()
