# SPDX-License-Identifier: Apache-2.0
"""Counsel's notes: one reader of Legal opens them with their token and reads them here, for one sitting."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from console.actions.journal import reading
from console.actions.record import counsel, notes
from console.domain.record.note import COUNSEL, About
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group, moment, short
from console.gui.shell.desk import Desk, call, say_error
from console.gui.shell.long_work import LongWork, ProgressRow
from console.gui.snapshot import Snapshot, View
from console.language import say, say_count

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.domain.record.note import About
    from console.ports.progress import Progress

SITTING_MINUTES = 30
EVERYTHING = ("", say("None chosen (the export then opens all)"))
SHEETS = ("sheets", say("Legal's recovery sheets in force"))
NOBODY = ("", say("Nobody is chosen yet"))
READS = "legal"
LOOK_AROUND = say("Look around: nobody else, no camera. The reading is written down before anything is shown.")
ADMITS = say("They can then read whatever the reader above can. When no reader is left, Legal's sheets admit them.")
EXPORTS = say("The journal with a verifier. It opens the notes chosen under Read, and no facts.")
Result = Mapping[str, Any]


class NotesView(QWidget):
    """Paints the notes: what is painted has no accessible text, which every program of the session could read."""

    MARGIN = 14

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.present("", 0)

    def present(self, text: str, count: int) -> None:
        """Show this; an empty text shows nothing."""
        self._text = text
        self.setAccessibleName(say("Notes on the screen: {count}", count=count) if text else say("No note is open"))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """It wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return how high the wrapped text is."""
        room = QRect(0, 0, max(1, width - 2 * self.MARGIN), 1_000_000)
        bounds = QFontMetrics(self.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._text)
        return bounds.height() + 2 * self.MARGIN

    def sizeHint(self) -> QSize:
        """Return a size that holds the text at a readable width."""
        return QSize(700, self.heightForWidth(700))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the text, wrapped."""
        painter = QPainter(self)
        room = self.rect().adjusted(self.MARGIN, self.MARGIN, -self.MARGIN, -self.MARGIN)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), self._text)
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()


