# SPDX-License-Identifier: Apache-2.0
"""The one place that joins ports to adapters: a ``Station`` for the life of a face, a ``Console`` for each act."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console.actions.activation.sweep import settle
from console.actions.backup import copy
from console.actions.console import Console, Locked
from console.actions.entries import pseudonyms
from console.actions.journal import renewal
from console.actions.policy import steps as policy_actions
from console.actions.policy import suspension
from console.actions.privacy.reader import limited
from console.actions.station import lifecycle as station_actions
from console.adapters import machine
from console.adapters.camera import V4l2Cameras
from console.adapters.hsm import person
from console.adapters.hsm import station as station_hsm
from console.adapters.hsm.person import PersonToken
from console.adapters.hsm.station import StationHsm
from console.adapters.journal.lease import lease
from console.adapters.machine import ThisMachine, copy_durably
from console.adapters.paper import PaperPages
from console.adapters.paper.memory import MemoryFolder
from console.adapters.paper.press import SheetPress
from console.adapters.paper.press import printers as known_printers
from console.adapters.qr import QrCodes
from console.adapters.slip39 import WordSheets
from console.adapters.vault import BackupFolder, FolderVault
from console.domain.canonical import Object, to_base64
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.journal.checkpoint import key_of
from console.domain.pin import check_new_pin
from console.domain.policy.keyholder import TokenKeys
from console.domain.policy.rules import Policy
from console.domain.text import Voice, as_written
from console.ports.hsm import Hsm
from console.ports.journal import Journal as JournalPort
from console.ports.medium import Medium as MediumPort
from console.ports.operator import Operator
from console.ports.token import Token
from console.settings import KeyholderSection, Settings
from console.wiring.tokens import address_of, hsm_address, person_address, stretch_of

if TYPE_CHECKING:
    from console.adapters.journal.journal import Journal
    from console.wiring.logs import Logs

RESOURCES = Path(__file__).parents[2] / "resources"
STATION_KEYS = ("log", "request", "journal")
DATABASE = re.compile(r"journal(\.log-[0-9]+)?\.db(-wal)?\Z")


class Station:
    """One station, as one face holds it: its folder, its tokens, its keeper."""

    def __init__(self, settings: Settings, operator: Operator, say: Voice = as_written) -> None:
        """``say`` says what stands on paper in the language of the face."""
        self._settings = settings
        self._operator, self._say = operator, say
        self._machine = ThisMachine()
        self._vault = FolderVault(settings.folder, settings.station.mirror, (*copy.TAKEN, *copy.LEFT))
        self._tokens: dict[tuple[str, TokenKeys | None], PersonToken] = {}
        self._sockets = station_hsm.keeper_sockets(settings.folder, os.environ)
        self._is_noted = False
        self.locked = Locked(
            settings, self._machine, self._vault, Keepers(settings, self._sockets), self.token, Foundry(self)
        )

    def token(self, member: str, keys: TokenKeys | None = None) -> Token:
        """Return a person's token; its process starts at the first use and lasts until ``close``.

        ``keys``: those of a new token, which is not in force yet.
        """
        if (member, keys) not in self._tokens:
            self._tokens[member, keys] = self.fresh_token(member, keys or self._known_keys(member))
        return self._tokens[member, keys]

    def fresh_token(self, member: str, known: TokenKeys | None) -> PersonToken:
        """Return a token process of its own for a person; ``known`` are the keys it must have."""
        *others, last = self._settings.places(member)
        for section in others if known else ():
            # A token that was replaced, or is to be: which of them is meant, only the public keys say.
            token = self._token_at(section, known)
            try:
                token.points()
            except Unavailable:
                token.close()
            else:
                return token
        return self._token_at(last, known)

    def _token_at(self, section: KeyholderSection, known: TokenKeys | None) -> PersonToken:
        address = address_of(self._settings, section)
        return PersonToken(
            address, section.id, self._operator.pin, environment=os.environ, known=known, stretch=stretch_of(address)
        )

    def _known_keys(self, member: str) -> TokenKeys | None:
        try:
            roster = policy_actions.as_written(self._vault).roster
        except Unavailable:
            return None
        # None: somebody who is about to join.
        return next((person.token_keys for person in roster.members if person.id == member), None)

    def has_pin(self, member: str) -> bool:
        """Say whether a person need not be asked again for the token that is in force."""
        token = self._tokens.get((member, None))
        return token is not None and token.has_pin

    def forget_pins(self) -> None:
        """End the token processes of all people, and with them what they remember of a PIN."""
        for token in self._tokens.values():
            token.close()
        self._tokens.clear()

    def close(self) -> None:
        """End every process that this face started; the keeper stays."""
        self.forget_pins()

    @contextmanager
    def console(self, *, as_member: str | None = None) -> Iterator[Console]:
        """Hold the station: lease, unlocked HSM, open journal, sweep. With ``as_member``, unlock for this act alone.

        Under the journal's alarm all can be read and a new log begun; whatever would be written is refused.

        Raises ``Unavailable`` (no_station, station_locked, station_in_use), ``Refused`` (genesis_unsigned, pin_*),
        ``Corrupt`` (genesis_not_pinned, journal_*).
        """
        with ExitStack() as stack:
            stack.enter_context(lease(self._settings.folder))
            hsm = self._unlocked(stack, as_member)
            logs = self._logs(hsm, self._policy(hsm))
            known = logs.known
            journal = stack.enter_context(logs.open())
            alarm = journal.alarm()
            if not alarm:
                policy_actions.settle(journal, self._machine, self._vault, known)
            known, people = _people_of(journal, known)
            suspension.check_unlocker(known, hsm.unlocked_by())
            console = Console(
                self._settings,
                known,
                self._machine,
                hsm,
                journal,
                self._vault,
                QrCodes(),
                PaperPages(RESOURCES / "fonts", self._say),
                WordSheets(),
                self.token,
                people,
                logs,
                self.token,
            )
            settle(console)
            if as_member is not None and not self._is_noted and self.locked.keepers.status() is None:
                # Once for all acts of a command: what is read before a decision, and the decision.
                self._is_noted = station_actions.note_unlock(console, one_command=True)
            yield limited(console, hsm.unlocked_by(), as_member)

    def _logs(self, hsm: Hsm, known: Policy) -> "Logs":
        """Return the station's logs, once a new one that a crash cut has been begun."""
        # Here and below: who only looks at a locked station needs no database library.
        from console.wiring.logs import Logs

        fresh = renewal.new_keys(hsm, self._vault, self._machine, known)
        past = renewal.in_force(self._vault, known)
        logs = Logs(self._settings, self._machine, self._vault, hsm, known, past, fresh)
        if renewal.resume(hsm, self._vault, self._machine, known, logs, logs.open):
            return self._logs(hsm, self._policy(hsm))
        return logs

    def _policy(self, hsm: Hsm) -> Policy:
        """Return the policy in force, with the keys of a new HSM once a renewal has put them there."""
        known = policy_actions.in_force(self._vault, hsm.pinned())
        if renewal.settle_keys(self._vault, known):
            return policy_actions.in_force(self._vault, hsm.pinned())
        return known

    def unlock(self, member: str) -> Object:
        """Unlock by a person's token and journal it: the keeper stays until it is locked."""
        unlocked = station_actions.unlock(self.locked, member)
        try:
            with self.console() as console:
                station_actions.note_unlock(console)
                return {**unlocked, "alarm": console.journal.alarm()}
        except Refused:
            # Whom the journal refuses does not stay logged in.
            self.locked.keepers.stop()
            raise

    def _unlocked(self, stack: ExitStack, as_member: str | None) -> StationHsm:
        if self.locked.keepers.status() is not None:
            hsm = station_hsm.through_keeper(self._sockets)
            stack.callback(hsm.close)
            return hsm
        if as_member is None:
            raise Unavailable("station_locked")
        pin = station_actions.open_slot(self.locked, as_member)
        hsm = station_hsm.unlock(hsm_address(self._settings), pin, as_member, environment=os.environ)
        stack.callback(hsm.close)
        return hsm

    @property
    def settings(self) -> Settings:
        """The station file."""
        return self._settings

    @property
    def operator(self) -> Operator:
        """The person in front of this face."""
        return self._operator


