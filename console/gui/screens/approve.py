# SPDX-License-Identifier: Apache-2.0
"""The decision: the request read back in words, and one keyholder's yes or no on their own token."""

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from console.gui import form
from console.gui.form import Field
from console.gui.phrases import CATEGORIES, KINDS, PRIVILEGES, group, listed, missing, moment, short
from console.gui.snapshot import Person, Snapshot, View
from console.gui.widgets import Page, PlainLabel, button, card, clear_layout, row

WAITING = ("requested", "approved")
PROVEN = {
    "token": "proven by their own token", "unlock": "proven by unlocking the station", "claimed": "only claimed",
}  # fmt: skip
CONFIRMS = {"privilege": "I confirm the privilege basis stated above."}


class ApproveScreen(Page):
    """Shows a waiting request; reports who approves or denies it, and with what words."""

    approve_asked = Signal(str, str, object, object)
    """Activation, member, matters as typed, what was confirmed."""
    deny_asked = Signal(str, str, str)
    withdraw_asked = Signal(str)
    session_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("Approve or deny a request")
        self.readable()
        self._snapshot: Snapshot | None = None
        self._shown: View | None = None
        self._which = form.choice([])
        self._which_field = Field("Request", self._which)
        self._which.currentIndexChanged.connect(lambda _: self._show_chosen())
        self._text, self._missing = QVBoxLayout(), PlainLabel(role="heading")
        self._text.setSpacing(6)
        self._people, self._typed, self._why = form.choice([]), form.line(), form.text()
        self._person = Field(
            "Who decides", self._people, "Each keyholder decides for themselves, on their own token."
        )
        self._people.currentIndexChanged.connect(lambda _: self._offer_confirms())
        self._matters = Field(
            "Matter number, typed again", self._typed, "Type it from the request you were told about."
        )
        self._confirms = {name: QCheckBox(words) for name, words in CONFIRMS.items()}
        self._reason = Field("Reason, if you deny", self._why)
        self._nothing = PlainLabel("No request is waiting for a decision.")
        self._body = QWidget()
        self._lay_out()

    def present(self, snapshot: Snapshot) -> None:
        """Show the waiting requests; what somebody typed stays."""
        self._snapshot = snapshot
        waiting = [view for view in snapshot.live if view["state"] in WAITING]
        form.fill(self._which, [(view["activation"], _name(view)) for view in waiting])
        self._body.setVisible(bool(waiting))
        self._nothing.setVisible(not waiting)
        self._show_chosen()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._snapshot = self._shown = None
        clear_layout(self._text)
        self._body.hide()

    def choose(self, activation: str) -> None:
        """Turn to one request."""
        self._which.setCurrentIndex(max(0, self._which.findData(activation)))

    def decided(self) -> None:
        """Empty what the last keyholder typed."""
        self._typed.clear()
        self._why.clear()
        for box in self._confirms.values():
            box.setChecked(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._which_field)
        frame, inner = card()
        inner.addLayout(self._text)
        inner.addWidget(self._missing)
        self._open = button("All have approved: go and open it", self._go, weight="primary")
        inner.addLayout(row(self._open))
        column.addWidget(frame)
        frame, inner = card()
        inner.addWidget(PlainLabel("Your decision", role="heading"))
        for widget in (self._person, self._matters, *self._confirms.values()):
            inner.addWidget(widget)
        for box in self._confirms.values():
            box.setAccessibleName(box.text())
        inner.addLayout(row(button("Approve", self._approve, weight="primary")))
        inner.addWidget(self._reason)
        inner.addLayout(
            row(button("Deny", self._deny, weight="danger"), button("Withdraw the request", self._withdraw))
        )
        column.addWidget(frame)
        self.column.addWidget(self._nothing)
        self.column.addWidget(self._body)
        self.column.addStretch(1)

    def _show_chosen(self) -> None:
        view = self._snapshot.find(str(self._which.currentData())) if self._snapshot else None
        if view is None or self._snapshot is None:
            return
        before, self._shown = self._shown, view
        if before is None or {**before, "seconds_left": 0} != {**view, "seconds_left": 0}:
            clear_layout(self._text)
            for label in _read_back(self._snapshot, view):
                self._text.addWidget(label)
            self._missing.setText(missing(view["missing"]))
            self._open.setVisible(view["state"] == "approved")
            form.fill(
                self._people, [(p.id, f"{p.name} ({group(p.role)})") for p in _deciders(self._snapshot, view)]
            )
            self._offer_confirms()

    def _offer_confirms(self) -> None:
        for name, box in self._confirms.items():
            box.setVisible(name in self._asked_confirms())

    def _asked_confirms(self) -> tuple[str, ...]:
        is_legal = self._snapshot is not None and any(
            person.id == self._people.currentData() and person.role == "legal"
            for person in self._snapshot.people
        )
        return self._snapshot.bounds.legal_confirms if is_legal and self._snapshot else ()

    def _approve(self) -> None:
        self._clear()
        confirmed = [
            name
            for name in self._asked_confirms()
            if name in self._confirms and self._confirms[name].isChecked()
        ]
        if set(confirmed) != set(self._asked_confirms()):
            self.say_problem(
                "Somebody from Legal must confirm the privilege basis.",
                "Tick the box if you do confirm it, then approve.",
            )
            return
        if not self._typed.text().strip():
            self._matters.show_wrong("it is missing or empty.")
            self.say_problem("The matter number was not typed.", "Type the number from the request you were told about.",
                             [("Matter number, typed again", lambda: self.reveal(self._matters.control))])  # fmt: skip
            return
        matters = self._typed.text().replace(",", " ").split()
        self.approve_asked.emit(self._activation(), self._member(), matters, confirmed)

    def _deny(self) -> None:
        self._clear()
        self.deny_asked.emit(self._activation(), self._member(), self._why.toPlainText())

    def _withdraw(self) -> None:
        self._clear()
        self.withdraw_asked.emit(self._activation())

    def _go(self) -> None:
        self.session_asked.emit(self._activation())

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason of a denial."""
        self._reason.show_wrong(sentence)

    def _clear(self) -> None:
        self.messages.clear()
        self._matters.show_wrong("")
        self._reason.show_wrong("")

    def _activation(self) -> str:
        return str(self._shown["activation"]) if self._shown else ""

    def _member(self) -> str:
        return str(self._people.currentData() or "")


def _name(view: View) -> str:
    said = view["justification"]
    return f"{said['incident']} · {CATEGORIES[said['category']]} · {short(view['activation'])}"


def _deciders(snapshot: Snapshot, view: View) -> list[Person]:
    given = {approval["member"] for approval in view["approvals"]}
    return [p for p in snapshot.keyholders() if p.id not in given and p.id != view["requester"]]


def _read_back(snapshot: Snapshot, view: View) -> Iterator[QWidget]:
    said = view["justification"]
    yield PlainLabel(f"{said['incident']} · {CATEGORIES[said['category']]}", role="heading")
    who = f"{snapshot.name_of(view['requester'])} ({PROVEN[view['proof']]})"
    yield PlainLabel(
        f"{who} asks for the following, open for {view['seconds'] // 60} minutes, shown at most {view['budget']['releases']} times:"
    )
    for text, tone in _items(view):
        label = PlainLabel(text)
        label.set_tone(tone)
        yield label
    for text in _reasons(said):
        yield PlainLabel(text)
    given = [f"{snapshot.name_of(a['member'])} ({group(a['group'])})" for a in view["approvals"]]
    yield PlainLabel(f"Approved by: {listed(given) or 'nobody yet'}")


def _items(view: View) -> Iterator[tuple[str, str]]:
    counted: dict[str, list[View]] = {}
    for item in view["items"]:
        counted.setdefault(item["credential"], []).append(item)
    for name, items in counted.items():
        kind = KINDS.get(items[0]["kind"], items[0]["kind"])
        many = f", {len(items)} of them" if items[0]["kind"] == "codes" else ""
        shown = any(item["exposed"] for item in items)
        mark = "  ▲ was shown before and not rotated since" if shown else ""
        yield f"•  {name} ({kind}{many}), class {items[0]['class']}{mark}", "warning" if shown else "plain"


def _reasons(said: View) -> Iterator[str]:
    yield f"Reason: {said['reason']}"
    yield f"Harm if it waits: {said['harm_if_delayed']}"
    yield f"Tried instead: {listed(said['alternatives_tried'])}"
    yield f"Matters: {len(said['matters'])}, to be typed again below   ·   Jurisdictions: {listed(said['jurisdictions'])}"
    yield f"Privilege: {PRIVILEGES[said['privilege']]}"
    if said.get("deadline_at_risk"):
        yield f"Deadline at risk: {moment(said['deadline_at_risk'])}"
    if said.get("used_from"):
        yield f"To be used from: {said['used_from']['place']}, {said['used_from']['range']}"
    for outage in said["outage"]:
        yield (f"Failed: {outage['system']} — {outage['symptom']}, since {moment(outage['first_seen'])}, "
               f"checked by {listed(outage['checked_by'])} ({outage['how']})")  # fmt: skip
