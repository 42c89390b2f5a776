# SPDX-License-Identifier: Apache-2.0
"""Legal holds: what may not be erased, who placed it, and who agrees that it ends."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.signers import Signers
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.phrases import listed, moment, short
from console.gui.snapshot import Snapshot, View
from console.language import say


class HoldsScreen(Page):
    """Shows every hold that stands; reports who places one on what, and who agrees to lift one."""

    place_asked = Signal(object, str, str)
    """What it is on (a list), member, reason."""
    lift_asked = Signal(str, str, str)
    """Hold, member, reason."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Legal holds"))
        self.readable()
        self._on, self._people, self._why = form.line("M-2026-00117, act:…, legal-3"), People(), form.text()
        self._reason = Field(say("Why"), self._why, say("In whole sentences."))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(14)
        self.column.addLayout(row(button(say("Back to erasing"), self.back_asked.emit)))
        self.column.addLayout(self._rows)
        self.column.addWidget(self._make_placing())
        self.column.addStretch(1)

    def show_holds(self, rows: Sequence[View], snapshot: Snapshot) -> None:
        """Show the holds, and offer the keyholders of Legal."""
        clear_layout(self._rows)
        for told in rows:
            self._rows.addWidget(self._hold(told, snapshot))
        if not rows:
            self._rows.addWidget(PlainLabel(say("No legal hold stands.")))
        self._people.offer([(p.id, p.name) for p in snapshot.keyholders() if p.role == "legal"])

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with a reason."""
        self._reason.show_wrong(sentence)

    def placed(self) -> None:
        """Empty what was typed for one hold."""
        self._on.clear()
        self._why.clear()
        self._people.clear()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        clear_layout(self._rows)
        self.placed()

    def _make_placing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Place a legal hold"), role="heading"))
        column.addWidget(PlainLabel(say("What it is on is not erased, whoever agrees, until the hold is lifted.")))
        column.addWidget(
            Field(say("On what"), self._on, say("Matter numbers, act:ID, or people by their id; commas between them."))
        )
        column.addWidget(self._reason)
        column.addWidget(Field(say("Placed by, on their own token"), self._people))
        column.addLayout(row(button(say("Place this hold"), self._place)))
        return frame

    def _hold(self, told: View, snapshot: Snapshot) -> QFrame:
        frame, column = card()
        column.addLayout(
            row(StateMark("warning"), PlainLabel(say("Hold {hold}", hold=told["hold"]), role="heading", wrap=False))
        )
        column.addWidget(PlainLabel(say("On: {on}", on=listed([_target(one) for one in told["on"]]))))
        column.addWidget(PlainLabel(say("Why: {reason}", reason=told["reason"])))
        placed = say(
            "Placed by {placed_by}, {since}.",
            placed_by=snapshot.name_of(told["placed_by"]),
            since=moment(told["since"]),
        )
        column.addWidget(PlainLabel(placed, role="muted"))
        why = form.text()
        column.addWidget(Field(say("Why hold {hold} can be lifted", hold=told["hold"]), why))
        missing = told["lifting_missing"]
        others = [name for name in snapshot.groups if name != "legal"] if "another" in missing else []
        lacking = dict.fromkeys([*(["legal"] if "legal" in missing else []), *others], 1)
        signers = Signers(snapshot.keyholders(), lacking, ())
        signers.signing.connect(partial(self._lift, str(told["hold"]), why))
        column.addWidget(signers)
        return frame

    def _lift(self, hold: str, why: QPlainTextEdit, member: str) -> None:
        self.messages.clear()
        self.lift_asked.emit(hold, member, why.toPlainText())

    def _place(self) -> None:
        self.messages.clear()
        self._reason.show_wrong("")
        if not self._people.value():
            self.say_problem(say("Nobody is chosen."), say("Choose which keyholder of Legal places it."), [])
            return
        self.place_asked.emit(_targets(self._on.text()), self._people.value(), self._why.toPlainText())


def _targets(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]


def _target(written: str) -> str:
    """Return in words what the journal writes as a target."""
    kind, _, which = written.partition(":")
    if kind == "matter":
        return f"{say('Matter number')} {which}"
    return say("Activation {activation}", activation=short(which)) if kind == "act" else which or kind