class Keepers:
    """Fits ``KeepersPort``."""

    def __init__(self, settings: Settings, sockets: list[Path]) -> None:
        self._settings = settings
        self._sockets = sockets

    def start(self, pin: bytearray, member: str) -> None:
        """Start the keeper; wipes the PIN."""
        idle = self._settings.station.idle_minutes * 60
        address = hsm_address(self._settings)
        station_hsm.start_keeper(address, pin, member, self._sockets, environment=os.environ, idle_s=idle)

    def stop(self) -> bool:
        """End the keeper; return whether there was one."""
        try:
            station_hsm.lock(self._sockets)
        except Unavailable:
            return False
        return True

    def status(self) -> Mapping[str, object] | None:
        """Return who unlocked, or None while locked."""
        try:
            with closing(station_hsm.through_keeper(self._sockets)) as hsm:
                return {"member": hsm.unlocked_by()}
        except Unavailable as error:
            if error.code != "station_locked":
                raise
            return None


class Foundry:
    """Fits ``FoundingPort``: makes the tokens of a new station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._public: dict[str, str] = {}

    def enrol(self, member: str) -> TokenKeys:
        """Make a person's token in software if it is not there yet, and their keys on it."""
        settings, section = self._station.settings, self._station.settings.keyholder(member)
        address = person_address(settings, member)
        if not person.is_founded(address):
            pin, stretch = self._chosen_pin(member), stretch_of(address)
            pin = pin if stretch is None else stretch(pin)
            person.found_software_token(address, _random_pin(), pin, environment=os.environ)
        purposes = ["sign", "share", *(["read"] if section.role == "legal" else [])]
        token = self._station.fresh_token(member, None)
        try:
            # A founding that was cut left keys behind: the same person goes on with them.
            return token.enrol(purposes)
        finally:
            token.close()

    def _chosen_pin(self, member: str) -> bytearray:
        pin = self._station.operator.pin(member)
        try:
            check_new_pin(pin)
        except Refused:
            pin[:] = bytes(len(pin))
            raise
        return pin

    def try_pin(self, member: str) -> None:
        """Log in once to a token that was there before."""
        with closing(self._station.fresh_token(member, None)) as token:
            person.try_pin(token)

    @contextmanager
    def token(self, member: str, keys: TokenKeys) -> Iterator[PersonToken]:
        """Lend the token with these keys."""
        token = self._station.fresh_token(member, keys)
        try:
            yield token
        finally:
            token.close()

    @contextmanager
    def station(self, pin: bytes) -> Iterator[StationHsm]:
        """Make the station's token and its keys; lend it."""
        from console.wiring.logs import first_origin, set_aside

        address = hsm_address(self._station.settings)
        # Of a founding that was cut: nobody knows that token's PIN, and nothing is sealed to it.
        if address.folder is not None:
            set_aside(address.folder)
        person.found_software_token(address, _random_pin(), bytearray(pin), environment=os.environ)
        hsm = station_hsm.unlock(address, bytearray(pin), "founding", environment=os.environ)
        try:
            points = {name: hsm.make_key(name) for name in STATION_KEYS}
            log = key_of(first_origin(self._station.settings), points.pop("log")).vkey()
            self._public = {"log": log, **{name: to_base64(point) for name, point in points.items()}}
            yield hsm
        finally:
            hsm.close()

    def public_keys(self, _: Hsm) -> Mapping[str, str]:
        """Return the public keys of the station just made."""
        return self._public

    def pin(self, hsm: Hsm, genesis: bytes) -> None:
        """Pin the genesis hash in the HSM, for good."""
        if not isinstance(hsm, StationHsm):
            raise Unavailable("token_broken", why="not the station's HSM")
        hsm.pin(genesis)

    def put_databases(self, medium: MediumPort) -> list[str]:
        """Copy the databases of a backup into the station's folder."""
        from console.wiring.logs import set_aside

        names = [name for name in medium.names("") if DATABASE.match(name)]
        for name in names:
            # Of a restore that was cut.
            set_aside(self._station.settings.folder / name)
            copy_durably(Path(medium.folder) / name, self._station.settings.folder / name)
        return names

    def journal(self, hsm: Hsm, key: bytearray, known: Policy) -> "AbstractContextManager[Journal]":
        """Create the journal under this database key and open it; what a cut founding left is set aside."""
        from console.wiring.logs import Logs, set_aside

        settings, locked = self._station.settings, self._station.locked
        set_aside(settings.folder / "journal.db")
        return Logs(settings, locked.machine, locked.vault, hsm, known).found(key)


