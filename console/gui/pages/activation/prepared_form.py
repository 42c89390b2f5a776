# SPDX-License-Identifier: Apache-2.0
"""Preparing a request in peacetime: its name, and the form of a request without what only the hour can tell."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field, Lead
from console.gui.kit.widgets import PlainLabel, button, card, row
from console.gui.pages.activation.request_form import ONLY_THE_HOUR, RequestForm
from console.gui.snapshot import Snapshot
from console.language import say

TEMPLATE = say("Request file (TOML)")
HOUR = say("Incident, reason and the time it was first seen are added at the hour.")


class Preparing(QWidget):
    """Reports a form, or a file, that is proposed under a name."""

    form_proposed = Signal(str, object)
    """Name, the fields as ``prepared.toml`` has them."""
    file_proposed = Signal(str, str)
    """Name, file."""

    def __init__(self, say_problem: Callable[[str, str], None]) -> None:
        super().__init__()
        self._say_problem = say_problem
        self.form = RequestForm(leaves_out=ONLY_THE_HOUR)
        self._name, self.file = form.line("crm-down-at-night"), FilesField(TEMPLATE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._named())
        column.addWidget(self.form)
        column.addLayout(row(button(say("Propose it"), self._propose, weight="primary")))
        column.addWidget(self._from_file())

    def offer(self, snapshot: Snapshot) -> None:
        """Offer what this station knows; what was entered stays."""
        self.form.offer(snapshot)

    def lead_to_file(self, problems: Sequence[tuple[str, str]], reveal: Callable[[QWidget], None]) -> list[Lead]:
        """Return each (field, sentence) of a file, by its name there."""
        self.form.clear_problems()
        return [(f"{name}: {sentence}", partial(reveal, self.file)) for name, sentence in problems]

    def clear(self) -> None:
        """Begin anew: it is proposed."""
        self._name.clear()
        self.file.clear()
        self.form.clear()

    def _named(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Prepare another one in peacetime"), role="heading"))
        column.addWidget(PlainLabel(HOUR, role="muted"))
        column.addWidget(Field(say("Its name"), self._name, say("Small letters, digits, hyphens.")))
        return frame

    def _from_file(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Or from a file, under the name above"), role="heading"))
        column.addWidget(Field(TEMPLATE, self.file, say("A request without what only the hour can tell.")))
        column.addLayout(row(button(say("Propose the file"), self._propose_file)))
        return frame

    def _propose(self) -> None:
        if name := self._name.text().strip():
            self.form_proposed.emit(name, self.form.values())
        else:
            self._say_problem(say("A name is missing."), say("Give it one, then propose it."))

    def _propose_file(self) -> None:
        names, name = self.file.names(), self._name.text().strip()
        if len(names) == 1 and name:
            self.file_proposed.emit(name, names[0])
        else:
            self._say_problem(say("A name and one request file are needed."), say("Give both, then propose it."))
