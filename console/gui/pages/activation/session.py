# SPDX-License-Identifier: Apache-2.0
"""The open glass: what may be released, how much time and budget is left, and after the end what is owed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.actions.activation import approval
from console.domain import kinds
from console.domain.errors import ConsoleError
from console.gui.charts.live import LiveCharts
from console.gui.kit import form, sizes
from console.gui.kit.confirmation import Twice
from console.gui.kit.form import Field, People
from console.gui.kit.widgets import Page, PlainLabel, StateMark, announce, button, card, clear_layout, row
from console.gui.pages.activation.extension import More
from console.gui.phrases import STATES, group, listed, minutes, short, span
from console.gui.shell.desk import Desk, call, problems_of
from console.gui.snapshot import Person, Snapshot, View, choices_of
from console.language import say, say_count
from console.sentences.kinds import KINDS
from console.sentences.terms import CATEGORIES
from console.wording import message

MOVING: View = {"seconds_left": 0, "ends": ""}
"""What changes with every look: cards built anew for it would take a question away while it is answered."""
SHOWN = ("approved", "open", "frozen", "ended")
COMMANDS = say("On the page Vault: seal a new version, then let somebody else confirm it.")
ENDING = say("Once it is ended, nothing more can be shown. What was shown must then be changed.")
COMPLETING = say("An activation is one emergency access. It is complete once all that was shown is changed.")
COVERED_AT_FIRST = say("“Show once” leads to the secret, still covered. One more press there uncovers it.")
ROTATE = say("Change it at its target, seal the new secret, let a second person confirm it.")


class SessionScreen(Page):
    """Shows an approved, open or ended activation; reports what somebody wants of it."""

    open_asked = Signal(str)
    release_asked = Signal(str, str)
    use_asked = Signal(str, str)
    """Activation and credential: its key shall sign without being shown."""
    second_asked = Signal(str, str, str, int)
    """Activation, member, decision, amount (seconds for an extension)."""
    veto_asked = Signal(str, str, str)
    """Activation, member, reason."""
    far_asked = Signal(str)
    end_asked = Signal(str)
    close_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("Session"))
        self._snapshot: Snapshot | None = None
        self._shown: View | None = None
        self._which = form.choice([])
        sizes.keep(self._which, mostWidth=640)
        hint = say("An activation is one emergency access, from its request until all that was shown is changed.")
        self._which_field = Field(say("Activation"), self._which, hint)
        self._which.currentIndexChanged.connect(lambda _: self._show_chosen())
        self._top, self._body, self._left, self._warning = (QVBoxLayout(), QVBoxLayout(), PlainLabel(), PlainLabel())
        for part in (self._top, self._body):
            part.setSpacing(14)
        self._charts = LiveCharts()
        self._nothing = PlainLabel(say("Nothing is approved, open or waiting to be completed."))
        self._more = More(self.say_problem)
        self._more.agreed.connect(lambda *said: self.second_asked.emit(self._activation(), *said))
        self._veto = Veto(self.say_problem)
        self._veto.vetoed.connect(lambda *said: self.veto_asked.emit(self._activation(), *said))
        self._more.far_asked.connect(lambda: self.far_asked.emit(self._activation()))
        for widget in (self._nothing, self._which_field):
            self.column.addWidget(widget)
        going = QWidget()
        going.setLayout(self._body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._parts = self.parts(
            (say("The session"), going), (say("More time, more showings"), self._more), (say("A veto"), self._veto)
        )
        self.column.addLayout(self._top)
        for below in (self._parts, self._charts.left, self._charts.happened):
            self.column.addWidget(below)
        self._parts.allow(self._more, self._veto, allowed=False)
        self.column.addStretch(1)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._count)
        self._tick.start(1000)

    def present(self, snapshot: Snapshot) -> None:
        """Show what can be worked on."""
        self._snapshot = snapshot
        rows = [view for view in snapshot.live if view["state"] in SHOWN]
        form.fill(self._which, [(view["activation"], _name(view)) for view in rows])
        for part in (self._more, self._veto):
            part.offer(snapshot.keyholders())
        self._nothing.setVisible(not rows)
        self._which_field.setVisible(len(rows) > 1)
        if rows:
            self._show_chosen()
        else:
            self._show_none()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._snapshot = None
        self._show_none()

    def choose(self, activation: str) -> None:
        """Turn to one activation."""
        self._which.setCurrentIndex(max(0, self._which.findData(activation)))

    def _activation(self) -> str:
        return str(self._shown["activation"]) if self._shown else ""

    def _show_none(self) -> None:
        self._shown = None
        for part in (self._top, self._body):
            clear_layout(part)
        self._charts.forget()
        # The old ones went with the cards they stood on.
        self._left, self._warning = PlainLabel(), PlainLabel()
        self._parts.allow(self._more, self._veto, allowed=False)

    def _show_chosen(self) -> None:
        view = self._snapshot.find(str(self._which.currentData())) if self._snapshot else None
        if view is None:
            return
        before, self._shown = self._shown, view
        if before is None or {**before, **MOVING} != {**view, **MOVING}:
            for part in (self._top, self._body):
                clear_layout(part)
            self._left, self._warning = PlainLabel(role="big", wrap=False), PlainLabel()
            self._warning.set_tone("warning")
            self._top.addWidget(self._head(view))
            self._body.addWidget(self._rest(view))
            self._parts.allow(self._more, self._veto, allowed=view["state"] in ("open", "frozen"))
        self._count()

    def _rest(self, view: View) -> QFrame:
        state = view["state"]
        if state == "approved":
            return self._opening(view)
        return self._owed(view) if state == "ended" else self._items(view)

    def _head(self, view: View) -> QFrame:
        frame, column = card()
        words, tone = STATES[view["state"]]
        state, budget = PlainLabel(words, role="big", wrap=False), view["budget"]
        state.set_tone(tone)
        line = row(StateMark(tone), state)
        line.addWidget(self._left)
        if view["state"] in ("open", "frozen"):
            # Beside the time and not below it: what is shown next must be seen without scrolling.
            act, yes = view["activation"], say("Yes, end it: nothing more can be shown")
            line.addWidget(Twice(say("End the session"), yes, lambda: self.end_asked.emit(act)))
        column.addLayout(line)
        said = view["justification"]
        column.addWidget(PlainLabel(f"{said['incident']} · {CATEGORIES[said['category']]}"))
        column.addWidget(
            PlainLabel(
                say(
                    "Showings: {used} of {releases} used, {left} left",
                    used=budget["used"],
                    releases=budget["releases"],
                    left=budget["left"],
                )
            )
        )
        if view["state"] in ("open", "frozen"):
            for waiting in view["seconding"]:
                column.addWidget(PlainLabel(_waiting(waiting)))
            column.addWidget(self._warning)
            column.addWidget(PlainLabel(ENDING, role="muted"))
        return frame

    def _opening(self, view: View) -> QFrame:
        frame, column = card()
        names = listed(list(dict.fromkeys(item["credential"] for item in view["items"])))
        column.addWidget(
            PlainLabel(
                say("Opens for {minutes}: {names}.", minutes=minutes(view["seconds"] // 60), names=names),
                role="heading",
            )
        )
        column.addWidget(PlainLabel(say("Nothing is shown by opening. The time begins to run, and it is journaled.")))
        go = button(say("Open now"), lambda: self.open_asked.emit(view["activation"]), weight="primary")
        column.addLayout(row(go))
        return frame

    def _items(self, view: View) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Secrets of this session"), role="heading"))
        if view["frozen_why"]:
            label = PlainLabel(_FROZEN[view["frozen_why"]])
            label.set_tone("warning")
            column.addWidget(label)
        for name, items in _by_name(view).items():
            column.addWidget(self._item(view, name, items))
        if not all(kinds.of(item["kind"]).shows_code for item in view["items"]):
            column.addWidget(PlainLabel(COVERED_AT_FIRST, role="muted"))
        return frame

    def _item(self, view: View, name: str, items: list[View]) -> QWidget:
        kind, shown = kinds.of(items[0]["kind"]), int(view["shown"].get(name, 0))
        is_code, left = kind.burns, len(items) - shown
        text = say("Show next code") if kind.counts_on else say("Show once")
        told = say("{shown} of {count} taken", shown=shown, count=len(items)) if is_code else _times(shown)
        holder, line = QWidget(), row()
        line.setContentsMargins(0, 4, 0, 4)
        act = view["activation"]
        if kind.signs:
            use = say("Use without showing")
            line.addWidget(button(use, lambda: self.use_asked.emit(act, name), name=f"{use}: {name}"))
        if (left > 0 or not is_code) and kind.is_shown:
            go = button(text, lambda: self.release_asked.emit(act, name), weight="primary", name=f"{text}: {name}")
            line.addWidget(go)
        line.addWidget(PlainLabel(f"{name}   ({KINDS[kind.name]}, {told})", wrap=False))
        holder.setLayout(line)
        return holder

    def _owed(self, view: View) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(_ENDED.get(view["ended_why"], say("It is over.")), role="heading"))
        for debt in view["owed"]:
            label = PlainLabel(
                say("▲  Still to be changed: {credential}. {rotate}", credential=debt["credential"], rotate=ROTATE)
            )
            label.set_tone("warning")
            column.addWidget(label)
        if view["owed"]:
            column.addWidget(PlainLabel(COMMANDS, role="muted"))
        else:
            column.addWidget(PlainLabel(say("Nothing is owed.")))
        column.addWidget(PlainLabel(COMPLETING, role="muted"))
        go = button(say("Complete the activation"), lambda: self.close_asked.emit(view["activation"]), weight="primary")
        column.addLayout(row(go))
        return frame

    def _count(self) -> None:
        if self._shown is None or self._snapshot is None:
            return
        self._charts.draw(self._snapshot, self._shown)
        if self._shown["state"] == "ended":
            self._left.setText("")
            return
        left = self._snapshot.seconds_left(self._shown)
        what = say("left") if self._shown["state"] in ("open", "frozen") else say("to open it")
        self._left.setText(f"{span(left)} {what}")
        self._warn(self._shown)

    def _warn(self, view: View) -> None:
        """Warn while approvers can still be reached; aloud once, not every second."""
        told = "\n".join(f"▲  {message(code, {})}" for code in view["warnings"])
        if self._warning.text() != told:
            self._warning.setText(told)
            if told:
                announce(self._warning, told)
        self._warning.setVisible(bool(told))


_FROZEN = {
    "budget": say("All showings are used. Both roles must reset them first, under “More time, more showings”."),
    "clock": say("The clock of this machine went back. Both roles must agree, under “More time, more showings”."),
}


_ENDED = {
    "operator": say("It was ended by hand."),
    "time": say("Its time was over; it ended by itself."),
    "veto": say("A keyholder ended it by a veto."),
}


class Veto(QFrame):
    """Reports which keyholder ends the session, and why."""

    vetoed = Signal(str, str)
    """Member, reason."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._complain, self._people, self._why = complain, People(), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("A veto: one keyholder ends the session for good"), role="heading"))
        column.addWidget(Field(say("Who vetoes"), self._people))
        column.addWidget(Field(say("Reason of a veto"), self._why, say("One keyholder is enough to end it.")))
        column.addWidget(
            Twice(say("End the session by a veto"), say("Yes, this keyholder ends the session"), self._veto)
        )

    def offer(self, people: Sequence[Person]) -> None:
        """Offer these keyholders."""
        self._people.offer(choices_of(people))

    def _veto(self) -> None:
        if self._people.value():
            self.vetoed.emit(self._people.value(), self._why.text().strip())
        else:
            self._complain(say("Nobody is chosen."), say("Choose which keyholder ends the session."))


