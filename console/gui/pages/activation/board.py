# SPDX-License-Identifier: Apache-2.0
"""What is going on: every activation with its state, who is missing, time and budget left, and what is owed."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.actions.document import summary
from console.gui.charts.gauge import BudgetGauge
from console.gui.charts.quorum import QuorumBoard
from console.gui.kit import form
from console.gui.kit.files import write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import NaturalLabel, Page, PlainLabel, StateMark, button, card, clear_layout, row
from console.gui.phrases import STATES, group, listed, missing, span
from console.gui.shell.desk import Desk
from console.gui.snapshot import OVER_NAMED, Snapshot, View
from console.language import say
from console.sentences.terms import CATEGORIES
from console.wording import FROZEN

if TYPE_CHECKING:
    from console.actions.console import Console

TASKS = {
    "requested": ("approve", say("Approve or deny")),
    "approved": ("session", say("Go and open it")),
    "open": ("session", say("Go to the session")),
    "frozen": ("session", say("Go to the session")),
    "ended": ("session", say("See what is owed")),
}
ASKED, OPEN = ("requested", "approved"), ("open", "frozen")
T = TypeVar("T", QuorumBoard, BudgetGauge)
SAID = say("Who asked, who agreed, what was shown and when, and what the journal does not prove. No secret is on it.")


class BoardScreen(Page):
    """Shows the activations; reports which one somebody turns to."""

    task_asked = Signal(str, str)
    """Name of the page, and the activation (empty: none)."""
    course_asked = Signal(str)
    """An activation that is over, and of which somebody wants to see what happened when."""

    def __init__(self) -> None:
        super().__init__(say("What is going on"))
        self._snapshot: Snapshot | None = None
        self._lefts: list[tuple[View, PlainLabel]] = []
        self._charts: dict[tuple[str, str], QuorumBoard | BudgetGauge] = {}
        """By activation and kind: they stay when cards are built anew, a table that somebody turned to with them."""
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        going_on = QWidget()
        going_on.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._request = button(say("Request break-glass access"), self._ask_request)
        self.column.addLayout(row(self._request))
        self.summary = OnePage()
        self._parts = self.parts((say("Now"), going_on), (say("An incident on one page"), self.summary))
        self.column.addWidget(self._parts)
        self.column.addStretch(1)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._count)
        self._tick.start(1000)

    def present(self, snapshot: Snapshot) -> None:
        """Show a snapshot; cards are only built anew when something but the time has changed."""
        old, self._snapshot = self._snapshot, snapshot
        if old is None or _without_time(old) != _without_time(snapshot):
            self._build(snapshot)
        else:
            self._lefts = [(view, label) for view, (_, label) in zip(snapshot.live, self._lefts, strict=True)]
        self._parts.allow(self.summary, allowed=self.summary.offer(snapshot))
        self._count()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._snapshot, self._lefts = None, []
        self._charts.clear()
        clear_layout(self._rows)
        self.summary.forget()
        self._parts.allow(self.summary, allowed=False)

    def _build(self, snapshot: Snapshot) -> None:
        self._charts = {key: kept for key, kept in self._charts.items() if snapshot.find(key[0])}
        # Qt says None where nothing has the focus, whatever its types say.
        focused = cast(QWidget | None, self.window().focusWidget())
        held = focused and any(kept.isAncestorOf(focused) for kept in self._charts.values())
        for kept in self._charts.values():
            kept.setParent(None)
        clear_layout(self._rows)
        self._lefts = []
        self._request.setVisible(not snapshot.is_reading())
        for view in snapshot.live:
            self._rows.addWidget(self._card(snapshot, view))
        if not snapshot.live:
            self._rows.addWidget(_nothing())
        if snapshot.over:
            self._rows.addWidget(self._over(snapshot))
        if focused and held:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card(self, snapshot: Snapshot, view: View) -> QFrame:
        frame, column = card()
        said = view["justification"]
        words, tone = STATES[view["state"]]
        state, left = PlainLabel(words, role="heading", wrap=False), PlainLabel(wrap=False)
        state.set_tone(tone)
        what = NaturalLabel(f"{said['incident']} · {CATEGORIES[said['category']]}")
        column.addLayout(row(StateMark(tone), state, what, left))
        for line in _lines(snapshot, view):
            column.addWidget(PlainLabel(line))
        if view["state"] in ASKED:
            self._chart(view, "quorum", QuorumBoard, column).present(snapshot, view)
        elif view["state"] in OPEN:
            self._chart(view, "budget", BudgetGauge, column).present(view, snapshot.seconds_left(view))
        page, text = TASKS[view["state"]]
        name = f"{text}: {said['incident']}"
        go = button(text, lambda: self.task_asked.emit(page, view["activation"]), weight="primary", name=name)
        if not snapshot.is_reading():
            column.addLayout(row(go))
        self._lefts.append((view, left))
        return frame

    def _chart(self, view: View, kind: str, make: Callable[[], T], column: QVBoxLayout) -> T:
        """Return the chart of an activation, on its card."""
        key = (str(view["activation"]), kind)
        if key not in self._charts:
            self._charts[key] = make()
        chart = cast(T, self._charts[key])
        column.addWidget(chart)
        chart.show()
        return chart

    def _over(self, snapshot: Snapshot) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Over"), role="heading"))
        for view in snapshot.over[:OVER_NAMED]:
            act, words = str(view["activation"]), STATES[view["state"]][0]
            told = f"{snapshot.called(view)} · {words}"
            go = button(
                say("What happened"),
                partial(self.course_asked.emit, act),
                weight="small",
                name=say("What happened: {activation}", activation=told),
            )
            column.addLayout(row(go, NaturalLabel(told, role="muted")))
        return frame

    def _ask_request(self) -> None:
        self.task_asked.emit("request", "")

    def _count(self) -> None:
        for view, label in self._lefts:
            if self._snapshot is not None and view["state"] != "ended":
                left = span(self._snapshot.seconds_left(view))
                what = say("open for") if view["state"] in OPEN else say("expires in")
                label.setText(f"{what} {left}")
                gauge = self._charts.get((str(view["activation"]), "budget"))
                if isinstance(gauge, BudgetGauge) and view["state"] in OPEN:
                    gauge.present(view, self._snapshot.seconds_left(view))


class OnePage(QFrame):
    """Reports of which activation the page is wanted."""

    asked = Signal(str, str)
    """Activation, folder."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._act, self._folder = form.choice([]), form.line()
        self._folder.setText("~/Documents")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("An incident on one page"), role="heading"))
        column.addWidget(PlainLabel(SAID))
        column.addWidget(Field(say("Which incident"), self._act))
        column.addWidget(Field(say("Folder for the page"), self._folder))
        column.addLayout(row(button(say("Save the summary"), self._ask)))

    def offer(self, snapshot: Snapshot) -> bool:
        """Offer every activation there ever was, what goes on first; return whether there is any."""
        known = snapshot.named()
        form.fill(self._act, known)
        return bool(known)

    def forget(self) -> None:
        """Name none: the station is locked."""
        form.fill(self._act, [])

    def _ask(self) -> None:
        self.asked.emit(str(self._act.currentData()), self._folder.text().strip())


