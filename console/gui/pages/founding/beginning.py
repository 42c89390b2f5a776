# SPDX-License-Identifier: Apache-2.0
"""What is seen where there is no station yet: what this computer shall become."""

from functools import partial

from PySide6.QtCore import Signal

from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.language import say

WAYS = (
    (
        "found",
        say("Found a new station"),
        say("Nobody has one here yet. It takes about half an hour, with everybody in the room."),
    ),
    ("putback", say("Put a lost station back"), say("There was one, and a backup or its second medium is at hand.")),
    (
        "newcard",
        say("Make this computer my own console"),
        say("You approve from here, for a station that is somewhere else."),
    ),
)


class BeginningScreen(Page):
    """Reports what somebody wants to begin."""

    chosen = Signal(str)

    def __init__(self, folder: str) -> None:
        super().__init__(say("What shall this computer become?"))
        self.readable()
        self.column.addWidget(
            PlainLabel(say("There is no station in the folder {folder}.", folder=folder), role="muted")
        )
        for name, title, told in WAYS:
            frame, column = card()
            column.addWidget(PlainLabel(told))
            column.addLayout(row(button(title, partial(self.chosen.emit, name))))
            self.column.addWidget(frame)
        self.column.addStretch(1)
