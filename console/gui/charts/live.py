# SPDX-License-Identifier: Apache-2.0
"""The pictures of one activation that somebody works on: what is left of it while it is open, what happened when.

They stand beside the cards that are built anew, so that a table that somebody turned to stays.
"""

import time

from PySide6.QtWidgets import QFrame

from console.gui.charts.chart import Chart
from console.gui.charts.course import CourseChart
from console.gui.charts.gauge import BudgetGauge
from console.gui.kit.widgets import card
from console.gui.snapshot import Snapshot, View

OPEN = ("open", "frozen")


class LiveCharts:
    """Two cards, hidden until there is something to draw."""

    def __init__(self) -> None:
        self._gauge, self._course = BudgetGauge(), CourseChart()
        self.left, self.happened = _framed(self._gauge), _framed(self._course)

    def draw(self, snapshot: Snapshot, view: View) -> None:
        """Draw an activation as of now; called every second."""
        is_open = view["state"] in OPEN
        self._course.present(snapshot, view, int(time.time() * 1000))
        if is_open:
            self._gauge.present(view, snapshot.seconds_left(view))
        self.left.setVisible(is_open)
        self.happened.show()

    def forget(self) -> None:
        """Show nothing: the station is locked, or there is nothing to work on."""
        for frame, chart in ((self.left, self._gauge), (self.happened, self._course)):
            frame.hide()
            chart.forget()


def _framed(chart: Chart) -> QFrame:
    frame, column = card()
    column.addWidget(chart)
    frame.hide()
    return frame
