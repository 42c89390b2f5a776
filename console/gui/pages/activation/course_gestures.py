# SPDX-License-Identifier: Apache-2.0
"""The gesture by which somebody looks back at an emergency that is over."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.activation.board import BoardScreen
from console.gui.pages.activation.course import CourseScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot

if TYPE_CHECKING:
    from console.actions.console import Console


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
        def read(console: "Console") -> Mapping[str, Any]:
            from console.actions.activation import course

            return course.course(console, act)

        def show(found: Mapping[str, Any]) -> None:
            snapshot = self._desk.snapshot
            if snapshot is not None:
                self._shown = act
                name = dict(snapshot.named()).get(act, act)
                self._page.show_course(name, snapshot, {"state": "closed", "course": found["events"]})
                self._desk.hands.window.choose("course")

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._board, error))