class CounselScreen(Page):
    """Reports who reads what, who is admitted by whom, and what is exported for counsel."""

    read_asked = Signal(str, str)
    """Reader, and ``matter:M`` or ``activation:A``; empty: whatever there is."""
    admit_asked = Signal(str, str)
    """Reader, newcomer."""
    export_asked = Signal(str, str, str)
    """Reader, what about, folder."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Counsel's notes"))
        self.progress = ProgressRow()
        self.readable()
        self._reader, self._matter = form.choice([NOBODY]), form.choice([EVERYTHING])
        self._newcomer, self._folder = form.choice([NOBODY]), form.line("/media/usb/counsel-export")
        self._there, self._view = PlainLabel(), NotesView()
        self._close = button(say("Close the notes"), self.close_notes)
        self._sitting = QTimer(self)
        self._sitting.setSingleShot(True)
        self._sitting.setInterval(SITTING_MINUTES * 60_000)
        self._sitting.timeout.connect(self.close_notes)
        self.column.addLayout(row(button(say("Back to the journal"), self.back_asked.emit)))
        self.column.addWidget(self._there)
        self.column.addWidget(Field(say("Reader"), self._reader, say("Of Legal, on their own token.")))
        self.column.addWidget(
            self.parts(
                (say("Read"), self._reading()),
                (say("Admit somebody who came later"), self._admitting()),
                (say("Export for counsel"), self._exporting()),
            )
        )
        self.column.addStretch(1)
        self.close_notes()

    def offer(self, snapshot: Snapshot) -> None:
        """Offer the readers."""
        people = [(p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders() if p.role == READS]
        form.fill(self._reader, [NOBODY, *people])
        form.fill(self._newcomer, [NOBODY, *people, SHEETS])

    def show_list(self, notes: Sequence[View]) -> None:
        """Say which notes there are, without a word of them."""
        sealed = [note for note in notes if note["track"] == "counsel"]
        about = sorted({_about(note) for note in sealed})
        form.fill(self._matter, [EVERYTHING, *about])
        newest = say(", the newest of {time}", time=moment(str(sealed[-1]["time"]))) if sealed else ""
        self._there.setText(say("Notes for Legal's readers: {count}{newest}.", count=len(sealed), newest=newest))

    def show_notes(self, notes: Sequence[View], closed: Sequence[int]) -> None:
        """Show the opened notes until they are closed."""
        told = [_said(note) for note in notes]
        self._view.present(f"\n\n{'—' * 24}\n\n".join(told), len(notes))
        self._view.show()
        self._close.show()
        self._sitting.start()
        left = (
            say(" Not for this reader's token: {count}; another reader can admit them.", count=len(closed))
            if closed
            else ""
        )
        self.say_done(say("Notes opened: {count}. The journal says so.{left}", count=len(notes), left=left))
        self.reveal(self._view)

    def close_notes(self) -> None:
        """Show no note any more."""
        self._sitting.stop()
        self._view.present("", 0)
        self._view.hide()
        self._close.hide()

    def forget(self) -> None:
        """Show nothing: the station is locked, or somebody has left the page."""
        self.close_notes()
        self._there.clear()

    def _reading(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Read"), role="heading"))
        column.addWidget(PlainLabel(LOOK_AROUND))
        column.addWidget(Field(say("About"), self._matter))
        column.addLayout(row(button(say("Open the notes"), self._read, weight="primary"), self._close))
        column.addWidget(self._view)
        return frame

    def _admitting(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Admit somebody who came later"), role="heading"))
        column.addWidget(PlainLabel(ADMITS))
        column.addWidget(Field(say("Newcomer"), self._newcomer))
        column.addLayout(row(button(say("Admit them"), self._admit)))
        return frame

    def _exporting(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Export for counsel"), role="heading"))
        column.addWidget(PlainLabel(EXPORTS))
        column.addWidget(Field(say("Folder"), self._folder, say("New or empty. The notes lie in it in the clear.")))
        column.addLayout(row(button(say("Export the notes"), self._export)))
        column.addWidget(self.progress)
        return frame

    def _read(self) -> None:
        if reader := self._chosen():
            self.read_asked.emit(reader, str(self._matter.currentData()))

    def _admit(self) -> None:
        newcomer = str(self._newcomer.currentData())
        if newcomer and (reader := self._chosen()):
            self.admit_asked.emit(reader, newcomer)
        elif not newcomer:
            self.say_problem(say("Nobody is chosen to be admitted."), say("Choose the newcomer."))

    def _export(self) -> None:
        if reader := self._chosen():
            self.export_asked.emit(reader, str(self._matter.currentData()), self._folder.text().strip())

    def _chosen(self) -> str:
        reader = str(self._reader.currentData())
        if not reader:
            self.say_problem(say("No reader is chosen."), say("Choose a reader of Legal."))
        return reader


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
        def failed(error: Any) -> None:
            say_error(self._screen, error)

        def done(told: Result) -> None:
            self._screen.show_list(told["notes"])

        self._desk.hands.worker.run("", call(notes.list_notes), done, failed)

    def _read(self, reader: str, about: str) -> None:
        def done(told: Result) -> None:
            self._screen.show_notes(told["notes"], told["closed"])

        self._screen.close_notes()

        self._desk.act(
            self._screen,
            say("Opening the notes"),
            lambda console: counsel.read(console, reader, about=_chosen_about(about)),
            done,
            pin_of=reader,
            why=say("To open counsel's notes."),
        )

    def _admit(self, reader: str, newcomer: str) -> None:
        def done(told: Result) -> None:
            self._screen.say_done(say_count(told["keys"], "Admitted, to 1 key.", "Admitted, to {count} keys."))

        self._desk.act(
            self._screen,
            say("Admitting"),
            call(counsel.admit, [newcomer], reader),
            done,
            pin_of=reader,
            why=say("To let a newcomer read counsel's notes."),
        )

    def _export(self, reader: str, about: str, folder: str) -> None:
        def export(console: "Console", progress: "Progress") -> Result:
            return reading.export(
                console,
                Path(folder).expanduser(),
                audience=COUNSEL,
                reader=reader,
                about=_chosen_about(about),
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


def _about(note: View) -> tuple[str, str]:
    """Return what a note's key is for, as ``About`` takes it, and in words."""
    if note["matter"]:
        return f"matter:{note['matter']}", str(note["matter"])
    return f"activation:{note['activation']}", say("Activation {activation}", activation=short(str(note["activation"])))


def _said(note: View) -> str:
    head = f"{moment(str(note['time']))} · {note['by']} · {note['matter'] or say('no matter')}"
    return f"{note['title']}\n{head}\n\n{note['text']}"


def _chosen_about(chosen: str) -> "About":
    what, _, which = chosen.partition(":")
    return About(**{what: which}) if what else About()
