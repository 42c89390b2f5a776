# SPDX-License-Identifier: Apache-2.0
"""One decision at a time: a page that has several names them all, and shows only the one that was chosen."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit.flow import FlowLayout
from console.gui.kit.verb import Verb


class Parts(QWidget):
    """Offers its parts by name; the first is shown at the beginning."""

    chosen = Signal()
    """Somebody has pressed the name of a part."""

    def __init__(self, *parts: tuple[str, QWidget]) -> None:
        super().__init__()
        self._choices: dict[QWidget, Verb] = {}
        self._shown = parts[0][1]
        self._wished: QWidget | None = None
        self.setObjectName("parts")
        self._bar = QWidget()
        column, choices = QVBoxLayout(self), FlowLayout(self._bar)
        choices.setContentsMargins(0, 0, 0, 0)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._bar)
        for words, part in parts:
            choice = Verb(words, partial(self._choose, part), weight="", name=words)
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

    def turn_to_named(self, words: str) -> QWidget | None:
        """Show the part of this name and return it; one that is not offered yet is shown as soon as it is."""
        for part, choice in self._choices.items():
            if choice.text() == words:
                self._wished = part
                if not choice.isHidden():
                    self.allow(part, allowed=True)
                    return part
        return None

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
        if allowed and self._wished in parts:
            self._shown, self._wished = self._wished, None
        self._show()

    def _choose(self, part: QWidget) -> None:
        self._wished = None
        self.turn_to(part)
        self.chosen.emit()

    def _show(self) -> None:
        self._bar.setVisible(len(self.choices()) > 1)
        for part, choice in self._choices.items():
            part.setVisible(part is self._shown)
            choice.setChecked(part is self._shown)
