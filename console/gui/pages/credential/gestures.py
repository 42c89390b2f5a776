# SPDX-License-Identifier: Apache-2.0
"""Gestures about sealed credentials: seal, seal a new version, confirm one, read a use card, compare a code."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.actions.credential import drift as drifts
from console.actions.credential import otp, source, versions
from console.domain.credential.versions import TYPED
from console.gui.kit.files import read_wipeable
from console.gui.pages.credential.confirm import ConfirmScreen
from console.gui.pages.credential.seal import SealScreen
from console.gui.pages.credential.vault import VaultScreen
from console.gui.shell.desk import Desk, call
from console.gui.snapshot import Snapshot
from console.language import say
from console.sentences.kinds import KINDS
from console.wording import message

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
SEALED = say("{name} is sealed ({kind}), version {version}.")
CANDIDATE = say("Version {candidate} of {name} is sealed. Somebody else must confirm that the target has it.")
CONFIRMED = say("Version {version} of {name} is confirmed. The version before is destroyed.")
DRIFT = say("{credential} is {offset} steps off. That is written down, and counts from now on.")


class VaultGestures(QObject):
    """Joins the pages about sealed credentials to ``actions.credential`` and ``actions.drift``."""

    def __init__(self, desk: Desk, vault: VaultScreen, seal: SealScreen, confirm: ConfirmScreen) -> None:
        super().__init__()
        self._desk, self._vault, self._seal, self._confirm = desk, vault, seal, confirm
        self._window = desk.hands.window
        self._name = ""
        self._held = bytearray()
        vault.seal_asked.connect(lambda: self._begin(None))
        vault.rotate_asked.connect(lambda name: self._begin(self._row(name)))
        vault.confirm_asked.connect(self._begin_confirm)
        vault.card_asked.connect(self._show_card)
        vault.drift_asked.connect(self._drift)
        seal.seal_asked.connect(self._take)
        seal.compare_asked.connect(self._compare)
        seal.version_asked.connect(lambda name: seal.turn_to(self._row(name)))
        confirm.confirm_asked.connect(self._confirm_it)
        for screen in (seal, confirm):
            screen.back_asked.connect(lambda: self._window.choose("vault"))
        self._window.page_chosen.connect(lambda name: self.forget() if name != "seal" else None)
        desk.show_on(self, vault, seal, confirm)

    def present(self, _: Snapshot) -> None:
        """A look at the station takes nothing away from what is being entered."""

    def forget(self) -> None:
        """Somebody has left the page, or the station is being locked: keep nothing of the secret."""
        self._wipe()
        self._seal.forget_secret()

    def _wipe(self) -> None:
        self._held[:] = bytes(len(self._held))

    def _row(self, name: str) -> Result | None:
        rows = self._desk.snapshot.credentials if self._desk.snapshot else ()
        return next((row for row in rows if row["name"] == name), None)

    def _begin(self, version_of: Result | None) -> None:
        snapshot: Snapshot | None = self._desk.snapshot
        if snapshot is not None:
            self._window.choose("seal")
            self._seal.begin(version_of, snapshot.unlocked_by)

    def _begin_confirm(self, name: str) -> None:
        found = self._row(name)
        if found is not None:
            self._name = name
            self._window.choose("confirm")
            self._confirm.begin(found)

    def _take(self, asked: Result) -> None:
        """Seal what stands on the page; what holds the secret meanwhile is wiped, whatever comes of it."""
        named = self._seal.secret.files()

        def sealed(console: "Console", secret: bytearray, source: str) -> Result:
            if "kind" not in asked:
                return versions.rotate(console, asked["name"], secret, sign_as=asked["sealer"], source=source)
            return versions.seal(
                console,
                asked["name"],
                asked["kind"],
                asked["class"],
                secret,
                asked["card"],
                sign_as=asked["sealer"],
                source=source,
            )

        def done(result: Result) -> None:
            self._seal.sealed()
            self._window.choose("vault")
            form = CANDIDATE if result["candidate"] else SEALED
            told = form.format(**{**result, "kind": KINDS[result["kind"]]})
            self._vault.say_done(f"{told} {_left_behind(named)}".strip())
            self._desk.look_then(lambda: self._vault.choose(result["name"]))

        self._desk.act(
            self._seal,
            say("Sealing"),
            self._lending(sealed),
            done,
            pin_of=asked["sealer"],
            why=say("To sign what is sealed."),
        )

    def _compare(self, asked: Result) -> None:
        """Show what a seed gives now, before it is sealed."""

        def compared(console: "Console", secret: bytearray, _: str) -> Result:
            return otp.present_code(console.machine, secret)

        def done(now: Result) -> None:
            self._seal.ask_whether_right(asked, now["code"], now["seconds_left"])

        self._desk.act(self._seal, say("Reading the seed"), self._lending(compared), done)

    def _lending(self, use: "Callable[[Console, bytearray, str], Result]") -> "Callable[[Console], Result]":
        """Return an action that gets the secret on the page and how it came in, and after which it is wiped."""
        self._wipe()
        named, self._held = self._seal.secret.files(), self._seal.secret.typed()
        held = self._held

        def lent(console: "Console") -> Result:
            secret, source = _secret(console, named, held)
            try:
                return use(console, secret, source)
            finally:
                secret[:] = bytes(len(secret))

        return lent

    def _confirm_it(self, member: str, evidence: str) -> None:
        name = self._name

        def done(result: Result) -> None:
            self._window.choose("vault")
            self._vault.say_done(CONFIRMED.format(**result))

        self._desk.act(
            self._confirm,
            say("Confirming"),
            call(versions.confirm, name, member, evidence),
            done,
            pin_of=member,
            why=say("To confirm that the target has the new version."),
        )

    def _show_card(self, name: str) -> None:
        self._desk.act(self._vault, say("Reading the use card"), call(versions.show, name), self._vault.show_card)

    def _drift(self, name: str, shown: str) -> None:
        self._desk.act(
            self._vault,
            say("Comparing the code"),
            call(drifts.drift, name, shown),
            lambda result: self._vault.say_done(DRIFT.format(**result)),
        )


def _secret(console: "Console", named: Sequence[str] | None, typed: bytearray) -> tuple[bytearray, str]:
    """Return the secret and how it came in."""
    if named is None:
        return typed, TYPED
    return source.taken(console.codes, read_wipeable(named[0]), named[0])


def _left_behind(named: Sequence[str] | None) -> str:
    return message("plaintext_file", {"file": named[0]}) if named else ""
