# SPDX-License-Identifier: Apache-2.0
"""An approval from another city: who could still decide and how to reach them, the request out, the answer in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from console.actions.activation import remote
from console.domain.handoff import frames
from console.gui.kit import form
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.activation.approve import ApproveScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.phrases import ANSWERS, group, listed, missing, moment
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk, call, say_error
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot, View
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

SEALED = say("Only this person's token can read the pictures. Any camera or messenger may carry them.")
WHAT = (
    ("approve", say("To approve the request")),
    ("extend", say("More minutes")),
    ("reset", say("More showings")),
    ("resume", say("To go on after a clock step")),
)
ONLY = say("Only if their console refused and named another number.")
Result = Mapping[str, Any]


class FarScreen(Page):
    """Shows who is still missing; reports to whom a request goes, and an answer that came back."""

    send_asked = Signal(str, str, str, object)
    """Activation, member, folder for its files; ``decision``, ``amount``, ``since``, ``remembers``."""
    look_asked = Signal(str, object)
    """Activation, files."""
    take_asked = Signal(str, object)
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Ask from far"))
        self.readable()
        self._activation = ""
        self._rows: list[View] = []
        self._heading, self._reach = PlainLabel(role="heading"), PlainLabel()
        self._people, self._folder = People(), form.line()
        self._folder.setText("~/Documents")
        self._what, self._amount = form.choice(WHAT), form.number(0, 480, 0)
        self._since, self._remembers = form.line(), form.line()
        self._people.changed.connect(self._say_reach)
        self._files, self._told = (ScanField(say("Their answer: file or pictures"), [frames.ANSWER]), PlainLabel())
        # What was looked at is not what came since.
        self._files.changed.connect(lambda: self.say_answer(""))
        self._take = button(say("Take it in"), self._ask_take, weight="primary")
        self.column.addLayout(row(button(say("Back to the request"), self.back_asked.emit)))
        self.column.addWidget(self._heading)
        self._steps = self.parts(
            (say("1. The request goes out"), self._out()), (say("2. Their answer comes back"), self._back())
        )
        self.column.addWidget(self._steps)
        self._steps.hide()
        self.column.addStretch(1)

    def show_missing(self, value: View, others: Sequence[tuple[str, str]]) -> None:
        """Show who could still decide, then the ``others``; who was chosen stays chosen."""
        if self._activation != value["activation"]:
            # What was chosen for one request must not be sent or taken in for another.
            self._people.clear()
            self._files.clear()
            self.say_answer("")
        self._activation, self._rows = str(value["activation"]), list(value["people"])
        self._heading.setText(missing(value["missing"]))
        self._steps.show()
        missing_ = {row["member"]: _named(row) for row in self._rows}
        self._people.offer([*missing_.items(), *(row for row in others if row[0] not in missing_)])
        self._say_reach()

    def say_answer(self, text: str) -> None:
        """Say what an answer is before it is taken in; empty: none was looked at."""
        self._told.setText(text)
        self._told.setVisible(bool(text))

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._activation, self._rows = "", []
        self._heading.clear()
        self._steps.hide()
        self._people.offer([])
        self._files.clear()
        self.say_answer("")

    def _out(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("1. The request goes out"), role="heading"))
        column.addWidget(Field(say("Who is asked"), self._people, say("Call them first: somebody must expect it.")))
        column.addWidget(self._reach)
        column.addWidget(Field(say("What is asked"), self._what))
        hint = say("Minutes, or showings; 0 is as many as requested. Not for an approval.")
        column.addWidget(Field(say("How much more"), self._amount, hint))
        column.addWidget(Field(say("Change of people or rules that their console knows"), self._since, ONLY))
        column.addWidget(Field(say("Entries of the journal that it knows"), self._remembers, ONLY))
        column.addWidget(PlainLabel(SEALED, role="muted"))
        column.addWidget(Field(say("Folder, if you save it as files"), self._folder))
        column.addLayout(row(button(say("Show the pictures"), self._ask_send, weight="primary")))
        return frame

    def _back(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("2. Their answer comes back"), role="heading"))
        column.addWidget(Field(say("Their answer: file or pictures"), self._files))
        column.addLayout(row(button(say("Say what it is"), self._ask_look)))
        column.addWidget(self._told)
        column.addLayout(row(self._take))
        self.say_answer("")
        return frame

    def _say_reach(self) -> None:
        chosen = [row for row in self._rows if row["member"] == self._people.value()]
        self._reach.setText("\n".join(line for row in chosen for line in _reached(row)))
        self._reach.setVisible(bool(chosen))

    def _ask_send(self) -> None:
        known = {"since": self._since.text().strip(), "remembers": self._remembers.text().strip()}
        if any(text and not (text.isascii() and text.isdigit()) for text in known.values()):
            self.say_problem(say("What their console knows is no number."), say("Type the number that it named."))
        elif self._people.value():
            asked = {name: int(text) for name, text in known.items() if text}
            decision = str(self._what.currentData())
            amount = 0 if decision in ("approve", "resume") else self._amount.value()
            asked |= {"amount": amount * 60 if decision == "extend" else amount}
            folder = self._folder.text().strip()
            self.send_asked.emit(self._activation, self._people.value(), folder, {**asked, "decision": decision})
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who is asked."))

    def _ask_look(self) -> None:
        self.say_answer("")
        data = self._files.given()
        if data is not None:
            self.look_asked.emit(self._activation, data)
        else:
            self.say_problem(*self._files.lacking())

    def _ask_take(self) -> None:
        if not self._told.text():
            what, now = say("It was not read yet."), say("Press “Say what it is”, read it, then take it in.")
            self.say_problem(what, now)
            return
        self.take_asked.emit(self._activation, self._files.given())


class FarGestures(QObject):
    """Joins the page of far approvals to ``actions.remote``."""

    def __init__(self, desk: Desk, approve: ApproveScreen, session: SessionScreen, screen: FarScreen) -> None:
        super().__init__()
        self._desk, self._session, self._screen = desk, session, screen
        self._activation = ""
        self._came_from = "approve"
        approve.far_asked.connect(self._turn_to)
        session.far_asked.connect(self._turn_to)
        screen.send_asked.connect(self._send)
        screen.look_asked.connect(self._look)
        screen.take_asked.connect(self._take)
        screen.back_asked.connect(self._go_back)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Look who is still missing while the page is shown."""
        if self._desk.hands.window.page is self._screen:
            self._read()

    def forget(self) -> None:
        """The station is being locked."""
        self._activation = ""
        self._screen.forget()

    def _turn_to(self, activation: str) -> None:
        self._activation = activation
        self._came_from = "session" if self._desk.hands.window.page is self._session else "approve"
        self._screen.messages.clear()
        self._desk.hands.window.choose("far")
        self._read()

    def _go_back(self) -> None:
        self._desk.hands.window.choose(self._came_from)

    def _read(self) -> None:
        act = self._activation = self._activation or self._the_one_waiting()
        if not act:
            self._screen.say_problem(
                say("No request was chosen."), say("Choose it on the page Approve, then ask from far there.")
            )
            return

        self._desk.hands.worker.run(
            "", call(remote.missing, act), self._show, lambda error: say_error(self._screen, error)
        )

    def _the_one_waiting(self) -> str:
        """Return the one request that waits for somebody; nothing where there are several."""
        found = self._desk.snapshot
        waiting = [str(v["activation"]) for v in found.live if v["state"] == "requested"] if found else []
        return waiting[0] if len(waiting) == 1 else ""

    def _show(self, value: Result) -> None:
        found = self._desk.snapshot
        others = [p for p in found.people if p.role in found.groups and p.state != "suspended"] if found else []
        self._screen.show_missing(value, [(p.id, f"{p.name} ({group(p.role)})") for p in others])

    def _send(self, act: str, member: str, folder: str, asked: Result) -> None:
        def send(console: "Console") -> tuple[Result, HandOver]:
            value, data = remote.request_code(
                console,
                act,
                member,
                decision=asked["decision"],
                amount=asked["amount"],
                since=asked.get("since"),
                remembers=asked.get("remembers"),
            )
            return value, handed_over(console.codes, f"request-{member}", data)

        def done(sent: tuple[Result, HandOver]) -> None:
            told = say(
                "For {member} alone. An answer counts until {valid_until}.",
                member=self._name(member),
                valid_until=moment(sent[0]["valid_until"]),
            )
            self._desk.hands.show_pictures(
                say("The request for {member}", member=self._name(member)), told, sent[1], folder
            )

        self._desk.act(self._screen, say("Drawing the pictures"), send, done)

    def _look(self, act: str, data: bytes) -> None:
        def said(value: Result) -> None:
            why = say(" Reason: {reason}", reason=value["reason"]) if value["reason"] else ""
            told = say(
                "The answer of {member}: {answers}.{why}",
                member=self._name(value["member"]),
                answers=ANSWERS[value["decision"]],
                why=why,
            )
            self._screen.say_answer(told)

        self._desk.act(self._screen, say("Reading the answer"), _reading(act, data, take=False), said)

    def _take(self, act: str, data: bytes) -> None:
        def done(result: Result) -> None:
            self._screen.say_answer("")
            lacking = [f"{count} × {group(name)}" for name, count in result.get("missing", {}).items() if count]
            more = (
                say("Still missing: {lacking}.", lacking=", ".join(lacking)) if lacking else say("Nobody is missing.")
            )
            self._screen.say_done(say("The answer is taken in. {more}", more=more))

        self._desk.act(self._screen, say("Taking it in"), _reading(act, data, take=True), done)

    def _name(self, member: str) -> str:
        return self._desk.snapshot.name_of(member) if self._desk.snapshot else member


def _named(row: View) -> str:
    only = say(", on a console of their own only") if row["own_console_only"] else ""
    return f"{row['name']} ({group(row['group'])}){only}"


def _reached(row: View) -> Iterator[str]:
    ways = ((say("Telephone"), row["phone"]), (say("Mail"), row["mail"]), (say("Otherwise"), row["reach"]))
    known = [f"{name}: {text}" for name, text in ways if text]
    yield from known or [say("Nothing is written down about how to reach this person.")]
    if row["deputies"]:
        yield say("Then call: {deputies}", deputies=listed(row["deputies"]))
    if row["asked"]:
        yield say("Asked already: {asked}", asked=moment(row["asked"]))


def _reading(act: str, data: bytes, *, take: bool) -> "Callable[[Console], Result]":
    def read(console: "Console") -> Result:
        if take:
            return remote.approval_scan(console, act, data)
        return remote.read_answer(console, act, data)

    return read