def backup_folder(folder: Path, station: Path, *, same_disk: bool = False) -> BackupFolder:
    """Return a folder on another disk, to back up to or to restore from."""
    return BackupFolder(folder, station, same_disk=same_disk)


def write_out(path: Path, data: bytes) -> None:
    """Write a result where a person names a place, for its owner only; ``Unavailable`` (not_written)."""
    machine.write_out(path, data)


def codes() -> QrCodes:
    """Return the QR pictures, which need no station."""
    return QrCodes()


def cameras() -> V4l2Cameras:
    """Return the cameras of this computer."""
    return V4l2Cameras()


def sheets() -> WordSheets:
    """Return the reader of recovery sheets, which needs no station."""
    return WordSheets()


def press(out: str, *, drill: bool) -> SheetPress:
    """Return where sheets come out: ``printer``, ``printer:NAME`` or a folder."""
    return SheetPress(out, drill=drill, environment=os.environ)


def printers() -> list[str]:
    """Return the names of the printers that this computer knows."""
    return known_printers(os.environ)


def memory_folder() -> MemoryFolder:
    """Return a folder in memory that is made when it is needed, and removed by whoever asked for it."""
    return MemoryFolder(os.environ)


def _people_of(journal: JournalPort, known: Policy) -> tuple[Policy, Mapping[str, str]]:
    """Return the policy with those who are suspended, and the pseudonyms of people, as the journal tells them."""
    try:
        return suspension.with_suspended(journal, known), pseudonyms(journal)
    except Corrupt:
        # Under the alarm the journal may not tell it: that must not keep everybody outside.
        if not journal.alarm():
            raise
        return known, {}


def measure_rollback(settings: Settings) -> dict[str, str]:
    """Return what the module of the station's HSM keeps when an old copy of its folder is put back."""
    from console.adapters.hsm import rollback

    return rollback.measure(hsm_address(settings), environment=os.environ)


def _random_pin() -> bytearray:
    return bytearray(os.urandom(24).hex().encode())
