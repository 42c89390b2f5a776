# SPDX-License-Identifier: Apache-2.0
"""A sealed key signs without being shown: choose the claims, read them in words, let exactly those be signed."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui import form
from console.gui.files import FilesField
from console.gui.form import Field
from console.gui.phrases import moment
from console.gui.widgets import Page, PlainLabel, button, card, clear_layout, row

if TYPE_CHECKING:
    from console.domain.usage import ToSign

ALGORITHMS = (("RS256", "RS256, for an RSA key"), ("ES256", "ES256, for a P-256 key"))
CLAIMS = {
    "aud": "For whom it is (aud)", "sub": "In whose name (sub)", "iss": "Issued by (iss)",
    "exp": "Holds until (exp)", "nbf": "Holds from (nbf)", "iat": "Made at (iat)",
}  # fmt: skip
TIMES = ("exp", "nbf", "iat")
END_OF_TIME = 2**32
"""Seconds: what lies later is told as a number."""
LIVES = "The signed token (JWT) is no secret key. It lives for minutes, and lets in whoever has the file."


class UseScreen(Page):
    """Reports which claims shall be read, and into which file what was read shall go, signed."""

    read_asked = Signal(object, str, str)
    """Files, algorithm, name of the key at the target."""
    sign_asked = Signal(str, str)
    """Folder and file."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Use without showing")
        self.readable()
        self._files, self._key_id, self._file = FilesField("Claims file (JSON)"), form.line(), form.line()
        self._algorithm = form.choice(ALGORITHMS)
        self._read = QVBoxLayout()
        self._sign = button("Sign exactly this, once", self._ask_sign, weight="primary")
        self._reading = self._make_reading()
        self.column.addLayout(row(button("Back to the session", self.back_asked.emit)))
        self.column.addWidget(self._make_choosing())
        self.column.addWidget(self._reading)
        self.column.addStretch(1)
        self.forget()

    def begin(self, name: str) -> None:
        """Ask what this key shall sign."""
        self.forget()
        self.title.setText(f"Use {name} without showing it")

    def show_claims(self, wanted: "ToSign") -> None:
        """Show what would be signed, each claim in words."""
        clear_layout(self._read)
        for line in _lines(wanted):
            self._read.addWidget(PlainLabel(line))
        self._reading.show()
        self.reveal(self._sign)

    def forget(self) -> None:
        """Show nothing, and name no file."""
        self.messages.clear()
        self._files.clear()
        self._key_id.clear()
        self._file.setText("~/Documents/token.jwt")
        self.signed()

    def signed(self) -> None:
        """Take away what was read: it was for one signature."""
        clear_layout(self._read)
        self._reading.hide()

    def _make_choosing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel("The key is not shown. It signs once, which counts as one release."))
        column.addWidget(Field("Claims file (JSON)", self._files, "Who may do what, and until when."))
        column.addWidget(Field("Algorithm", self._algorithm))
        column.addWidget(Field("Name of the key at the target (kid)", self._key_id, "Empty if it has none."))
        column.addLayout(row(button("Read what will be signed", self._ask_read)))
        return frame

    def _make_reading(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel("This will be signed", role="heading"))
        column.addLayout(self._read)
        column.addWidget(PlainLabel(LIVES, role="muted"))
        column.addWidget(Field("File for the signed token", self._file))
        column.addLayout(row(self._sign))
        return frame

    def _ask_read(self) -> None:
        self.signed()
        names = self._files.names()
        if len(names) == 1:
            self.read_asked.emit(names, str(self._algorithm.currentData()), self._key_id.text().strip())
        else:
            self.say_problem("One claims file is needed.", "Choose the file with the claims, then read it.")

    def _ask_sign(self) -> None:
        path = PurePath(self._file.text().strip())
        if path.name:
            self.sign_asked.emit(str(path.parent), path.name)
        else:
            self.say_problem("The file for the signed token is missing.", "Name it, then sign.")


def _lines(wanted: "ToSign") -> Iterator[str]:
    """Yield everything that is signed; the known claims first and in words."""
    said = json.loads(wanted.claims or "{}")
    for name in sorted(said, key=lambda name: [*CLAIMS, name].index(name)):
        yield f"{CLAIMS.get(name, json.dumps(name))}: {_told(name, said[name])}"
    header = base64.urlsafe_b64decode(wanted.content.partition(b".")[0] + b"==")
    for name, value in json.loads(header).items():
        yield f"{_HEADER[name]}: {value}"


def _told(name: str, value: object) -> str:
    if name in TIMES and isinstance(value, int) and 0 <= value < END_OF_TIME:
        return moment(datetime.fromtimestamp(value, UTC).isoformat())
    # As JSON, so that no letter of a claim can pass for another one, or for the end of a line.
    return json.dumps(value)


_HEADER = {"alg": "Algorithm", "typ": "Form", "kid": "Name of the key (kid)"}
