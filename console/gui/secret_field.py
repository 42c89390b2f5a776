# SPDX-License-Identifier: Apache-2.0
"""A secret on its way in: typed twice without echo, or from a file; neither its letters nor their number are shown."""

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console.gui import form, sizes
from console.gui.files import FilesField
from console.gui.form import Field
from console.gui.widgets import PlainLabel
from console.language import say

TYPED, FROM_FILE = "typed", "file"
WAYS = ((TYPED, say("Typed here, twice")), (FROM_FILE, say("From a file, or a picture of one QR code")))
MAX_LETTERS = 4096
UNSEEN = say("What you type is not shown.")
HEARD = say("Nothing typed yet."), say("Typed once so far."), say("Typed in both fields.")
FILE_HINT = say("The file stays as it is: destroy it afterwards. That there was one goes into the journal.")


class SecretField(QWidget):
    """Asks for a secret; a kind of many lines comes from a file only."""

    def __init__(self) -> None:
        super().__init__()
        self._way = form.choice(WAYS)
        self._first, self._again = _unseen(), _unseen()
        self._files = FilesField(say("File with the secret"))
        self._typed = (
            Field(say("The secret"), self._first, UNSEEN),
            Field(say("The secret once more"), self._again, UNSEEN),
        )
        self._file = Field(say("File with the secret"), self._files, FILE_HINT)
        self._ask = Field(say("How the secret comes in"), self._way)
        self._heard = PlainLabel(role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._ask, *self._typed, self._heard, self._file):
            column.addWidget(part)
        for edit in (self._first, self._again):
            edit.textChanged.connect(self._say_heard)
        self._say_heard()
        self._way.currentIndexChanged.connect(lambda _: self._show())
        self.ask_for(many_lines=False)

    def ask_for(self, *, many_lines: bool) -> None:
        """Ask for one line, or for what is too long to be typed blindly."""
        form.fill(self._way, [way for way in WAYS if way[0] == FROM_FILE or not many_lines])
        self._show()

    def files(self) -> list[str] | None:
        """Return the files that are named, or None where the secret is typed."""
        return self._files.names() if self._way.currentData() == FROM_FILE else None

    def problem(self) -> str:
        """Return what is wrong with what was entered, in words, or an empty text."""
        if (named := self.files()) is not None:
            return "" if len(named) == 1 else say("One file is needed.")
        if not self._first.text():
            return say("The secret is missing.")
        return (
            ""
            if self._first.text() == self._again.text()
            else say("The secret was typed differently the second time.")
        )

    def typed(self) -> bytearray:
        """Return what was typed, in a buffer that the caller wipes."""
        return bytearray(self._first.text().encode())

    def focus(self) -> QWidget:
        """Return where work goes on."""
        return self._first if self.files() is None else self._files

    def start_again(self) -> QWidget:
        """Empty what was typed unseen, as nobody can see what to mend there; return where work goes on."""
        self._first.clear()
        self._again.clear()
        return self.focus()

    def clear(self) -> None:
        """Keep nothing of it."""
        self._first.clear()
        self._again.clear()
        self._files.clear()

    def _say_heard(self) -> None:
        """Say that something is being typed, and how often: else a blind field looks dead."""
        times = bool(self._first.text()) + bool(self._again.text())
        self._heard.setText(HEARD[times])

    def _show(self) -> None:
        is_file = self._way.currentData() == FROM_FILE
        for field in (*self._typed, self._heard):
            field.setVisible(not is_file)
        self._file.setVisible(is_file)


class SecretText(QPlainTextEdit):
    """Many words of a secret, which whoever types them must see; nothing of them is copied, dragged or undone."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        sizes.keep(self, height=form.TEXT_LINES_PIXELS)
        self.setUndoRedoEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        self.setInputMethodHints(hints)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Give nothing to the clipboard, to the selection of X11, or to what is dragged."""
        return QMimeData()

    def canInsertFromMimeData(self, _: QMimeData) -> bool:
        """Take nothing from there either: what is on the clipboard every program reads."""
        return False


def _unseen() -> QLineEdit:
    edit = form.line()
    edit.setEchoMode(QLineEdit.EchoMode.NoEcho)
    edit.setMaxLength(MAX_LETTERS)
    edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    return edit
