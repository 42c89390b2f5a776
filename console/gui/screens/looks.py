# SPDX-License-Identifier: Apache-2.0
"""How the window looks: colours and size of text, for whoever sits here."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QRadioButton

from console.gui.looks import CONTRAST, DARK, LIGHT, SYSTEM, Looks
from console.gui.widgets import Page, PlainLabel, button, card, row
from console.language import say

SCHEMES = (
    (SYSTEM, say("As the desktop says")),
    (LIGHT, say("Light")),
    (DARK, say("Dark")),
    (CONTRAST, say("High contrast")),
)


class LooksScreen(Page):
    """Shows what is chosen; reports what somebody chooses instead."""

    chosen = Signal(object)
    """``Looks``."""
    shown_anew = Signal()
    """The looks may have been changed by keys."""

    def __init__(self) -> None:
        super().__init__(say("Looks"))
        self.readable()
        self._looks = Looks()
        self._schemes = {scheme: QRadioButton(words) for scheme, words in SCHEMES}
        self._size = PlainLabel(role="heading", wrap=False)
        self._lay_out()

    def _lay_out(self) -> None:
        frame, column = card()
        column.addWidget(PlainLabel(say("Colours"), role="heading"))
        for scheme, choice in self._schemes.items():
            choice.setAccessibleName(choice.text())
            choice.clicked.connect(lambda _=False, scheme=scheme: self._choose(scheme))
            column.addWidget(choice)
        self.column.addWidget(frame)
        frame, column = card()
        column.addWidget(PlainLabel(say("Size of text"), role="heading"))
        column.addWidget(self._size)
        column.addLayout(row(
            button(say("Larger"), lambda: self.chosen.emit(self._looks.bigger()), name=say("Larger, Control Plus")),
            button(say("Smaller"), lambda: self.chosen.emit(self._looks.smaller()), name=say("Smaller, Control Minus")),
            button(say("As it was made"), lambda: self.chosen.emit(Looks(self._looks.scheme)),
                   name=say("As it was made, Control 0")),
        ))  # fmt: skip
        column.addWidget(
            PlainLabel(say("On every page: Control and +, Control and -, Control and 0."), role="muted")
        )
        self.column.addWidget(frame)
        self.column.addWidget(PlainLabel(say("It is kept for this user on this computer."), role="muted"))
        self.column.addStretch(1)

    def show_looks(self, looks: Looks) -> None:
        """Show what holds now."""
        self._looks = looks
        self._schemes[looks.scheme].setChecked(True)
        self._size.setText(say("{percent} percent", percent=looks.percent))

    def changeEvent(self, event: QEvent) -> None:
        """Ask for the looks again when keys have changed them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.shown_anew.emit()

    def _choose(self, scheme: str) -> None:
        self.chosen.emit(Looks(scheme, self._looks.percent))
