# SPDX-License-Identifier: Apache-2.0
"""One decision at a time: a page that has several names them all, and shows only the one that was chosen."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.flow import FlowLayout
from console.gui.verb import Verb


class Parts(QWidget):
    """Offers its parts by name; the first is shown at the beginning."""

    def __init__(self, *parts: tuple[str, QWidget]) -> None:
        super().__init__()
        self._choices: dict[QWidget, Verb] = {}
        self._shown = parts[0][1]
        self.setObjectName("parts")
        self._bar = QWidget()
        column, choices = QVBoxLayout(self), FlowLayout(self._bar)
        choices.setContentsMargins(0, 0, 0, 0)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._bar)
        for words, part in parts:
            choice = Verb(words, partial(self.turn_to, part), weight="", name=words)
            choice.setCheckable(True)
            choices.addWidget(choice)
            self._choices[part] = choice
            if type(part) is QWidget and (layout := part.layout()) is not None:
                # A card has its edges; what only holds cards begins where they begin.
                layout.setContentsMargins(0, 0, 0, 0)
            column.addWidget(part)
        self._show()

    def choices(self) -> list[Verb]:
        """Return the buttons of the parts that are offered."""
        return [choice for choice in self._choices.values() if not choice.isHidden()]

    def turn_to(self, part: QWidget) -> None:
        """Show this part and no other."""
        self._shown = part
        self._show()

    def turn_to_holder_of(self, widget: QWidget) -> None:
        """Show the part that a widget is in, if it is in one."""
        for part in self._choices:
            if part is widget or part.isAncestorOf(widget):
                self.turn_to(part)

    def allow(self, *parts: QWidget, allowed: bool) -> None:
        """Offer parts only while there is something to decide in them."""
        for part in parts:
            self._choices[part].setVisible(allowed)
        if not allowed and self._shown in parts:
            self._shown = next(iter(self._choices))
        self._show()

    def _show(self) -> None:
        self._bar.setVisible(len(self.choices()) > 1)
        for part, choice in self._choices.items():
            part.setVisible(part is self._shown)
            choice.setChecked(part is self._shown)
