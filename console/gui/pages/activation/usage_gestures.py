# SPDX-License-Identifier: Apache-2.0
"""Gestures by which a sealed key signs without being shown: read it, sign exactly that, into a file."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStorageInfo

from console.domain.errors import Refused
from console.domain.payload.usage import ALGORITHMS, TLS
from console.gui.kit.files import folder_for, read_all, write_all
from console.gui.pages.activation.session import SessionScreen
from console.gui.pages.activation.usage import UseScreen
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.domain.payload.usage import ToSign

Result = Mapping[str, Any]
SIGNED = say("{name} has signed, into {file}. Delete that file as soon as it has served. Showings left: {left}.")

MEMORY_FILE_SYSTEMS = (b"tmpfs", b"ramfs")


def _check_place(folder: str, mode: str) -> None:
    """Raise ``Refused`` (signed_to_disk) for a folder on a disk of a real station, as the command refuses it."""
    if mode == "real" and bytes(QStorageInfo(folder).fileSystemType().data()) not in MEMORY_FILE_SYSTEMS:
        raise Refused("signed_to_disk", folder=folder)


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
            from console.actions.activation import use

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
            from console.actions.activation import use

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