class VetoGestures(QObject):
    """Joins the session's veto to ``actions.approval``."""

    def __init__(self, desk: Desk, session: SessionScreen) -> None:
        super().__init__()
        self._desk, self._session = desk, session
        session.veto_asked.connect(self._veto)

    def _veto(self, act: str, member: str, reason: str) -> None:
        self._desk.act(
            self._session,
            say("Ending"),
            call(approval.deny, act, member, reason, veto=True),
            lambda _: self._session.say_done(say("The session is ended by a veto.")),
            failed=self._say_reason,
            pin_of=member,
            why=say("To end this session, though it is open."),
        )

    def _say_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._session.say_problem(
                say("The reason of a veto: {sentence}", sentence=sentence), say("Write in whole words why.")
            )
        return bool(found)


def _name(view: View) -> str:
    said = view["justification"]
    return f"{said['incident']} · {STATES[view['state']][0]} · {short(view['activation'])}"


def _by_name(view: View) -> dict[str, list[View]]:
    found: dict[str, list[View]] = {}
    for item in view["items"]:
        found.setdefault(item["credential"], []).append(item)
    return found


def _times(shown: int) -> str:
    return (say("not shown yet"), say("shown once"))[shown] if shown < 2 else say("shown {shown} times", shown=shown)


def _waiting(waiting: View) -> str:
    amount, lacking = waiting["amount"], listed([group(name) for name in waiting["missing"]])
    told = {
        "extend": say_count(amount // 60, "1 minute more", "{count} minutes more"),
        "reset": say_count(amount, "1 showing more", "{count} showings more"),
        "resume": say("Going on"),
    }
    return say("{told}: agreed by one role, still missing: {lacking}.", told=told[waiting["decision"]], lacking=lacking)
