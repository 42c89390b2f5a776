# SPDX-License-Identifier: Apache-2.0
"""The gesture by which an incident goes onto paper."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.gui.kit.files import write_all
from console.gui.pages.activation.board import BoardScreen
from console.gui.shell.desk import Desk
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console


class OnePageGestures(QObject):
    """Joins the board's card to ``actions.summary``."""

    def __init__(self, desk: Desk, board: BoardScreen) -> None:
        super().__init__()
        self._desk, self._board = desk, board
        board.summary.asked.connect(self._save)

    def _save(self, act: str, folder: str) -> None:
        def saved(console: "Console") -> str:
            from console.actions.document import summary

            return write_all(folder, {f"summary-{act}.pdf": summary.incident_summary(console, act)})

        def done(where: str) -> None:
            self._board.say_done(say("The summary is in {where}: summary-{act}.pdf.", where=where, act=act))

        self._desk.act(self._board, say("Writing the page"), saved, done)
