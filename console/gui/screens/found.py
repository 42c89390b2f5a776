# SPDX-License-Identifier: Apache-2.0
"""Founding a station, one question after the other; answers are kept, and all is read before it is made."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal

from console.gui.founding_steps import STEPS
from console.gui.plan import Plan
from console.gui.widgets import Page, PlainLabel, button, row
from console.language import say


class FoundScreen(Page):
    """Asks step by step; reports every plan that is to be kept, and the one that is to be founded."""

    kept = Signal(object)
    """A ``Plan``."""
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
        self.column.addLayout(row(self._on, self._back))
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
        if lacks:
            leads = [(told, partial(self.reveal, where)) for told, where in lacks]
            self.say_problem(say("Something is missing here."), say("Add it, then continue."), leads)
        elif self._at < len(self._steps) - 1:
            self._turn(1)
        else:
            self.found_asked.emit(taken)
