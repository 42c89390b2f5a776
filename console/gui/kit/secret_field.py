# SPDX-License-Identifier: Apache-2.0
"""A secret on its way in: typed twice without echo, or from a file; neither its letters nor their number are shown.

Only a list of codes is seen while it is typed, as the words of sheets are: nobody types ten of them blindly.
"""

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console.domain.kinds import KINDS, Input, Kind
from console.gui.kit import form, sizes
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.widgets import PlainLabel
from console.language import say

TYPED, LISTED, FROM_FILE = "typed", "listed", "file"
WAYS = (
    (TYPED, say("Typed here, twice")),
    (LISTED, say("Typed here, one code a line")),
    (FROM_FILE, say("From a file, or a picture of one QR code")),
)
ONE_A_LINE = say("One code a line, as the target lists them.")
SEEN = say("What you type can be seen: let nobody else look, and no camera.")
MAX_LETTERS = 4096
UNSEEN = say("What you type is not shown.")
HEARD = say("Nothing typed yet."), say("Typed once so far."), say("Typed in both fields.")
FILE_HINT = say("The file stays as it is: destroy it afterwards. That there was one goes into the journal.")


class SecretField(QWidget):
    """Asks for a secret; a certificate or a key comes from a file only."""

    def __init__(self) -> None:
        super().__init__()
        self._way = form.choice(WAYS)
        self._first, self._again = _unseen(), _unseen()
        self._codes = SecretText()
        self._listed = Field(say("The codes"), self._codes, f"{ONE_A_LINE} {SEEN}")
        self._files = FilesField(say("File with the secret"))
        self._lines = PlainLabel(ONE_A_LINE)
        self._typed = (
            Field(say("The secret"), self._first, UNSEEN),
            Field(say("The secret once more"), self._again, UNSEEN),
        )
        self._file = Field(say("File with the secret"), self._files, FILE_HINT)
        self._ask = Field(say("How the secret comes in"), self._way)
        self._heard = PlainLabel(role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._ask, *self._typed, self._heard, self._listed, self._lines, self._file):
            column.addWidget(part)
        for edit in (self._first, self._again):
            edit.textChanged.connect(self._say_heard)
        self._say_heard()
        self._way.currentIndexChanged.connect(lambda _: self._show())
        self.ask_for(KINDS[0])

    def ask_for(self, kind: Kind) -> None:
        """Ask for one line, for a list of codes, or for what is too long to be typed."""
        self._of_codes = kind.input is Input.LIST
        typed = {Input.LINE: TYPED, Input.LIST: LISTED, Input.FILE: ""}[kind.input]
        form.fill(self._way, [way for way in WAYS if way[0] in (typed, FROM_FILE)])
        self._show()

    def files(self) -> list[str] | None:
        """Return the files that are named, or None where the secret is typed."""
        return self._files.names() if self._way.currentData() == FROM_FILE else None

    def problem(self) -> str:
        """Return what is wrong with what was entered, in words, or an empty text."""
        if (named := self.files()) is not None:
            return "" if len(named) == 1 else say("One file is needed.")
        if self._way.currentData() == LISTED:
            return "" if self._codes.toPlainText().strip() else say("The secret is missing.")
        if not self._first.text():
            return say("The secret is missing.")
        return (
            "" if self._first.text() == self._again.text() else say("The secret was typed differently the second time.")
        )

    def typed(self) -> bytearray:
        """Return what was typed, in a buffer that the caller wipes."""
        listed = self._way.currentData() == LISTED
        return bytearray((self._codes.toPlainText() if listed else self._first.text()).encode())

    def focus(self) -> QWidget:
        """Return where work goes on."""
        ways = {TYPED: self._first, LISTED: self._codes, FROM_FILE: self._files}
        return ways[self._way.currentData()]

    def start_again(self) -> QWidget:
        """Empty what was typed unseen, as nobody can see what to mend there; return where work goes on."""
        self._first.clear()
        self._again.clear()
        return self.focus()

    def clear(self) -> None:
        """Keep nothing of it."""
        self._first.clear()
        self._again.clear()
        self._codes.clear()
        self._files.clear()

    def _say_heard(self) -> None:
        """Say that something is being typed, and how often: else a blind field looks dead."""
        times = bool(self._first.text()) + bool(self._again.text())
        self._heard.setText(HEARD[times])

    def _show(self) -> None:
        way = self._way.currentData()
        for field in (*self._typed, self._heard):
            field.setVisible(way == TYPED)
        self._listed.setVisible(way == LISTED)
        self._file.setVisible(way == FROM_FILE)
        self._lines.setVisible(way == FROM_FILE and self._of_codes)


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
