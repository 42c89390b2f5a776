# SPDX-License-Identifier: Apache-2.0
"""The decision: the request read back in words, and one keyholder's yes or no on their own token."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.decision import Decision
from console.gui.kit.denial import Denial
from console.gui.kit.form import Field
from console.gui.kit.readback import ReadBack
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.phrases import short
from console.gui.snapshot import Person, Snapshot, View
from console.language import say
from console.sentences.terms import CATEGORIES

WAITING = ("requested", "approved")


class ApproveScreen(Page):
    """Shows a waiting request; reports who approves or denies it, and with what words."""

    approve_asked = Signal(str, str, object, object)
    """Activation, member, matters as typed, what was confirmed."""
    deny_asked = Signal(str, str, str)
    withdraw_asked = Signal(str)
    session_asked = Signal(str)
    far_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("Approve or deny a request"))
        self.readable()
        self._snapshot: Snapshot | None = None
        self._shown: View | None = None
        self._which, self._read_back = form.choice([]), ReadBack()
        self._which_field = Field(say("Request"), self._which)
        self._which.currentIndexChanged.connect(lambda _: self._show_chosen())
        self._decision = Decision(self.say_problem, self.reveal)
        self._decision.approved.connect(lambda *said: self.approve_asked.emit(self._activation(), *said))
        self._denial = Denial(self.say_problem, self.reveal)
        self._denial.denied.connect(lambda *said: self.deny_asked.emit(self._activation(), *said))
        self._nothing = PlainLabel(say("No request is waiting for a decision."))
        self._open = button(say("All have approved: go and open it"), self._go, weight="primary")
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
        self._decision.clear()
        self._denial.clear()
        self._parts.turn_to(self._decision)

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason of a denial."""
        self._denial.show_reason_wrong(sentence)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._which_field)
        column.addLayout(row(self._open))
        column.addWidget(self._read_back)
        far = button(say("Ask from far: somebody decides elsewhere"), self._ask_far)
        column.addLayout(row(far))
        taking_back = Twice(say("Withdraw the request"), say("Yes, withdraw it"), self._withdraw)
        self._parts = self.parts(
            (say("Approve it"), self._decision),
            (say("Deny it"), self._denial),
            (say("Take the request back"), taking_back),
        )
        column.addWidget(self._parts)
        self.column.addWidget(self._nothing)
        self.column.addWidget(self._body)
        self._body.hide()
        self.column.addStretch(1)

    def _show_chosen(self) -> None:
        view = self._snapshot.find(str(self._which.currentData())) if self._snapshot else None
        if view is None or self._snapshot is None:
            return
        before, self._shown = self._shown, view
        if before is not None and before["activation"] != view["activation"]:
            # What was typed for one request must not approve another.
            self.decided()
        if before is None or {**before, "seconds_left": 0} != {**view, "seconds_left": 0}:
            self._read_back.present(self._snapshot, view)
            self._open.setVisible(view["state"] == "approved")
            deciders, confirms = _deciders(self._snapshot, view), self._snapshot.bounds.legal_confirms
            self._decision.offer(deciders, confirms, view["justification"])
            self._denial.offer(deciders)

    def _withdraw(self) -> None:
        self.withdraw_asked.emit(self._activation())

    def _ask_far(self) -> None:
        self.far_asked.emit(self._activation())

    def _go(self) -> None:
        self.session_asked.emit(self._activation())

    def _activation(self) -> str:
        return str(self._shown["activation"]) if self._shown else ""


def _name(view: View) -> str:
    said = view["justification"]
    return f"{said['incident']} · {CATEGORIES[said['category']]} · {short(view['activation'])}"


def _deciders(snapshot: Snapshot, view: View) -> list[Person]:
    given = {approval["member"] for approval in view["approvals"]}
    able = [p for p in snapshot.keyholders() if p.id not in given and p.id != view["requester"]]
    # Whose word is still missing stands first; anybody may deny.
    return sorted(able, key=lambda person: not view["missing"].get(person.role))
