# SPDX-License-Identifier: Apache-2.0
"""People and rules: who counts, who is called next, what holds, and the changes that wait for signatures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from console.actions import entries
from console.actions.keyholder import enrolment, proof
from console.actions.policy import steps, suspension
from console.domain.keyholder.contact import Contact
from console.domain.policy.keyholder import WITHOUT_GROUP
from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.files import FilesField, read_toml
from console.gui.kit.finding import without_number
from console.gui.kit.form import Field
from console.gui.kit.signers import Signers
from console.gui.kit.widgets import Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.pages.keyholder.contact import Reach
from console.gui.phrases import PERSON_STATES, group, listed, missing
from console.gui.shell.desk import Desk, call, say_error
from console.gui.snapshot import Person, Snapshot, View
from console.language import say
from console.sentences import change
from console.sentences.terms import ASSURANCES, word
from console.wording import SUSPENDING

if TYPE_CHECKING:
    from console.actions.console import Console

CHANGE = say("Change file")
NOBODY = ("", say("Nobody yet"))
"""So that nobody is suspended by not looking."""
SHARES = (3, 2, 3, 3, 3)
"""Of the width, for: who, state, token, telephone, who is called next."""
Result = Mapping[str, Any]
PROPOSED = say("It is proposed. Read it below; it holds once the groups have signed.")


class PeopleScreen(Page):
    """Shows people, rules and open changes; reports who signs, suspends, or wants somebody to leave."""

    sign_asked = Signal(str, str)
    """Proposal, member."""
    suspend_asked = Signal(str, str)
    """Who, and by whom."""
    leave_asked = Signal(str)
    change_asked = Signal(str)
    """A change file."""
    page_asked = Signal(str)
    """Name of a further page."""

    def __init__(self) -> None:
        super().__init__(say("People and rules"))
        self._value: View = {}
        self._people: tuple[Person, ...] = ()
        self._who, self._by = form.choice([]), form.choice([])
        self._who.currentIndexChanged.connect(lambda _: self._offer_signers())
        self._suspend = Twice(say("Suspend now"), say("Yes, suspend"), self._ask_suspend)
        self._leave = Twice(say("Propose that they leave"), say("Yes, propose it"), self._ask_leave)
        self._proposals, self._groups, self._rules = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._stopping, self._change = self._make_stopping(), FilesField(CHANGE)
        self.reach = Reach(self.say_problem)
        self._lay_out()

    def _lay_out(self) -> None:
        self.column.addLayout(
            row(
                button(say("Enrol somebody"), lambda: self.page_asked.emit("enrol")),
                button(say("People who are away"), lambda: self.page_asked.emit("away")),
                button(say("Custody register"), lambda: self.page_asked.emit("custody")),
                button(say("Recovery sheets"), lambda: self.page_asked.emit("sheets")),
            )
        )
        for part in (self._proposals, self._groups):
            part.setSpacing(14)
            self.column.addLayout(part)
        rules = QWidget()
        rules.setLayout(self._rules)
        self._rules.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(
            self.parts(
                (say("The rules"), rules),
                (say("One person"), self.reach),
                (say("Suspend, or let leave"), self._stopping),
                (say("Another change"), self._changing()),
            )
        )
        self.column.addStretch(1)

    def _changing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Another change of people or rules"), role="heading"))
        column.addWidget(
            Field(CHANGE, self._change, say("Written by an administrator; it holds only once it is signed."))
        )
        column.addLayout(row(button(say("Propose this change"), self._ask_change)))
        return frame

    def _ask_change(self) -> None:
        names = self._change.names()
        if len(names) == 1:
            self.change_asked.emit(names[0])
        else:
            self.say_problem(say("One change file is needed."), say("Choose it, then propose it."))

    def _make_stopping(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Somebody must no longer count"), role="heading"))
        column.addWidget(Field(say("Who"), self._who))
        column.addWidget(
            Field(say("Suspended by"), self._by, say("A keyholder of the same group, on their own token."))
        )
        column.addWidget(PlainLabel(SUSPENDING, role="muted"))
        column.addWidget(self._suspend)
        column.addWidget(PlainLabel(say("To leave for good needs a change that the groups sign."), role="muted"))
        column.addWidget(self._leave)
        return frame

    def show_people(self, value: View, snapshot: Snapshot) -> None:
        """Show everybody, the rules in force and the open changes."""
        if (value, snapshot.people) == (self._value, self._people):
            return
        self._value, self._people = value, snapshot.people
        for part in (self._proposals, self._groups, self._rules):
            clear_layout(part)
        for proposal in value["policy"]["proposals"]:
            self._proposals.addWidget(self._proposal(snapshot, proposal))
        for name in (*snapshot.groups, *WITHOUT_GROUP):
            rows = [person for person in value["keyholders"] if person["role"] == name]
            if rows:
                self._groups.addWidget(_group(name, rows))
        if unknown := [str(person["name"]) for person in value["keyholders"] if not person["phone"]]:
            self._groups.addWidget(without_number(unknown, lambda _, part: self.turn_to_part(part)))
        self._rules.addWidget(_rules(value["policy"]))
        counting = [(p.id, f"{p.name} ({group(p.role)})") for p in self._people if p.state != "suspended"]
        form.fill(self._who, [NOBODY, *counting])
        self.reach.offer(self._people, value["keyholders"])
        self._offer_signers()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._value, self._people = {}, ()
        for part in (self._proposals, self._groups, self._rules):
            clear_layout(part)
        self.reach.forget()
        self._change.clear()

    def _offer_signers(self) -> None:
        who = next((p for p in self._people if p.id == self._who.currentData()), None)
        if who is None:
            form.fill(self._by, [NOBODY])
            return
        fit = [p for p in self._people if p.state == "active" and p.role not in WITHOUT_GROUP and p.id != who.id]
        same = [p for p in fit if who.role in (*WITHOUT_GROUP, p.role)]
        form.fill(self._by, [NOBODY, *((p.id, f"{p.name} ({group(p.role)})") for p in same)])
        self._suspend.ask_with(say("Yes, suspend {name}", name=who.name))
        self._leave.ask_with(say("Yes, propose that {name} leaves", name=who.name))

    def _ask_suspend(self) -> None:
        if self._who.currentData() and self._by.currentData():
            self.suspend_asked.emit(str(self._who.currentData()), str(self._by.currentData()))
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who, and somebody of the same group."))

    def _ask_leave(self) -> None:
        if self._who.currentData():
            self.leave_asked.emit(str(self._who.currentData()))
        else:
            self.say_problem(say("Nobody is chosen."), say("Choose who leaves."))

    def _proposal(self, snapshot: Snapshot, value: View) -> QFrame:
        frame, column = card()
        column.addLayout(
            row(
                StateMark("warning"),
                PlainLabel(say("Change number {number} waits", number=value["number"]), role="heading", wrap=False),
            )
        )
        for difference in value["differences"]:
            column.addWidget(PlainLabel(change.change(difference)))
        for mind in value["warnings"]:
            label = PlainLabel(say("▲  Mind: {warning}", warning=change.warning(mind)))
            label.set_tone("warning")
            column.addWidget(label)
        column.addWidget(PlainLabel(say("Its twelve words: {words}", words=" ".join(value["words"])), role="muted"))
        signers = _signers(snapshot, value)
        signers.signing.connect(lambda member: self.sign_asked.emit(value["proposal"], member))
        column.addWidget(signers)
        return frame


class PeopleGestures(QObject):
    """Joins the pages about people to ``actions.policy``, ``suspension``, ``proving`` and contacts."""

    def __init__(self, desk: Desk, screen: PeopleScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        screen.sign_asked.connect(self._sign)
        screen.suspend_asked.connect(self._suspend)
        screen.leave_asked.connect(self._leave)
        screen.change_asked.connect(self._change)
        screen.page_asked.connect(self._turn_to)
        screen.reach.prove_asked.connect(self._prove)
        screen.reach.contact_asked.connect(self._keep_contact)
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Read people and rules anew while their page is shown."""
        if self._window.page is self._screen:
            self._read()

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _turn_to(self, page: str) -> None:
        self._window.choose(page)

    def _chosen(self, name: str) -> None:
        if name == "people":
            self._screen.messages.clear()
            self._read()

    def _read(self) -> None:
        self._desk.hands.worker.run("", read_people, self._show, lambda error: say_error(self._screen, error))

    def _show(self, value: Result) -> None:
        if self._desk.snapshot is not None:
            self._screen.show_people(value, self._desk.snapshot)

    def _sign(self, proposal: str, member: str) -> None:
        def done(result: Result) -> None:
            more = say("It is in force now.") if result["in_force"] else f"{missing(result['missing'])}."
            self._screen.say_done(say("Change number {number} is signed. {more}", number=result["number"], more=more))

        self._desk.act(
            self._screen,
            say("Signing"),
            call(steps.sign, proposal, member),
            done,
            pin_of=member,
            ends_lease=True,
            why=say("To sign the change that you have just read."),
        )

    def _suspend(self, member: str, by: str) -> None:
        def suspend(console: "Console") -> tuple[Result, bool]:
            return suspension.suspend(console, member, by), console.hsm.unlocked_by() == member

        def done(result: tuple[Result, bool]) -> None:
            if result[1]:
                # Who is suspended keeps nothing unlocked.
                self._window.strip.lock_asked.emit()
            else:
                self._screen.say_done(say("{member} is suspended and counts nowhere.", member=self._name(member)))

        self._desk.act(
            self._screen,
            say("Suspending"),
            suspend,
            done,
            pin_of=by,
            ends_lease=True,
            why=say("To suspend {member} at once.", member=self._name(member)),
        )

    def _leave(self, member: str) -> None:
        def done(_: Result) -> None:
            self._screen.say_done(PROPOSED)

        self._desk.act(self._screen, say("Proposing"), call(steps.propose_without, member), done)

    def _change(self, file: str) -> None:
        self._desk.act(
            self._screen,
            say("Proposing"),
            lambda console: steps.propose_change(console, read_toml(file)),
            lambda _: self._screen.say_done(PROPOSED),
        )

    def _prove(self, member: str) -> None:
        def done(result: Result) -> None:
            self._screen.say_done(say("The token of {name} works: it signed and it opened.", name=result["name"]))

        self._desk.act(
            self._screen,
            say("Proving"),
            call(proof.prove, member),
            done,
            pin_of=member,
            why=say("To prove that your token works."),
        )

    def _keep_contact(self, member: str, card: Mapping[str, str]) -> None:
        def done(_: Result) -> None:
            self._screen.say_done(say("The contact card of {member} is kept.", member=self._name(member)))

        self._desk.act(
            self._screen,
            say("Keeping it"),
            lambda console: enrolment.set_contact(console, member, Contact(**card)),
            done,
        )

    def _name(self, member: str) -> str:
        return self._desk.snapshot.name_of(member) if self._desk.snapshot else member


