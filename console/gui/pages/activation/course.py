# SPDX-License-Identifier: Apache-2.0
"""What happened when, of one activation that is over: as a picture and as a table."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from console.actions.activation import course
from console.gui.charts.course import CourseChart
from console.gui.kit.widgets import Page, PlainLabel, button, row
from console.gui.pages.activation.board import BoardScreen
from console.gui.shell.desk import Desk, call, say_error
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


class CourseGestures(QObject):
    """Joins the board and the page about what happened to ``actions.course``."""

    def __init__(self, desk: Desk, board: BoardScreen, page: CourseScreen) -> None:
        super().__init__()
        self._desk, self._board, self._page = desk, board, page
        self._shown = self._again = ""
        """The activation that is shown, and the one that a lock took from the page."""
        board.course_asked.connect(self._show)
        page.page_chosen.connect(desk.hands.window.choose)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """What is over does not change; what a lock took from the page comes back."""
        again, self._again = self._again, ""
        if again and self._desk.hands.window.page is self._page:
            self._show(again)

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._again, self._shown = self._shown or self._again, ""
        self._page.forget()

    def _show(self, act: str) -> None:
        def show(found: Mapping[str, Any]) -> None:
            snapshot = self._desk.snapshot
            if snapshot is not None:
                self._shown = act
                name = dict(snapshot.named()).get(act, act)
                self._page.show_course(name, snapshot, {"state": "closed", "course": found["events"]})
                self._desk.hands.window.choose("course")

        self._desk.hands.worker.run("", call(course.course, act), show, lambda error: say_error(self._board, error))
