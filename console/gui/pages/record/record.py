# SPDX-License-Identifier: Apache-2.0
"""Writing down: a note with two parts, what everybody here may read and what only Legal's readers may."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QWidget

from console.actions.record import drafts
from console.domain.errors import Cancelled, ConsoleError, Refused
from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.form import Field, Lead
from console.gui.kit.typed_text import once
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import STATES, moment, precise, short
from console.gui.shell.desk import Desk, call, problems_of, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

SAVE_AFTER_MS = 1500
NEW = ("", say("A new note"))
FACTS, COUNSEL = "facts", "counsel"
WHY = say(
    "Facts can be read by everybody who unlocks this station. What stands below for Legal is sealed once it is final: "
    "only a reader of Legal opens it then, with their token, and each reading is written down. Until it is final it "
    "is a draft, and whoever unlocks as you can read it."
)
NOTHING = say("Nothing is written yet. What you write is saved by itself.")
KEPT = say("Nothing has to be saved by hand. You can leave this page and go on later, until you make it final.")
DESTROYED = say("Neither part is kept then, and nobody can bring it back.")
ONE_WAY = say("What was moved to Legal never comes back.")
Result = Mapping[str, Any]


class RecordScreen(Page):
    """Shows one draft; reports what is to be saved, moved, made final, destroyed."""

    save_asked = Signal(object)
    """{track: fields} of what was changed."""
    move_asked = Signal(str)
    """The passage; empty for all facts."""
    finish_asked = Signal()
    discard_asked = Signal()
    open_asked = Signal(str)
    """A draft's id; empty for a new note."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Write something down"))
        self.readable()
        # What is written here is a draft already, saved under a key of its own.
        once(self)
        self._changed: set[str] = set()
        self._which = form.choice([NEW])
        self._matter, self._act = form.line("M-2026-00117"), form.choice([("", say("No activation"))])
        self._titles: dict[str, QLineEdit] = {FACTS: form.line(), COUNSEL: form.line()}
        self._texts: dict[str, QPlainTextEdit] = {FACTS: form.text(), COUNSEL: form.text()}
        # At both ends of a long page: whoever writes sees one of them.
        self._kept = PlainLabel(), PlainLabel(role="field")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save_now)
        self._fields = {
            "matter": Field(say("Matter number"), self._matter, say("For Legal's part: this, or an activation.")),
            "activation": Field(say("About which activation"), self._act),
            "title": Field(say("Title of the facts"), self._titles[FACTS]),
            "text": Field(say("Facts"), self._texts[FACTS], say("What happened, when, who saw it.")),
        }
        self._build()
        self._listen()
        self.show_saved("")

    def _build(self) -> None:
        self.column.addLayout(row(button(say("Back to the journal"), self.back_asked.emit)))
        self.column.addWidget(PlainLabel(WHY))
        self.column.addWidget(Field(say("Draft"), self._which))
        self.column.addWidget(self._kept[0])
        frame, column = card()
        for field in self._fields.values():
            column.addWidget(field)
        column.addLayout(row(button(say("Move the marked passage to Legal's part"), self._move)))
        column.addWidget(PlainLabel(say("Nothing marked: all facts move. {one_way}", one_way=ONE_WAY), role="muted"))
        column.addWidget(
            Field(say("Title for Legal's readers"), self._titles[COUNSEL], say("Empty: that of the facts."))
        )
        column.addWidget(Field(say("For Legal's readers only"), self._texts[COUNSEL]))
        self.column.addWidget(frame)
        self.column.addWidget(self._finishing())
        self.column.addWidget(_discarding(self.discard_asked.emit))
        self.column.addStretch(1)

    def _finishing(self) -> QFrame:
        frame, column = card()
        column.addWidget(self._kept[1])
        column.addWidget(PlainLabel(KEPT))
        yes = say("Yes, write it down for good")
        column.addWidget(Twice(say("Make it final"), yes, self.finish_asked.emit, weight="primary"))
        return frame

    def _listen(self) -> None:
        for track in (FACTS, COUNSEL):
            self._titles[track].textEdited.connect(lambda _, track=track: self._touched(track))
            self._texts[track].textChanged.connect(lambda track=track: self._touched(track))
        self._matter.textEdited.connect(lambda _: self._touched(FACTS))
        self._act.activated.connect(lambda _: self._touched(FACTS))
        self._which.activated.connect(lambda _: self.open_asked.emit(str(self._which.currentData() or "")))

    # --- what is shown ----------------------------------------------------------------------------------------

    def offer(self, snapshot: Snapshot) -> None:
        """Offer the activations that a note can be about."""
        live = [(str(v["activation"]), str(v["justification"]["incident"])) for v in snapshot.live]
        over = [(str(v["activation"]), STATES[str(v["state"])][0]) for v in snapshot.over]
        rows = [(act, f"{said} · {short(act)}") for act, said in (*live, *over)]
        form.fill(self._act, [("", say("No activation")), *rows])

    def show_drafts(self, rows: Sequence[View], damaged: Sequence[str], chosen: str) -> None:
        """Offer one's drafts, this one chosen; those that nobody can read any more can be destroyed."""
        told = [(str(r["draft"]), f"{r['title'] or say('Without a title')} · {moment(str(r['saved']))}") for r in rows]
        spoiled = [(id_, say("Damaged: {name}", name=short(id_))) for id_ in damaged]
        form.fill(self._which, [NEW, *told, *spoiled])
        self._which.setCurrentIndex(max(0, self._which.findData(chosen)))

    def show_draft(self, draft: Mapping[str, object] | None) -> None:
        """Show a draft in place of what stood here; None: a new note."""
        for track in (FACTS, COUNSEL):
            part = draft.get(track) if draft else None
            said: Mapping[str, str] = part if isinstance(part, Mapping) else {}
            _put(self._titles[track], self._titles[track].setText, said.get("title", ""))
            _put(self._texts[track], self._texts[track].setPlainText, said.get("text", ""))
        self._matter.setText(str((draft or {}).get("matter") or ""))
        self._act.setCurrentIndex(max(0, self._act.findData(str((draft or {}).get("activation") or ""))))
        self._changed.clear()
        self._timer.stop()
        self.show_saved(str(draft["saved"]) if draft else "")

    def show_saved(self, at: str) -> None:
        """Say when the draft was saved last; empty: nothing is written yet."""
        _say_all(self._kept, say("Saved {at}, as a sealed draft.", at=precise(at)) if at else NOTHING)

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, sentence) at its field and all of them at the top."""
        leads: list[Lead] = []
        for name, sentence in problems:
            field = self._fields.get(name, self._fields["text"])
            field.show_wrong(sentence)
            leads.append((f"{field.label}: {sentence}", partial(self.reveal, field.control)))
        self.say_problem(say("It is not written down yet."), say("Mend the fields named here."), leads)

    def forget(self) -> None:
        """Show nothing: the station is locked. What was typed is on its way into the draft."""
        self.show_draft(None)
        form.fill(self._which, [NEW])

    # --- what is reported -------------------------------------------------------------------------------------

    def save_now(self) -> None:
        """Report what has changed since it was saved last."""
        self._timer.stop()
        if self._changed:
            changed, self._changed = self._changed, set()
            self.save_asked.emit({track: self.fields(track) for track in (FACTS, COUNSEL) if track in changed})

    def fields(self, track: str) -> dict[str, str]:
        """Return one part as ``drafts.save`` takes it."""
        return {
            "title": self._titles[track].text().strip(),
            "text": self._texts[track].toPlainText(),
            "matter": self._matter.text().strip(),
            "activation": str(self._act.currentData() or ""),
        }

    def not_saved(self, tracks: Sequence[str]) -> None:
        """Remember that these parts still have to be saved, and say so."""
        self._changed |= set(tracks)
        _say_all(self._kept, say("Not saved yet: what went wrong stands at the top."))

    def _touched(self, track: str) -> None:
        self._changed.add(track)
        _say_all(self._kept, say("You are writing: it is saved in a moment."))
        for field in self._fields.values():
            field.show_wrong("")
        self._timer.start()

    def _move(self) -> None:
        cursor: QTextCursor = self._texts[FACTS].textCursor()
        # Qt writes line ends of a selection as U+2029.
        passage = cursor.selectedText().replace("\u2029", "\n")
        self.save_now()
        self.move_asked.emit(passage)


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

        self._run(call(drafts.show, id_), self._screen.show_draft)

    def _save(self, parts: Mapping[str, Mapping[str, str]]) -> None:
        mine = self._draft

        def save(console: "Console") -> Result:
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
            drafts.move(console, mine.id, passage or None)
            return drafts.show(console, mine.id)

        self._run(move, self._screen.show_draft)

    def _finish(self) -> None:
        self._screen.save_now()

        mine = self._draft

        def done(told: Result) -> None:
            numbers = say(" and ").join(str(row["seq"]) for row in told["entries"])
            self._over(say("It is written down for good, as entry {numbers}.", numbers=numbers))

        self._desk.act(
            self._screen, say("Writing it down"), call(drafts.finish, mine.id), done, failed=self._show_fields
        )

    def _discard(self) -> None:
        if not self._draft.id:
            self._over(say("There was nothing to destroy."))
            return
        self._screen.save_now()

        mine = self._draft

        self._desk.act(
            self._screen,
            say("Destroying it"),
            call(drafts.discard, mine.id),
            lambda _: self._over(say("The draft is destroyed.")),
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


def _put(edit: QWidget, write: Callable[[str], None], text: str) -> None:
    """Write into a field as the program, not as somebody who types."""
    edit.blockSignals(True)
    write(text)
    edit.blockSignals(False)


def _discarding(discard: Callable[[], object]) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("If it shall not be written down at all"), role="heading"))
    column.addWidget(PlainLabel(DESTROYED))
    column.addWidget(Twice(say("Destroy this draft"), say("Yes, destroy it"), discard))
    return frame


def _say_all(labels: Sequence[QLabel], said: str) -> None:
    for label in labels:
        label.setText(said)


def _list(console: "Console") -> Result:
    return drafts.list_drafts(console)


def _left_by(left: tuple[str, Open] | None, now: Snapshot | None) -> str:
    """Return the draft on which the person who has unlocked now was writing at the lock; empty if there is none."""
    is_theirs = left is not None and now is not None and left[0] == now.unlocked_by
    return left[1].id if left is not None and is_theirs else ""
