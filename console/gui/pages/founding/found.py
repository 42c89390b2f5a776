# SPDX-License-Identifier: Apache-2.0
"""Founding a station, one question after the other; answers are kept, and all is read before it is made."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.domain.errors import ConsoleError
from console.gui.explanations import explain
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.pages.founding.plan import Plan
from console.gui.pages.founding.step import Lack, Step
from console.gui.pages.founding.steps import STEPS
from console.language import say


class FoundScreen(Page):
    """Asks step by step; reports every plan that is to be kept, and the one that is to be founded."""

    kept = Signal(object)
    """A ``Plan``."""
    place_given = Signal(object)
    """A ``Plan`` whose first step is answered: it goes on once its folders are looked at."""
    found_asked = Signal(object)
    """A ``Plan``."""

    def __init__(self) -> None:
        super().__init__(say("Found a new station"))
        self.readable()
        self._plan, self._at = Plan(), 0
        self._where = PlainLabel(role="muted")
        self._steps = [kind() for kind in STEPS]
        self._back = button(say("Back one step"), lambda: self._turn(-1))
        self._on = button(say("Continue"), self._go_on, weight="primary")
        self.column.addWidget(self._where)
        for step in self._steps:
            self.column.addWidget(step)
            step.answered.connect(self._keep)
        self.column.addLayout(row(self._on, self._back))
        self._working = PlainLabel(say("The station is being founded. Leave this window open."), role="heading")
        self._working.hide()
        self.column.addWidget(self._working)
        self.column.addStretch(1)
        self.show_plan(Plan())

    def show_plan(self, plan: Plan) -> None:
        """Go on where this plan stopped."""
        self._plan, self._at = plan, min(plan.step, len(STEPS) - 1)
        self._show()

    def forget(self) -> None:
        """What was answered stays: no secret is among it."""

    def _show(self) -> None:
        for number, step in enumerate(self._steps):
            step.fill(self._plan)
            step.setVisible(number == self._at)
        is_last = self._at == len(self._steps) - 1
        self._where.setText(
            say(
                "Step {at} of {count}. You may stop at any time and go on later.",
                at=self._at + 1,
                count=len(self._steps),
            )
        )
        self._on.setText(say("Found this station") if is_last else say("Continue"))
        self._on.setAccessibleName(self._on.text())
        self._back.setVisible(self._at > 0)
        self._steps[self._at].begin()

    def show_working(self, *, is_working: bool) -> None:
        """Show that the station is being made, and nothing that could be pressed meanwhile."""
        if is_working != self._working.isHidden():
            return
        self._working.setVisible(is_working)
        self._on.setVisible(not is_working)
        self._back.setVisible(not is_working and self._at > 0)

    def show_refused(self, error: ConsoleError) -> bool:
        """Turn to the step that an error concerns and say it there; return whether there is one."""
        for number, step in enumerate(self._steps):
            if error.code in step.concerns:
                self._turn(number - self._at)
                told, where = explain(error), step.concerns[error.code]
                step.mark(where, f"{told.what} {told.now}")
                self.say_problem(told.what, told.now)
                self.reveal(where)
                return True
        return False

    def take_place(self, is_on_same_disk: object) -> None:
        """Turn to the next step; first ask whether a second medium on the station's own disk is meant."""
        if not is_on_same_disk:
            self._turn(1)
            return
        self.say_question(
            say("The second medium lies on the station's own disk."),
            say("One fault would take both. A real station wants another disk."),
            [(say("Name another folder"), self._name_another), (say("Keep it all the same"), lambda: self._turn(1))],
        )

    def _name_another(self) -> None:
        self.messages.clear()
        self.reveal(self._steps[0].concerns["second_medium_missing"])

    def _keep(self) -> None:
        self._plan = replace(self._steps[self._at].taken(self._plan), step=self._at)
        self.kept.emit(self._plan)

    def _turn(self, by: int) -> None:
        self.messages.clear()
        self._at += by
        self._plan = replace(self._steps[self._at - by].taken(self._plan), step=self._at)
        self._show()
        self.kept.emit(self._plan)

    def _go_on(self) -> None:
        step = self._steps[self._at]
        taken = step.taken(self._plan)
        lacks = list(step.lacks(taken))
        step.clear_marks()
        if lacks:
            self._complain(step, lacks)
        elif self._at == 0:
            self.place_given.emit(taken)
        elif self._at < len(self._steps) - 1:
            self._turn(1)
        else:
            self.found_asked.emit(taken)

    def _complain(self, step: Step, lacks: Sequence[Lack]) -> None:
        at: dict[QWidget, str] = {}
        for told, where in lacks:
            at[where] = f"{at[where]} {told}" if where in at else told
        leads = [
            # What stands at the field is not said twice: a long sentence does not fit into a button.
            (where.accessibleName() if step.mark(where, told) else told, partial(self.reveal, where))
            for where, told in at.items()
        ]
        self.say_problem(say("Something here is missing or wrong."), say("Mend it, then continue."), leads)
