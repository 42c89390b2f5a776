# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal: propose it, let two people agree, read the receipt, tick off the notices owed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.actions.privacy import erasure, hold, notices
from console.domain.errors import ConsoleError
from console.gui.kit import form, sizes
from console.gui.kit.form import Field
from console.gui.kit.signers import Signers
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.pages.privacy.holds import HoldsScreen
from console.gui.phrases import listed, moment, short
from console.gui.shell.desk import Desk, call, problems_of, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.privacy import (
    BASES,
    BEGUN,
    DESTROYS,
    GAVE,
    KEPT,
    NOT_COVERED,
    OVER,
    READS_ALONG,
    TO,
    counsel_stays,
)

if TYPE_CHECKING:
    from console.actions.console import Console

NOTHING = ("", say("Nothing is chosen"))
Result = Mapping[str, Any]


class ErasureScreen(Page):
    """Shows every erasure; reports what shall be erased, who agrees, and which notice was given."""

    propose_asked = Signal(str, str, str)
    """Person or nothing, activation or nothing, ground."""
    approve_asked = Signal(str, str)
    """Erasure, member."""
    notified_asked = Signal(str, int)
    """Erasure, entry."""
    back_asked = Signal()
    holds_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Erase what is personal"))
        self.readable()
        self._what, self._basis = form.choice([NOTHING]), form.choice([NOTHING, *BASES.items()])
        sizes.keep(self._what, mostWidth=760)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(14)
        self.column.addLayout(
            row(
                button(say("Back to the journal"), self.back_asked.emit),
                button(say("Legal holds"), self.holds_asked.emit),
            )
        )
        self._reads_along = PlainLabel(READS_ALONG)
        self._reads_along.hide()
        self._proposing = self._make_proposing()
        self.column.addWidget(self._reads_along)
        self.column.addLayout(self._rows)
        self.column.addWidget(self._proposing)
        self.column.addStretch(1)

    def show_all(self, status: View, due: View, snapshot: Snapshot) -> None:
        """Show every erasure, and what could be erased."""
        self._reads_along.setVisible(snapshot.is_reading())
        self._proposing.setVisible(not snapshot.is_reading())
        clear_layout(self._rows)
        for told in status["erasures"]:
            self._rows.addWidget(self._erasure(told, snapshot))
        form.fill(self._what, [NOTHING, *_choices(due["scopes"], snapshot)])

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        clear_layout(self._rows)
        form.fill(self._what, [NOTHING])

    def _make_proposing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Propose to erase"), role="heading"))
        column.addWidget(PlainLabel(say("One of Legal and one of another group must agree.")))
        column.addWidget(PlainLabel(say("Then this program can show it to nobody any more, from no backup either.")))
        column.addWidget(PlainLabel(say("Counsel's notes stay: nothing here erases them.")))
        column.addWidget(
            Field(say("What"), self._what, say("Who counts here now can be erased inside a completed activation."))
        )
        column.addWidget(Field(say("On what ground"), self._basis))
        column.addLayout(row(button(say("Propose to erase this"), self._propose)))
        for said in KEPT.values():
            column.addWidget(PlainLabel(say("Kept: {said}.", said=said), role="muted"))
        return frame

    def _propose(self) -> None:
        self.messages.clear()
        person, _, act = str(self._what.currentData() or "").partition("|")
        if not person and not act:
            self.say_problem(say("Nothing is chosen."), say("Choose what shall be erased."), [])
            return
        if not self._basis.currentData():
            self.say_problem(say("No ground is chosen."), say("Choose on what ground it shall be erased."), [])
            return
        self.propose_asked.emit(person, act, str(self._basis.currentData()))

    def proposed(self) -> None:
        """What was chosen is proposed: the next proposal begins anew."""
        self._what.setCurrentIndex(0)
        self._basis.setCurrentIndex(0)

    def _erasure(self, told: View, snapshot: Snapshot) -> QFrame:
        frame, column = card()
        tone, title = _state(told)
        heading = PlainLabel(f"{title}: {told['erasure']}", role="heading", wrap=False)
        column.addLayout(row(StateMark(tone), heading))
        what = listed([_words(one, snapshot) for one in told["what"]])
        column.addWidget(PlainLabel(say("What: {what}.", what=what)))
        column.addWidget(PlainLabel(say("Why: {bases}.", bases=BASES[told["basis"]])))
        if told["erased"]:
            self._add_receipt(column, told, snapshot)
        elif told["over"]:
            column.addWidget(PlainLabel(OVER[told["over"]]))
        elif not told["missing"]:
            column.addWidget(PlainLabel(BEGUN))
        else:
            self._add_not_reached(column, told)
            if not snapshot.is_reading():
                self._add_signers(column, told, snapshot)
        return frame

    def _add_signers(self, column: QVBoxLayout, told: View, snapshot: Snapshot) -> None:
        people = [p for p in snapshot.keyholders() if p.id not in told["approved"]]
        signers = Signers(people, _groups(told["missing"], snapshot), [snapshot.name_of(m) for m in told["approved"]])
        signers.signing.connect(partial(self.approve_asked.emit, told["erasure"]))
        column.addWidget(signers)

    def _add_receipt(self, column: QVBoxLayout, told: View, snapshot: Snapshot) -> None:
        agreed = listed([snapshot.name_of(member) for member in told["approved"]])
        column.addWidget(
            PlainLabel(say("Done on {erased}, agreed to by {agreed}.", erased=moment(told["erased"]), agreed=agreed))
        )
        column.addWidget(PlainLabel(DESTROYS[told["destroys"]]))
        self._add_not_reached(column, told)
        column.addWidget(PlainLabel(say("Notices"), role="field"))
        if not told["notices"] and "older_logs" not in told["not_covered"]:
            column.addWidget(PlainLabel(say("Nobody was ever given it, so nobody is owed a notice.")))
        for notice in told["notices"]:
            self._add_notice(column, str(told["erasure"]), notice, snapshot)

    def _add_not_reached(self, column: QVBoxLayout, told: View) -> None:
        column.addWidget(PlainLabel(say("Not reached by this:"), role="field"))
        if stays := counsel_stays(told["counsel_notes"]):
            column.addWidget(PlainLabel(f"·  {stays}"))
        for code in told["not_covered"]:
            column.addWidget(PlainLabel(f"·  {NOT_COVERED[code]}", role="muted"))

    def _add_notice(self, column: QVBoxLayout, erasure: str, notice: View, snapshot: Snapshot) -> None:
        to = say(" for {to}", to=TO.get(notice["to"], notice["to"])) if notice["to"] else ""
        text = say(
            "{gave}{to}, entry {seq}, {time}",
            gave=GAVE[notice["type"]],
            to=to,
            seq=notice["seq"],
            time=moment(notice["time"]),
        )
        label = PlainLabel(f"{say('Given') if notice['given'] else say('OWED')}: {text}")
        label.set_tone("" if notice["given"] else "warning")
        column.addWidget(label)
        if not notice["given"] and not snapshot.is_reading():
            given = partial(self.notified_asked.emit, erasure, int(notice["seq"]))
            column.addLayout(
                row(button(say("The notice for entry {seq} was given", seq=notice["seq"]), given, weight="small"))
            )


