# SPDX-License-Identifier: Apache-2.0
"""The journal's alarm: what was found, what a new journal would say again, and the two signatures that begin it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from console.actions.journal import renewal
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.signers import Signers
from console.gui.kit.widgets import NaturalLabel, Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.phrases import SOURCES, listed, missing, short
from console.gui.shell.desk import Desk, call
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.kinds import KINDS
from console.wording import after_new_log, suspensions_lost

MEANS = (
    say("Nothing is written and nothing can be opened until a new journal is begun."),
    say("Nothing is repaired or thrown away. The old journal and its copy stay as they are."),
    say("Whatever was shown before counts as shown, and must be changed afterwards."),
)
HEADS = (say("Credential"), say("Version"), say("Left"), say("Must be changed"), say("Taken from"))
Result = Mapping[str, Any]
BEGUN = say("The new journal has begun, and everything goes on. Write its new key onto the grab card.")


class AlarmScreen(Page):
    """Shows the alarm and the new journals proposed; reports who begins one and who signs one."""

    begin_asked = Signal(str)
    """The reason, as it will stand in the new journal."""
    sign_asked = Signal(str, str)
    """Proposal, member."""

    def __init__(self) -> None:
        super().__init__(say("The journal raises an alarm"))
        self._shown: tuple[object, ...] = ()
        self._signers: list[Signers] = []
        self._found, self._reason = PlainLabel(), form.line()
        self._begin = button(say("Begin a new journal"), self._ask_begin, weight="primary")
        self._proposals = QVBoxLayout()
        self._proposals.setSpacing(14)
        self._lay_out()

    def _lay_out(self) -> None:
        frame, column = card()
        column.addLayout(
            row(StateMark("danger"), PlainLabel(say("What was found about the journal"), role="heading", wrap=False))
        )
        column.addWidget(self._found)
        for sentence in MEANS:
            column.addWidget(PlainLabel(sentence))
        self.column.addWidget(frame)
        self.column.addLayout(self._proposals)
        self._start, start = card()
        hint = say("It stays in the new journal for ever. Change it if you know more.")
        start.addWidget(Field(say("Reason"), self._reason, hint))
        start.addWidget(
            PlainLabel(say("Keyholders of each group then sign it, each on their own token. It says how many."))
        )
        start.addLayout(row(self._begin))
        self.column.addWidget(self._start)
        self.column.addStretch(1)

    def show_alarm(self, snapshot: Snapshot, found: Sequence[str]) -> None:
        """Show what was found, in sentences, and the new journals that were proposed."""
        alarm = snapshot.alarm
        if alarm is None or self._shown == (alarm, snapshot.people):
            return
        if not self._shown:
            self._reason.setText(" ".join(found))
        self._shown = (alarm, snapshot.people)
        self._found.setText(" ".join(found))
        clear_layout(self._proposals)
        self._signers = []
        for proposal in alarm.proposals:
            self._proposals.addWidget(self._proposal(snapshot, proposal))
        self._start.setVisible(not alarm.proposals)

    def forget(self) -> None:
        """Show nothing: the station is locked, or the alarm is over."""
        self._shown, self._signers = (), []
        clear_layout(self._proposals)
        self._found.clear()

    def focus(self) -> None:
        """Give the focus to the next thing to do."""
        self.reveal(self._signers[0].first() if self._signers else self._begin)

    def _ask_begin(self) -> None:
        self.begin_asked.emit(self._reason.text())

    def _proposal(self, snapshot: Snapshot, value: View) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Read the new journal, then sign it"), role="heading"))
        for line in _lines(value):
            column.addWidget(PlainLabel(line))
        column.addLayout(_table(value["credentials"]))
        unsigned = [person for person in snapshot.keyholders() if person.id not in value["signed"]]
        signers = Signers(unsigned, value["missing"], [snapshot.name_of(m) for m in value["signed"]])
        signers.signing.connect(lambda member: self.sign_asked.emit(value["renewal"], member))
        column.addWidget(signers)
        self._signers.append(signers)
        return frame


class AlarmGestures(QObject):
    """Joins the alarm's page to ``actions.renewal``; ``board`` is where people go on once it is over."""

    def __init__(self, desk: Desk, screen: AlarmScreen, board: Page) -> None:
        super().__init__()
        self._desk, self._screen, self._board = desk, screen, board
        self._stands = self._was_turned_to = False
        screen.begin_asked.connect(self._begin)
        screen.sign_asked.connect(self._sign)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Show the alarm while it stands; turn to it when it comes, and away from it when it is over."""
        before, self._stands = self._stands, snapshot.alarm is not None
        if snapshot.alarm is not None:
            from console.wording import finding

            told = [f"{finding(code)[:1].upper()}{finding(code)[1:].rstrip('.')}." for code in snapshot.alarm.codes]
            self._screen.show_alarm(snapshot, told)
        if self._stands and not self._was_turned_to:
            # While a PIN is asked no page can be chosen: then the next look does it.
            self._desk.hands.window.choose("alarm")
            self._screen.focus()
            self._was_turned_to = self._desk.hands.window.page is self._screen
        elif before and not self._stands:
            self.forget()
            self._desk.hands.window.choose("board")

    def forget(self) -> None:
        """The station is being locked."""
        self._stands = self._was_turned_to = False
        self._screen.forget()

    def _begin(self, reason: str) -> None:
        def done(_: Result) -> None:
            self._desk.look_then(self._screen.focus)

        self._desk.act(self._screen, say("Reading what is known"), call(renewal.propose, reason), done)

    def _sign(self, proposal: str, member: str) -> None:
        def done(result: Result) -> None:
            if result["in_force"]:
                self._desk.look_then(lambda: self._board.say_done(" ".join((BEGUN, *after_new_log(result)))))
            else:
                self._screen.say_done(say("Signed. {missing}.", missing=missing(result["missing"])))
                self._desk.look_then(self._screen.focus)

        self._desk.act(
            self._screen,
            say("Signing"),
            call(renewal.sign, proposal, member),
            done,
            pin_of=member,
            ends_lease=True,
            why=say("To sign the new journal that you have just read."),
        )


def _lines(value: View) -> Iterator[str]:
    found = value["found"]
    yield say("It follows {since} and is called {to}.", since=value["from"], to=value["to"])
    yield say("Reason: {words}", words=value["text"])
    known = [say("{size} entries", size=row["size"]) for row in value["anchored"]]
    yield say("The security module remembers: {known}.", known=listed(known) or say("nothing"))
    if found:
        proven = say("proven") if found["proven"] else say("not proven")
        yield say(
            "Found: {size} entries, from {sources}, {proven}.",
            size=found["size"],
            sources=SOURCES[found["source"]],
            proven=proven,
        )
    else:
        yield say("Nothing of the old journal was found.")
    if not (found and found["proven"]):
        yield say("Nothing proves the rest: every credential counts as shown.")
    ends = listed([short(act) for act in value["ended"]])
    yield say("These activations end: {ends}.", ends=ends) if ends else say("No activation was open.")
    yield say("Suspended, and stay so: {suspended}.", suspended=listed(value["suspended"]) or say("nobody"))
    if value["suspensions_lost"]:
        yield suspensions_lost(value["suspensions_lost"])
    yield from after_new_log(value)
    yield say("It says again what stands. Compare it with what you know:")


def _table(rows: Sequence[View]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setColumnStretch(len(HEADS), 1)
    for at, head in enumerate(HEADS):
        grid.addWidget(NaturalLabel(head, role="field"), 0, at)
    for line, told in enumerate(rows, 1):
        cells = (
            f"{told['name']} ({KINDS.get(told['kind'], told['kind'])})",
            str(told["version"]),
            str(told["left"]),
            say("yes") if told["owes"] else say("no"),
            SOURCES[told["restated_from"]],
        )
        for at, text in enumerate(cells):
            grid.addWidget(NaturalLabel(text), line, at)
    if not rows:
        grid.addWidget(PlainLabel(say("Nothing is sealed here.")), 1, 0, 1, len(HEADS))
    return grid
