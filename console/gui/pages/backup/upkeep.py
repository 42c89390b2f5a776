# SPDX-License-Identifier: Apache-2.0
"""What is done in peacetime: a backup, measuring the security module, sealing again what is sealed to others."""

from collections.abc import Iterator

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.files import FolderField
from console.gui.kit.form import Field
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.phrases import group, listed, short
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import change

FOLDER = say("Empty folder on another disk")
WRITTEN = say("Everything that a restore needs, signed; neither a token nor what opens anything is in it.")
MEASURED = say("A throw-away token shows whether an old copy of its files brings back what was destroyed.")
NONE_OPEN = say(
    "No activation is open. File a request for what is to be sealed again, have it approved, and open it first."
)
AGAIN = say("Nobody sees a secret. Each item counts as one showing of the request, and owes nothing.")


class UpkeepScreen(Page):
    """Reports where a backup goes, that the module shall be measured, and in which activation to seal again."""

    backup_asked = Signal(str, bool)
    """An empty folder; whether it may lie on the station's own disk."""
    verify_asked = Signal(str)
    measure_asked = Signal()
    plan_asked = Signal()
    reseal_asked = Signal(str, str)
    """Activation, sealer."""
    replace_asked = Signal()
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Upkeep"))
        self.readable()
        self._folder, self._plan = FolderField(FOLDER), QVBoxLayout()
        self._act, self._sealer = form.choice([]), form.choice([])
        self._none_open = PlainLabel(NONE_OPEN)
        self._names: dict[str, str] = {}
        self._same = Tick(say("It may lie on the station's own disk, which one fault takes along"))
        moving = button(say("A new security module …"), self.replace_asked.emit)
        self.column.addLayout(row(button(say("Back to readiness"), self.back_asked.emit), moving))
        self.column.addWidget(
            self.parts(
                (say("Backup"), self._backup()),
                (say("Measure the module"), self._measuring()),
                (say("Seal again"), self._resealing()),
            )
        )
        self.column.addStretch(1)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the open activations, and everybody whose token can be here."""
        self._names = {person.id: person.name for person in snapshot.people}
        rows = [view for view in snapshot.live if view["state"] in ("open", "frozen")]
        form.fill(
            self._act, [(v["activation"], f"{v['justification']['incident']} · {short(v['activation'])}") for v in rows]
        )
        self._none_open.setVisible(not rows)
        self._act_field.setVisible(bool(rows))
        is_first = not self._sealer.count()
        here = [p for p in snapshot.people if p.state == "active"]
        form.fill(self._sealer, [(p.id, f"{p.name} ({group(p.role)})") for p in here])
        if is_first:
            self._sealer.setCurrentIndex(max(0, self._sealer.findData(snapshot.unlocked_by)))

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self.messages.clear()
        clear_layout(self._plan)

    def show_plan(self, value: View) -> None:
        """Show what is sealed to others, who can still open it, and what sealing it again takes."""
        clear_layout(self._plan)
        for line in self._lines(value):
            self._plan.addWidget(PlainLabel(line))

    def _lines(self, value: View) -> Iterator[str]:
        if not value["stale"]:
            yield say("Everything is sealed to the people of today.")
            return
        for told in value["stale"]:
            yield self._stale(told)
            if told["candidate"]:
                yield say("▲  {credential}: confirm its new version first.", credential=told["credential"])
        each, sealer = value["touches_each"], value["touches_of_sealer"]
        yield say(
            "Requests to file: {count}. It takes about {minutes} minutes.",
            count=len(value["requests"]),
            minutes=value["minutes"],
        )
        yield say("Touches of each who approves: {each}. Touches of the sealer: {sealer}.", each=each, sealer=sealer)
        yield say(
            "Showings that each request must ask for: {showings}.",
            showings=", ".join(str(sum(row.get("codes", 1) for row in items)) for items in value["requests"]),
        )
        yield say("File each request on the page Request, approve and open it. Then seal again below.")

    def _stale(self, told: View) -> str:
        people = [
            f"{group(name)}: {listed([self._names.get(m, m) for m in members]) or say('nobody')}"
            for name, members in told["openable_by"].items()
        ]
        return say(
            "{credential}: still openable by {people}; needs {counts}",
            credential=told["credential"],
            people="; ".join(people),
            counts=change.counts(told["needed"]),
        )

    def _backup(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Backup"), role="heading"))
        column.addWidget(PlainLabel(WRITTEN))
        column.addWidget(Field(FOLDER, self._folder))
        column.addWidget(self._same)
        column.addLayout(
            row(
                button(say("Write a backup"), lambda: self._report(self.backup_asked, self._same.isChecked())),
                button(say("Check a backup"), lambda: self._report(self.verify_asked)),
            )
        )
        return frame

    def _measuring(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Does the security module keep what it was told?"), role="heading"))
        column.addWidget(PlainLabel(MEASURED))
        column.addLayout(row(button(say("Measure it"), self.measure_asked.emit)))
        return frame

    def _resealing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Seal again what is sealed to the people of before"), role="heading"))
        column.addWidget(PlainLabel(AGAIN))
        column.addLayout(row(button(say("See what it takes"), self.plan_asked.emit)))
        column.addLayout(self._plan)
        column.addWidget(self._none_open)
        self._act_field = Field(say("Open activation"), self._act)
        column.addWidget(self._act_field)
        column.addWidget(Field(say("Sealed by"), self._sealer, say("Signs each item on their own token.")))
        column.addLayout(row(button(say("Seal again now"), self._ask_reseal)))
        return frame

    def _report(self, asked: SignalInstance, *more: bool) -> None:
        self.messages.clear()
        if folder := self._folder.name():
            asked.emit(folder, *more)
        else:
            self.say_problem(say("No folder is named."), say("Name an empty folder on another disk."))

    def _ask_reseal(self) -> None:
        self.messages.clear()
        if self._act.currentData():
            self.reseal_asked.emit(str(self._act.currentData()), str(self._sealer.currentData()))
        else:
            self.say_problem(
                say("No activation is open."), say("File a request for what is to be sealed again, and open it.")
            )
