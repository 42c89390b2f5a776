# SPDX-License-Identifier: Apache-2.0
"""A page that is written as PDF into a folder: what it is, where it goes, and the button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel, button, row


class PrintedPage(QFrame):
    """Reports into which folder."""

    asked = Signal(str)

    def __init__(self, title: str, said: str, folder: str, verb: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._folder = form.line()
        self._folder.setText("~/Documents")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(title, role="heading"))
        column.addWidget(PlainLabel(said))
        column.addWidget(Field(folder, self._folder))
        column.addLayout(row(button(verb, lambda: self.asked.emit(self._folder.text().strip()))))