def read_people(console: "Console") -> Result:
    """Return everybody with their deputies and telephones, and the policy with its open changes."""
    listed = enrolment.with_contacts(console, entries.list_keyholders(console), reached=True)
    return {**listed, "policy": steps.show(console.policy, steps.proposals(console))}


def _signers(snapshot: Snapshot, value: View) -> Signers:
    """Offer who may sign now: whoever joins comes first, with the new key."""
    joining, signed = value["newcomers_missing"], value["signed"]
    rows = [row for row in value["differences"] if row["what"] == "member_joins"]
    new = {row["subject"]: Person(row["subject"], row["name"], row["after"]) for row in rows}
    known = {person.id: person for person in snapshot.people} | new
    names = [known[member].name for member in signed]
    if not joining:
        return Signers([p for p in snapshot.keyholders() if p.id not in signed], value["missing"], names)
    people = [known[member] for member in joining]
    roles = [person.role for person in people]
    return Signers(people, {role: roles.count(role) for role in roles}, names)


def _group(name: str, rows: Sequence[View]) -> QFrame:
    frame, column = card()
    title = group(name)
    column.addWidget(PlainLabel(title[:1].upper() + title[1:], role="heading"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(6)
    for at, share in enumerate(SHARES, 1):
        grid.setColumnStretch(at, share)
    names = {str(person["id"]): str(person["name"]) for person in rows}
    for line, person in enumerate(rows):
        words, tone = PERSON_STATES[person["state"]]
        state = PlainLabel(words)
        state.set_tone(tone if tone != "good" else "")
        chain = listed([names.get(member, member) for member in person["deputies"]])
        cells = (
            PlainLabel(f"{person['name']} ({person['id']})"),
            state,
            PlainLabel(ASSURANCES.get(person["assurance"], person["assurance"])),
            PlainLabel(person["phone"]),
            PlainLabel(say("then call {chain}", chain=chain) if chain else ""),
        )
        grid.addWidget(StateMark(tone), line, 0)
        for at, cell in enumerate(cells, 1):
            grid.addWidget(cell, line, at, Qt.AlignmentFlag.AlignVCenter)
    column.addLayout(grid)
    return frame


def _rules(policy: View) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("The rules in force"), role="heading"))
    for sentence in _sentences(policy):
        column.addWidget(PlainLabel(sentence))
    column.addWidget(PlainLabel(say("Their twelve words: {words}", words=" ".join(policy["words"])), role="muted"))
    return frame


def _sentences(policy: View) -> Iterator[str]:
    for name, needed in sorted(policy["classes"].items()):
        yield say("A credential of class {name} needs: {counts}.", name=word(name), counts=change.counts(needed))
    for name in change.RULES:
        if policy["rules"].get(name) is not None:
            yield change.rule(name, policy["rules"][name])
