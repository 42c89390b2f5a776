# SPDX-License-Identifier: Apache-2.0
"""What is done in peacetime: a backup, measuring the security module, sealing again what is sealed to others."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.actions.activation import reseal
from console.actions.backup import copy
from console.actions.readiness import rollback
from console.gui.kit import form
from console.gui.kit.files import FolderField
from console.gui.kit.finding import upper
from console.gui.kit.form import Field
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.phrases import group, listed, moment, short
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import change
from console.sentences.checks import CHECKS_WRONG, OTHERWISE

if TYPE_CHECKING:
    from console.actions.console import Console

FOLDER = say("Empty folder on another disk")
WRITES = say("Everything that a restore needs, signed; neither a token nor what opens anything is in it.")
MEASURES = say("A throw-away token shows whether an old copy of its files brings back what was destroyed.")
NONE_OPEN = say(
    "No activation is open. File a request for what is to be sealed again, have it approved, and open it first."
)
SEALS_AGAIN = say("Nobody sees a secret. Each item counts as one showing of the request, and owes nothing.")
Result = Mapping[str, Any]
WRITTEN = say("The backup is written into {folder}: {files} files. Keep it away from this station.")
WHOLE = say("This backup is whole: {files} files, written {made}.")
KEPT = {
    "yes": say("stays so"),
    "no": say("DOES NOT stay so: an old copy brings it back"),
    "unproven": say("is unproven"),
}
MEASURED = say("What it destroys {destroyed}; what it replaces {replaced}.")
AGAIN = say("Sealed again: {done}. Items that are still to be done: {left}.")


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
        column.addWidget(PlainLabel(WRITES))
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
        column.addWidget(PlainLabel(MEASURES))
        column.addLayout(row(button(say("Measure it"), self.measure_asked.emit)))
        return frame

    def _resealing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Seal again what is sealed to the people of before"), role="heading"))
        column.addWidget(PlainLabel(SEALS_AGAIN))
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


class UpkeepGestures(QObject):
    """Joins the page of upkeep to ``actions.backup``, ``rollback`` and ``reseal``."""

    def __init__(self, desk: Desk, screen: UpkeepScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        window = desk.hands.window
        screen.back_asked.connect(lambda: window.choose("readiness"))
        screen.backup_asked.connect(lambda folder, same: self._backup(folder, same_disk=same))
        screen.verify_asked.connect(self._verify)
        screen.measure_asked.connect(self._measure)
        screen.plan_asked.connect(self._plan)
        screen.reseal_asked.connect(self._reseal)
        desk.show_on(screen)

    def _backup(self, folder: str, *, same_disk: bool) -> None:
        def made(console: "Console") -> Result:
            from console.wiring.station import backup_folder

            place = Path(folder).expanduser()
            return copy.make(console, backup_folder(place, console.settings.folder, same_disk=same_disk))

        self._act(say("Writing the backup"), made, WRITTEN)

    def _verify(self, folder: str) -> None:
        def verified(console: "Console") -> Result:
            from console.wiring.station import backup_folder

            found = copy.verify(console.vault, backup_folder(Path(folder).expanduser(), console.settings.folder))
            return {**found, "made": moment(str(found["made"]))}

        self._act(say("Checking the backup"), verified, WHOLE)

    def _measure(self) -> None:
        def measured(console: "Console") -> Result:
            from console.wiring.station import measure_rollback

            return rollback.note_rollback(console, measure_rollback(console.settings))

        def done(found: Result) -> None:
            kept = str(found["destroys"]), str(found["anchors"])
            told = MEASURED.format(destroyed=KEPT[kept[0]], replaced=KEPT[kept[1]])
            if set(kept) == {"yes"}:
                self._screen.say_done(told)
            else:
                now = OTHERWISE["hsm_rollback_measured"]
                self._screen.say_warning(upper(CHECKS_WRONG["hsm_rollback"]), f"{told} {now}")

        self._desk.act(self._screen, say("Measuring"), measured, done)

    def _plan(self) -> None:
        self._desk.act(self._screen, say("Reckoning"), _planned, self._screen.show_plan)

    def _reseal(self, act: str, sealer: str) -> None:
        def sealed(console: "Console") -> Result:
            told = reseal.reseal(console, act, sign_as=sealer)
            return {"done": len(told["resealed"]), "left": told["stale_left"]}  # type: ignore[arg-type]

        def done(result: Result) -> None:
            self._screen.say_done(AGAIN.format(**result))
            # Quietly: what was just said stays.
            failed = partial(say_error, self._screen)
            self._desk.hands.worker.run("", _planned, self._screen.show_plan, failed)

        self._desk.act(
            self._screen, say("Sealing again"), sealed, done, pin_of=sealer, why=say("To sign what is sealed again.")
        )

    def _act(self, title: str, action: "Callable[[Console], Result]", said: str) -> None:
        self._desk.act(self._screen, title, action, lambda result: self._screen.say_done(said.format(**result)))


def _planned(console: "Console") -> Result:
    return reseal.plan(console)
