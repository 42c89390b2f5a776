# SPDX-License-Identifier: Apache-2.0
"""What happened when, of one activation that is over: as a picture and as a table."""

from PySide6.QtCore import Signal

from console.gui.charts.course import CourseChart
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.snapshot import Snapshot, View
from console.language import say


class CourseScreen(Page):
    """Shows one course; leads back."""

    page_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("What happened"))
        self._which = PlainLabel(role="heading")
        self._chart = CourseChart()
        self._chart.hide()
        self.column.addLayout(row(button(say("Back to the board"), lambda: self.page_chosen.emit("board"))))
        for widget in (self._which, self._chart):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def show_course(self, name: str, snapshot: Snapshot, view: View) -> None:
        """Show what happened in an activation that is over."""
        self._which.setText(name)
        self._chart.present(snapshot, view, 0)
        self._chart.show()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._which.clear()
        self._chart.hide()
        self._chart.forget()
