# SPDX-License-Identifier: Apache-2.0
"""A sealed key signs without being shown: choose the file, read it in words, let exactly that be signed."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStorageInfo, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.actions.activation import use
from console.domain.errors import Refused
from console.domain.payload.usage import ALGORITHMS, TLS, TLS_CONTENT
from console.gui.kit import form
from console.gui.kit.files import FilesField, folder_for, read_all, write_all
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.pages.activation.session import SessionScreen
from console.gui.phrases import moment
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.domain.payload.usage import ToSign

CHOICES = (
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
Result = Mapping[str, Any]
SIGNED = say("{name} has signed, into {file}. Delete that file as soon as it has served. Showings left: {left}.")
MEMORY_FILE_SYSTEMS = (b"tmpfs", b"ramfs")


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
        self._algorithm, self._challenge = form.choice(CHOICES), FilesField(CHALLENGE)
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
        return self._algorithm.currentData() in ALGORITHMS[TLS]

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


_HEADER = {"alg": say("Algorithm"), "typ": say("Form"), "kid": say("Name of the key (kid)")}


class IntoFile:
    """Fits the port ``Screen``: what was signed goes into a file; it is no secret key, and lives for minutes."""

    def __init__(self, folder: str, file: str) -> None:
        self._folder, self._file = folder, file

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Write it."""
        write_all(self._folder, {self._file: bytes(secret)})
        return "shown"


class UseGestures(QObject):
    """Joins the page for use without showing to ``actions.use``; what was read last is what is signed."""

    def __init__(self, desk: Desk, session: SessionScreen, screen: UseScreen) -> None:
        super().__init__()
        self._desk, self._session, self._screen = desk, session, screen
        self._act = self._name = ""
        self._wanted: ToSign | None = None
        session.use_asked.connect(self._begin)
        screen.read_asked.connect(self._read)
        screen.sign_asked.connect(self._sign)
        screen.back_asked.connect(lambda: desk.hands.window.choose("session"))
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """What was read stays as it was read."""

    def forget(self) -> None:
        """The station is being locked."""
        self._act, self._name, self._wanted = "", "", None
        self._screen.forget()

    def _begin(self, act: str, name: str) -> None:
        self._act, self._name, self._wanted = act, name, None
        self._screen.begin(name)
        self._desk.hands.window.choose("use")

    def _read(self, names: Sequence[str], algorithm: str, key_id: str) -> None:
        self._wanted = None

        def read(console: "Console") -> "ToSign":
            found = list(read_all(names).values())
            if algorithm in ALGORITHMS[TLS]:
                return use.prepare_tls(b"".join(found), scheme=algorithm)
            if len(found) != 1:
                raise Refused("claims_wrong", why="they are not one file")
            return use.prepare_jwt(console, found[0], algorithm=algorithm, key_id=key_id or None)

        def done(wanted: "ToSign") -> None:
            self._wanted = wanted
            self._screen.show_claims(wanted)

        self._desk.act(self._screen, say("Reading what is to be signed"), read, done)

    def _sign(self, folder: str, file: str) -> None:
        act, name, wanted = self._act, self._name, self._wanted
        if wanted is None:
            return

        def sign(console: "Console") -> Result:
            # Before it counts: a folder that cannot be had would cost a release.
            home = str(folder_for(folder)[0])
            _check_place(home, console.policy.roster.mode)
            return {"file": f"{home}/{file}", **use.use(console, act, name, wanted, IntoFile(home, file))}

        def done(result: Result) -> None:
            self._wanted = None
            self._screen.signed()
            self._desk.hands.window.choose("session")
            left = result["budget"]["left"]
            self._session.say_done(SIGNED.format(name=name, file=result["file"], left=left))

        self._desk.act(self._screen, say("Signing"), sign, done)


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


def _check_place(folder: str, mode: str) -> None:
    """Raise ``Refused`` (signed_to_disk) for a folder on a disk of a real station, as the command refuses it."""
    if mode == "real" and bytes(QStorageInfo(folder).fileSystemType().data()) not in MEMORY_FILE_SYSTEMS:
        raise Refused("signed_to_disk", folder=folder)