class OnePageGestures(QObject):
    """Joins the board's card to ``actions.summary``."""

    def __init__(self, desk: Desk, board: BoardScreen) -> None:
        super().__init__()
        self._desk, self._board = desk, board
        board.summary.asked.connect(self._save)

    def _save(self, act: str, folder: str) -> None:
        def saved(console: "Console") -> str:
            return write_all(folder, {f"summary-{act}.pdf": summary.incident_summary(console, act)})

        def done(where: str) -> None:
            self._board.say_done(say("The summary is in {where}: summary-{act}.pdf.", where=where, act=act))

        self._desk.act(self._board, say("Writing the page"), saved, done)


def _without_time(snapshot: Snapshot) -> tuple[object, ...]:
    live = [{**view, "seconds_left": 0, "ends": ""} for view in snapshot.live]
    over = [{**view, "seconds_left": 0, "ends": ""} for view in snapshot.over]
    return live, over, snapshot.people, snapshot.incidents


def _lines(snapshot: Snapshot, view: View) -> list[str]:
    names = list(dict.fromkeys(str(item["credential"]) for item in view["items"]))
    lines = [
        say("Asked by {requester} for: {names}", requester=snapshot.name_of(view["requester"]), names=listed(names))
    ]
    if view["state"] in ASKED:
        given = [f"{snapshot.name_of(a['member'])} ({group(a['group'])})" for a in view["approvals"]]
        lines.append(say("Approved by: {given}", given=listed(given) or say("nobody yet")))
        lines.append(missing(view["missing"]))
    else:
        budget = view["budget"]
        lines.append(
            say(
                "Showings: {used} of {releases} used, {left} left",
                used=budget["used"],
                releases=budget["releases"],
                left=budget["left"],
            )
        )
    if view["frozen_why"]:
        lines.append(say("It stands still, {why}: both roles must let it go on.", why=FROZEN[view["frozen_why"]]))
    if view["owed"]:
        lines.append(say("Still to be changed: ") + listed([str(debt["credential"]) for debt in view["owed"]]))
    elif view["state"] == "ended":
        lines.append(say("Nothing is owed: it can be completed."))
    return lines


def _nothing() -> QWidget:
    frame, column = card()
    column.addLayout(
        row(StateMark("good"), PlainLabel(say("Nothing is open and nothing is waiting."), role="heading", wrap=False))
    )
    column.addWidget(PlainLabel(say("A break-glass begins with a request.")))
    return frame
