# SPDX-License-Identifier: Apache-2.0
"""A sealed key signs without being shown: choose the file, read it in words, let exactly that be signed."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.domain.payload.usage import ALGORITHMS as ALGORITHMS_OF
from console.domain.payload.usage import TLS, TLS_CONTENT
from console.gui.kit import form
from console.gui.kit.files import FilesField
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.phrases import moment
from console.language import say

if TYPE_CHECKING:
    from console.domain.payload.usage import ToSign

ALGORITHMS = (
    ("RS256", say("Token for a login (JWT), RSA key: RS256")),
    ("ES256", say("Token for a login (JWT), P-256 key: ES256")),
    ("rsa_pss_rsae_sha256", say("Answer to a TLS challenge, RSA key")),
    ("ecdsa_secp256r1_sha256", say("Answer to a TLS challenge, P-256 key")),
)
CHALLENGE = say("Challenge file")
CHALLENGE_HINT = say("What the program that makes the connection has written, and now waits to have signed.")
ANSWER_FILE, TOKEN_FILE = "~/Documents/answer.sig", "~/Documents/token.jwt"
CLAIMS = {
    "aud": say("For whom it is (aud)"),
    "sub": say("In whose name (sub)"),
    "iss": say("Issued by (iss)"),
    "exp": say("Holds until (exp)"),
    "nbf": say("Holds from (nbf)"),
    "iat": say("Made at (iat)"),
}
TIMES = ("exp", "nbf", "iat")
END_OF_TIME = 2**32
"""Seconds: what lies later is told as a number."""
LIVES = say("The signed token (JWT) is no secret key. It lives for minutes, and lets in whoever has the file.")
ANSWERS = say("The answer serves this one connection, and no other. It is no secret key.")


class UseScreen(Page):
    """Reports which claims shall be read, and into which file what was read shall go, signed."""

    read_asked = Signal(object, str, str)
    """Files, algorithm, name of the key at the target (of a token)."""
    sign_asked = Signal(str, str)
    """Folder and file."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Use without showing"))
        self.readable()
        self._files, self._key_id, self._file = (FilesField(say("Claims file (JSON)")), form.line(), form.line())
        self._algorithm, self._challenge = form.choice(ALGORITHMS), FilesField(CHALLENGE)
        self._lives = PlainLabel(LIVES, role="muted")
        self._of_token = (
            Field(say("Claims file (JSON)"), self._files, say("Who may do what, and until when.")),
            Field(say("Name of the key at the target (kid)"), self._key_id, say("Empty if it has none.")),
        )
        self._of_tls = Field(CHALLENGE, self._challenge, CHALLENGE_HINT)
        self._read = QVBoxLayout()
        self._sign = button(say("Sign exactly this, once"), self._ask_sign, weight="primary")
        self._reading = self._make_reading()
        self.column.addLayout(row(button(say("Back to the session"), self.back_asked.emit)))
        self.column.addWidget(self._make_choosing())
        self.column.addWidget(self._reading)
        self.column.addStretch(1)
        self._algorithm.currentIndexChanged.connect(lambda _: self._chosen())
        self.forget()

    def begin(self, name: str) -> None:
        """Ask what this key shall sign."""
        self.forget()
        self.title.setText(say("Use {name} without showing it", name=name))

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
        self._challenge.clear()
        self._key_id.clear()
        self._chosen()

    def signed(self) -> None:
        """Take away what was read: it was for one signature."""
        clear_layout(self._read)
        self._reading.hide()

    def _make_choosing(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("The key is not shown. It signs once, which counts as one showing.")))
        column.addWidget(Field(say("What it shall sign"), self._algorithm))
        for field in (*self._of_token, self._of_tls):
            column.addWidget(field)
        column.addLayout(row(button(say("Read what will be signed"), self._ask_read)))
        return frame

    def _make_reading(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("This will be signed"), role="heading"))
        column.addLayout(self._read)
        column.addWidget(self._lives)
        column.addWidget(Field(say("File for what is signed"), self._file))
        column.addLayout(row(self._sign))
        return frame

    @property
    def _is_tls(self) -> bool:
        return self._algorithm.currentData() in ALGORITHMS_OF[TLS]

    def _chosen(self) -> None:
        """Ask for what is signed by this kind of signature; what was read for another one is gone."""
        for field in self._of_token:
            field.setVisible(not self._is_tls)
        self._of_tls.setVisible(self._is_tls)
        self._lives.setText(ANSWERS if self._is_tls else LIVES)
        self._file.setText(ANSWER_FILE if self._is_tls else TOKEN_FILE)
        self.signed()

    def _ask_read(self) -> None:
        self.signed()
        names = (self._challenge if self._is_tls else self._files).names()
        if len(names) == 1:
            self.read_asked.emit(names, str(self._algorithm.currentData()), self._key_id.text().strip())
        elif self._is_tls:
            self.say_problem(
                say("One challenge file is needed."), say("Choose the file with the challenge, then read it.")
            )
        else:
            self.say_problem(say("One claims file is needed."), say("Choose the file with the claims, then read it."))

    def _ask_sign(self) -> None:
        path = PurePath(self._file.text().strip())
        if path.name:
            self.sign_asked.emit(str(path.parent), path.name)
        else:
            self.say_problem(say("The file for what is signed is missing."), say("Name it, then sign."))


def _lines(wanted: "ToSign") -> Iterator[str]:
    """Yield everything that is signed; the known claims first and in words."""
    if wanted.purpose == TLS:
        yield say("The answer to a TLS challenge: {hex}", hex=wanted.content[len(TLS_CONTENT) :].hex())
        yield say("Algorithm: {algorithm}", algorithm=wanted.algorithm)
        return
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


_HEADER = {"alg": say("Algorithm"), "typ": say("Form"), "kid": say("Name of the key (kid)")}
