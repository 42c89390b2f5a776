# SPDX-License-Identifier: Apache-2.0
"""Where recovery sheets come out: a printer of this computer, a folder in memory made for it, or another folder."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel
from console.language import say

PRINTER, MEMORY, FOLDER = "printer", "memory", "folder"
NO_PRINTER = say(
    "This computer knows no printer. Connect one by cable and come back here, or take the folder in memory."
)
IN_MEMORY = say(
    "This program makes the folder. Print from it with another program, while this page is shown. "
    "The pages are removed when you leave the page, and when the station is locked."
)


class Outlet(QWidget):
    """Asks for it; the first printer is proposed as soon as the printers are known."""

    def __init__(self) -> None:
        super().__init__()
        self._where, self._folder = form.choice([]), form.line()
        self._is_chosen = False
        self._none, self._told = PlainLabel(NO_PRINTER), PlainLabel(IN_MEMORY, role="muted")
        self._named = Field(
            say("Folder instead of the printer"), self._folder, say("In a drill any folder, else one in memory.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        asked = Field(say("Where the sheets come out"), self._where)
        for part in (asked, self._none, self._told, self._named):
            column.addWidget(part)
        self._where.activated.connect(self._choose)
        self._where.currentIndexChanged.connect(lambda _: self._show())
        self.offer([])

    def offer(self, printers: Sequence[str]) -> None:
        """Offer these printers, and what needs none."""
        rows = [(f"{PRINTER}:{name}", say("Printer {name}", name=name)) for name in printers]
        rows += [(MEMORY, say("A folder in memory, made for this printing")), (FOLDER, say("Another folder"))]
        form.fill(self._where, rows)
        if not self._is_chosen:
            self._where.setCurrentIndex(0)
        self._none.setVisible(not printers)
        self._show()

    def out(self) -> str:
        """Return ``printer:NAME``, ``memory``, or the folder that was named; empty where none was."""
        where = str(self._where.currentData())
        return self._folder.text().strip() if where == FOLDER else where

    def _choose(self) -> None:
        self._is_chosen = True

    def _show(self) -> None:
        self._told.setVisible(self._where.currentData() == MEMORY)
        self._named.setVisible(self._where.currentData() == FOLDER)
