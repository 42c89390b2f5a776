# SPDX-License-Identifier: Apache-2.0
"""The decision: the request read back in words, and one keyholder's yes or no on their own token."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from console.gui import form
from console.gui.form import Field, People
from console.gui.phrases import CATEGORIES, group, short
from console.gui.readback import ReadBack
from console.gui.snapshot import Person, Snapshot, View
from console.gui.widgets import Page, PlainLabel, button, card, row

WAITING = ("requested", "approved")
CONFIRMS = {"privilege": "I confirm the privilege basis stated above."}
MISSING = "It is missing or empty."


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
        self._which, self._read_back = form.choice([]), ReadBack()
        self._which_field = Field("Request", self._which)
        self._which.currentIndexChanged.connect(lambda _: self._show_chosen())
        self._people, self._typed, self._why = People(), form.line(), form.text()
        hint = "Each keyholder decides for themselves, on their own token."
        self._person = Field("Who decides", self._people, hint)
        self._people.changed.connect(self._offer_confirms)
        hint = "Type it from what you were told, not from this page."
        self._matters = Field("Matter number, typed again", self._typed, hint)
        self._confirms = {name: QCheckBox(words) for name, words in CONFIRMS.items()}
        self._reason = Field("Reason, if you deny", self._why)
        self._nothing = PlainLabel("No request is waiting for a decision.")
        self._open = button("All have approved: go and open it", self._go, weight="primary")
        self._body = QWidget()
        self._lay_out()

    def present(self, snapshot: Snapshot) -> None:
        """Show the waiting requests; what somebody typed stays."""
        self._snapshot = snapshot
        waiting = [view for view in snapshot.live if view["state"] in WAITING]
        form.fill(self._which, [(view["activation"], _name(view)) for view in waiting])
        self._which_field.setVisible(len(waiting) > 1)
        self._body.setVisible(bool(waiting))
        self._nothing.setVisible(not waiting)
        self._show_chosen()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._snapshot = self._shown = None
        self._read_back.forget()
        self.decided()
        self._body.hide()

    def choose(self, activation: str) -> None:
        """Turn to one request."""
        self._which.setCurrentIndex(max(0, self._which.findData(activation)))

    def decided(self) -> None:
        """Empty what the last keyholder chose and typed."""
        self._typed.clear()
        self._why.clear()
        self._people.clear()
        for box in self._confirms.values():
            box.setChecked(False)

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason of a denial."""
        self._reason.show_wrong(sentence)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._which_field)
        column.addLayout(row(self._open))
        column.addWidget(self._read_back)
        frame, inner = card()
        inner.addWidget(PlainLabel("Your decision", role="heading"))
        for widget in (self._person, self._matters, *self._confirms.values()):
            inner.addWidget(widget)
        for box in self._confirms.values():
            box.setAccessibleName(box.text())
        inner.addLayout(row(button("Approve", self._approve, weight="primary")))
        inner.addWidget(self._reason)
        withdraw = button("Withdraw the request", lambda: self.withdraw_asked.emit(self._activation()))
        inner.addLayout(row(button("Deny", self._deny, weight="danger"), withdraw))
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
            self._read_back.present(self._snapshot, view)
            self._open.setVisible(view["state"] == "approved")
            deciders = _deciders(self._snapshot, view)
            self._people.offer([(person.id, f"{person.name} ({group(person.role)})") for person in deciders])
            self._offer_confirms()

    def _offer_confirms(self) -> None:
        for name, box in self._confirms.items():
            box.setVisible(name in self._asked_confirms())

    def _asked_confirms(self) -> tuple[str, ...]:
        if self._snapshot is None:
            return ()
        chosen = [person for person in self._snapshot.people if person.id == self._people.value()]
        return self._snapshot.bounds.legal_confirms if [p for p in chosen if p.role == "legal"] else ()

    def _approve(self) -> None:
        if not self._is_chosen():
            return
        asked = self._asked_confirms()
        confirmed = [name for name, box in self._confirms.items() if name in asked and box.isChecked()]
        if not self._typed.text().strip():
            self._matters.show_wrong(MISSING)
            now = "Type the number that you were told, then approve."
            self.say_problem("The matter number was not typed.", now, [self._lead(self._matters)])
        elif set(confirmed) != set(asked):
            what = "The privilege basis is not confirmed."
            self.say_problem(what, "Tick the box if you do confirm it, then approve; else deny.")
        else:
            matters = self._typed.text().replace(",", " ").split()
            self.approve_asked.emit(self._activation(), self._people.value(), matters, confirmed)

    def _deny(self) -> None:
        if self._is_chosen():
            self.deny_asked.emit(self._activation(), self._people.value(), self._why.toPlainText())

    def _is_chosen(self) -> bool:
        """Return whether somebody is chosen to decide; say so if not."""
        self.messages.clear()
        for field in (self._person, self._matters, self._reason):
            field.show_wrong("")
        if self._people.value():
            return True
        self._person.show_wrong("Nobody is chosen.")
        self.say_problem("Nobody is chosen.", "Choose who decides.", [self._lead(self._person)])
        return False

    def _lead(self, field: Field) -> form.Lead:
        return field.label, lambda: self.reveal(field.control)

    def _go(self) -> None:
        self.session_asked.emit(self._activation())

    def _activation(self) -> str:
        return str(self._shown["activation"]) if self._shown else ""


def _name(view: View) -> str:
    said = view["justification"]
    return f"{said['incident']} · {CATEGORIES[said['category']]} · {short(view['activation'])}"


def _deciders(snapshot: Snapshot, view: View) -> list[Person]:
    given = {approval["member"] for approval in view["approvals"]}
    return [p for p in snapshot.keyholders() if p.id not in given and p.id != view["requester"]]