class ErasureGestures(QObject):
    """Joins the two pages to ``actions.erasure``, ``actions.notices`` and ``actions.hold``."""

    def __init__(self, desk: Desk, screen: ErasureScreen, holds: HoldsScreen) -> None:
        super().__init__()
        self._desk, self._screen, self._holds = desk, screen, holds
        self._window = desk.hands.window
        screen.propose_asked.connect(self._propose)
        screen.approve_asked.connect(self._approve)
        screen.notified_asked.connect(self._notified)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        screen.holds_asked.connect(lambda: self._window.choose("holds"))
        holds.place_asked.connect(self._place)
        holds.lift_asked.connect(self._lift)
        holds.back_asked.connect(lambda: self._window.choose("erasure"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """What is being read stands still; it is read anew when its page is chosen and after each gesture."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()
        self._holds.forget()

    def _chosen(self, name: str) -> None:
        if name == "erasure":
            self._read()
        elif name == "holds":
            self._read_holds()

    def _read(self) -> None:
        def read(console: "Console") -> tuple[Result, Result]:
            return notices.status(console), notices.due(console)

        def show(found: tuple[Result, Result]) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_all(*found, self._desk.snapshot)

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._screen, error))

    def _read_holds(self) -> None:
        self._desk.hands.worker.run(
            "", call(hold.list_holds), self._show_holds, lambda error: say_error(self._holds, error)
        )

    def _show_holds(self, found: Result) -> None:
        if self._desk.snapshot is not None:
            self._holds.show_holds(found["holds"], self._desk.snapshot)

    def _propose(self, person: str, act: str, basis: str) -> None:
        said = say("It is proposed. One of Legal and one of another group must agree.")
        self._act(
            say("Proposing"),
            call(erasure.propose, basis, subject=person or None, act=act or None),
            said,
            self._screen.proposed,
        )

    def _approve(self, id_: str, member: str) -> None:
        def done(told: Result) -> None:
            said = (
                say("It is erased. See below who is owed a notice.")
                if told["erased"]
                else say("Agreed. One more is missing.")
            )
            self._screen.say_done(said)
            self._read()

        why = say("To agree to this erasure. Once both have agreed, nobody can undo it. Counsel's notes stay.")
        self._desk.act(self._screen, say("Erasing"), call(erasure.approve, id_, member), done, pin_of=member, why=why)

    def _notified(self, id_: str, seq: int) -> None:
        self._act(
            say("Writing it down"), call(notices.given, id_, seq), say("It is written down that the notice was given.")
        )

    def _act(
        self, title: str, action: "Callable[[Console], Result]", said: str, also: Callable[[], None] = lambda: None
    ) -> None:
        def done(_: Result) -> None:
            also()
            self._screen.say_done(said)
            self._read()

        self._desk.act(self._screen, title, action, done)

    def _place(self, on: Sequence[str], member: str, reason: str) -> None:
        def done(found: Result) -> None:
            self._holds.placed()
            self._holds.say_done(say("The hold stands."))
            self._show_holds(found)

        self._desk.act(
            self._holds,
            say("Placing the hold"),
            call(hold.place, on, member, reason),
            done,
            pin_of=member,
            why=say("To place this legal hold."),
            failed=self._show_reason,
        )

    def _lift(self, id_: str, member: str, reason: str) -> None:
        def done(found: Result) -> None:
            still = [row for row in found["holds"] if row["hold"] == id_]
            self._holds.say_done(say("Agreed. One more is missing.") if still else say("The hold is lifted."))
            self._show_holds(found)

        self._desk.act(
            self._holds,
            say("Lifting the hold"),
            call(hold.lift, id_, member, reason),
            done,
            pin_of=member,
            why=say("To agree that this hold ends."),
            failed=self._show_reason,
        )

    def _show_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._holds.show_reason_wrong(sentence)
            self._holds.say_problem(
                say("The reason: {sentence}", sentence=sentence), say("Write in whole words why, then try again.")
            )
        return bool(found)


def _state(told: View) -> tuple[str, str]:
    if told["erased"]:
        return "plain", say("Erased")
    return ("plain", say("No longer open")) if told["over"] else ("warning", say("Waits for agreement"))


def _groups(missing: Sequence[str], snapshot: Snapshot) -> Mapping[str, int]:
    others = [name for name in snapshot.groups if name != "legal"] if "another" in missing else []
    return dict.fromkeys([*(["legal"] if "legal" in missing else []), *others], 1)


def _choices(scopes: Sequence[View], snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return (person|activation, words) of everything that can be named, activations first."""
    found: dict[str, str] = {}
    for told in (one for one in scopes if one["activation"]):
        act, name = (
            str(told["activation"]),
            say("activation …{activation}", activation=short(str(told["activation"]))),
        )
        found[f"|{act}"] = say("All of {name}{until}", name=name, until=_until(told))
        if told["person"]:
            found[f"{told['person']}|{act}"] = say(
                "{person} inside {name}{until}", person=_person(told, snapshot), name=name, until=_until(told)
            )
    for told in (one for one in scopes if one["person"] and not one["activation"]):
        found[f"{told['person']}|"] = say(
            "{person} everywhere{until}", person=_person(told, snapshot), until=_until(told)
        )
    return list(found.items())


def _person(told: View, snapshot: Snapshot) -> str:
    name = snapshot.name_of(told["person"])
    return name if name == told["person"] else f"{name} ({told['person']})"


def _words(told: View, snapshot: Snapshot) -> str:
    name = (
        say("activation …{activation}", activation=short(str(told["activation"])))
        if told["activation"]
        else say("everywhere")
    )
    if not told["person"]:
        return name
    person = _person(told, snapshot)
    return say("{person} inside {name}", person=person, name=name) if told["activation"] else f"{person} {name}"


def _until(told: View) -> str:
    if not told["from"]:
        return ""
    return say(" (kept long enough)") if told["due"] else say(" (kept until {since})", since=str(told["from"])[:10])
