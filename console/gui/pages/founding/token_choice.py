# SPDX-License-Identifier: Apache-2.0
"""What keeps keys: software on this disk, or a device, of which two more things must be known."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.gui.kit import form
from console.gui.kit.form import Field
from console.language import say
from console.settings import EMBEDDED

SOFTWARE = say("In software: files on this disk")
HARDWARE = say("A device with a module of its maker")
MODULE_HINT = say("The file that the maker of the device gives.")


class TokenChoice(QWidget):
    """Asks for one token; software, until somebody says otherwise."""

    changed = Signal()
    """Somebody has answered something."""

    def __init__(self, label: str, of: str) -> None:
        """``of``: whose, as the other two fields name it."""
        super().__init__()
        self._kind = form.choice([(EMBEDDED, SOFTWARE), ("", HARDWARE)])
        self._module, self._label = form.line("/usr/lib/opensc-pkcs11.so"), form.line()
        self._more = [
            Field(say("Module of {of}", of=of), self._module, MODULE_HINT),
            Field(say("Label of {of}", of=of), self._label),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for field in (Field(label, self._kind), *self._more):
            column.addWidget(field)
        self._kind.currentIndexChanged.connect(lambda _: self._show())
        self._kind.activated.connect(lambda _: self.changed.emit())
        for edit in (self._module, self._label):
            edit.editingFinished.connect(self.changed.emit)
        self._module.textEdited.connect(lambda _: self.show_wrong(""))
        self.setFocusProxy(self._kind)
        self._show()

    @property
    def module(self) -> str:
        """The module's file, the name of the embedded one, or nothing while it is missing."""
        return str(self._kind.currentData()) or self._module.text().strip()

    @property
    def label(self) -> str:
        """The label of a device's token; nothing for software."""
        return "" if self.module == EMBEDDED else self._label.text().strip()

    def fill(self, module: str, label: str) -> None:
        """Show what was answered before."""
        self._kind.setCurrentIndex(0 if module == EMBEDDED else 1)
        self._module.setText("" if module == EMBEDDED else module)
        self._label.setText("" if module == EMBEDDED else label)

    def show_wrong(self, text: str) -> None:
        """Say what is wrong with the module's file; empty takes it away."""
        self._more[0].show_wrong(text)

    def _show(self) -> None:
        for field in self._more:
            field.setVisible(not self._kind.currentData())
