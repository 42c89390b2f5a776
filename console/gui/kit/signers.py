# SPDX-License-Identifier: Apache-2.0
"""Who can sign what was just read: a button for each person, so that one press leads to the PIN."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from console.gui.kit.widgets import PlainLabel, button
from console.gui.phrases import group, listed
from console.gui.snapshot import Person
from console.language import say

COLUMNS = 3


class Signers(QWidget):
    """Offers everybody of a group whose signatures are still missing; reports who signs."""

    signing = Signal(str)

    def __init__(self, people: Sequence[Person], missing: Mapping[str, int], names: Sequence[str]) -> None:
        """``people``: who has not signed yet; ``names``: who has."""
        super().__init__()
        self._buttons: list[QPushButton] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.setColumnStretch(COLUMNS, 1)
        told = say("Signed by: {names}", names=listed(names) or say("nobody yet"))
        grid.addWidget(PlainLabel(told), 0, 0, 1, COLUMNS + 1)
        for name, count in missing.items():
            if count:
                rows = [p for p in people if p.role == name]
                self._offer(grid, say("{name}: {count} still missing", name=group(name), count=count), rows)

    def first(self) -> QWidget:
        """Return the button of the first who can sign, where work goes on."""
        return next(iter(self._buttons), self)

    def _offer(self, grid: QGridLayout, title: str, people: Sequence[Person]) -> None:
        top = grid.rowCount()
        grid.addWidget(PlainLabel(title, role="field"), top, 0, 1, COLUMNS + 1)
        if not people:
            grid.addWidget(PlainLabel(say("Nobody who is here can sign."), role="muted"), top + 1, 0, 1, COLUMNS + 1)
        for place, person in enumerate(people):
            name = say("{name} signs ({role})", name=person.name, role=group(person.role))
            made = button(say("{name} signs", name=person.name), partial(self.signing.emit, person.id), name=name)
            grid.addWidget(made, top + 1 + place // COLUMNS, place % COLUMNS)
            self._buttons.append(made)
