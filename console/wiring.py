# SPDX-License-Identifier: Apache-2.0
"""The one place that joins ports to adapters: a ``Station`` for the life of a face, a ``Console`` for each act."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from console.actions import station as station_actions
from console.actions import tables
from console.actions.keyholder import pseudonyms
from console.actions.ports import Console, Hsm, Locked, Operator, Token
from console.actions.sweep import sweep
from console.adapters.hsm import person
from console.adapters.hsm import station as station_hsm
from console.adapters.hsm.person import PersonToken
from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import StationHsm
from console.adapters.journal.journal import Journal, create, open_journal
from console.adapters.journal.lease import lease
from console.adapters.journal.needs import Needs, OpeningKey
from console.adapters.machine import ThisMachine, write_durably
from console.adapters.paper import PaperPages
from console.adapters.qr import QrCodes
from console.adapters.vault import FolderVault
from console.domain import envelope, policy
from console.domain.canonical import Object, to_base64
from console.domain.checkpoint import key_of, parse_vkey
from console.domain.errors import Unavailable
from console.domain.policy import Policy
from console.settings import EMBEDDED, Settings

RESOURCES = Path(__file__).parent.parent / "resources"
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
SOFTHSM_VARIABLE = "BREAKGLASS_SOFTHSM"
STATION_KEYS = ("log", "request", "journal")
LOG_NUMBER = 1
SALT_FILE = "pin-salt"
SALT_BYTES = 16


class Station:
    """One station, as one face holds it: its folder, its tokens, its keeper."""

    def __init__(self, settings: Settings, operator: Operator) -> None:
        self._settings = settings
        self._operator = operator
        self._machine = ThisMachine()
        self._vault = FolderVault(settings.folder, settings.station.mirror)
        self._tokens: dict[str, PersonToken] = {}
        self._sockets = station_hsm.keeper_sockets(settings.folder, os.environ)
        self.locked = Locked(
            settings, self._machine, self._vault, Keepers(settings, self._sockets), self.token, Foundry(self)
        )

    def token(self, member: str) -> Token:
        """Return a person's token; its process starts at the first use and lasts until ``close``."""
        if member not in self._tokens:
            self._tokens[member] = self.fresh_token(member, self._points(member))
        return self._tokens[member]

    def fresh_token(self, member: str, points: Mapping[str, bytes]) -> PersonToken:
        """Return a token process of its own for a person; ``points`` are the keys it must have."""
        section = self._settings.keyholder(member)
        address = person_address(self._settings, member)
        stretch = stretcher(address.folder) if section.module == EMBEDDED and address.folder else None
        return PersonToken(
            address, member, self._operator.pin, environment=os.environ, points=points, stretch=stretch
        )

    def _points(self, member: str) -> Mapping[str, bytes]:
        try:
            proposed, _ = policy.parse(self._vault.read(station_actions.GENESIS))
        except Unavailable:
            return {}
        known = proposed.roster.member(member)
        points = {"sign": known.sign, "share": known.share, "read": known.read}
        return {purpose: point for purpose, point in points.items() if point}

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

        Raises ``Unavailable`` (no_station, station_locked, station_in_use), ``Refused`` (genesis_unsigned, pin_*),
        ``Corrupt`` (genesis_not_pinned, journal_*).
        """
        with ExitStack() as stack:
            stack.enter_context(lease(self._settings.folder))
            hsm = self._unlocked(stack, as_member)
            known = policy.load(self._vault.read(station_actions.GENESIS), hsm.pinned())
            key = station_actions.open_database_key(self._vault, hsm, known.roster)
            journal = stack.enter_context(self.journal(hsm, key, known))
            console = Console(
                self._settings, known, self._machine, hsm, journal, self._vault, QrCodes(),
                PaperPages(RESOURCES / "fonts"), self.token, pseudonyms(journal),
            )  # fmt: skip
            sweep(console)
            if as_member is not None and self.locked.keepers.status() is None:
                station_actions.note_unlock(console)
            yield console

    def unlock(self, member: str) -> Object:
        """Unlock by a person's token and journal it: the keeper stays until it is locked."""
        unlocked = station_actions.unlock(self.locked, member)
        with self.console() as console:
            station_actions.note_unlock(console)
        return unlocked

    def _unlocked(self, stack: ExitStack, as_member: str | None) -> StationHsm:
        if self.locked.keepers.status() is not None:
            return station_hsm.through_keeper(self._sockets)
        if as_member is None:
            raise Unavailable("station_locked")
        pin = station_actions.open_slot(self.locked, as_member)
        hsm = station_hsm.unlock(hsm_address(self._settings), pin, as_member, environment=os.environ)
        stack.callback(hsm.close)
        return hsm

    def journal(self, hsm: Hsm, key: bytearray, known: Policy) -> AbstractContextManager[Journal]:
        """Open the journal with this database key, which is wiped with it."""
        return open_journal(self._settings.folder / "journal.db", key, self.needs(hsm, known))

    def needs(self, hsm: Hsm, known: Policy) -> Needs:
        """Return what the journal needs of this station."""
        point = known.roster.station_point("journal")
        return Needs(
            log=log_origin(self._settings), mode=known.roster.mode, key=parse_vkey(known.roster.station["log"]),
            signer=lambda text: hsm.sign("log", text), anchors=hsm.anchor, set_anchor=hsm.set_anchor,
            opening_key=self._opening_keys(hsm), reading=self._machine.reading, random=self._machine.random,
            mirror=self._settings.station.mirror,
            seal_to_mirror=lambda data: envelope.seal_to(point, data, info=b"bg/v1/mirror"),
        )  # fmt: skip

    def _opening_keys(self, hsm: Hsm) -> OpeningKey:
        known: dict[str, bytes] = {}

        def opening_key(scope: str, *, create: bool) -> bytes | None:
            if not known:
                known.update(tables.rows(hsm, self._vault, tables.OPENING_KEYS))
            if scope not in known and create:
                made = self._machine.random(envelope.SECRET_BYTES)
                tables.add(hsm, self._vault, tables.OPENING_KEYS, {scope: made})
                known[scope] = made
            return known.get(scope)

        return opening_key

    @property
    def settings(self) -> Settings:
        """The station file."""
        return self._settings

    @property
    def operator(self) -> Operator:
        """The person in front of this face."""
        return self._operator


class Keepers:
    """Fits ``ports.Keepers``."""

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
            return {"member": station_hsm.through_keeper(self._sockets).unlocked_by()}
        except Unavailable as error:
            if error.code != "station_locked":
                raise
            return None


class Foundry:
    """Fits ``ports.Founding``: makes the tokens of a new station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._public: dict[str, str] = {}

    def enrol(self, member: str) -> Mapping[str, bytes]:
        """Make a person's embedded token if it is not there yet, and their keys on it."""
        settings, section = self._station.settings, self._station.settings.keyholder(member)
        address = person_address(settings, member)
        if section.module == EMBEDDED and address.folder and not address.folder.exists():
            pin = stretcher(address.folder)(self._station.operator.pin(member))
            person.found_software_token(address, _random_pin(), pin, environment=os.environ)
        purposes = ["sign", "share", *(["read"] if section.role == "legal" else [])]
        token = self._station.fresh_token(member, {})
        try:
            # A founding that was cut left keys behind: the same person goes on with them.
            made = {purpose: point for purpose, point in token.points().items() if purpose in purposes}
            lacking = [purpose for purpose in purposes if purpose not in made]
            return {**made, **{purpose: key.point for purpose, key in token.enrol(lacking).items()}}
        finally:
            token.close()

    @contextmanager
    def station(self, pin: bytes) -> Iterator[StationHsm]:
        """Make the station's token and its keys; lend it."""
        address = hsm_address(self._station.settings)
        # Of a founding that was cut: nobody knows that token's PIN, and nothing is sealed to it.
        _set_aside(self._station.settings.folder / "journal.db")
        if address.folder is not None:
            _set_aside(address.folder)
        person.found_software_token(address, _random_pin(), bytearray(pin), environment=os.environ)
        hsm = station_hsm.unlock(address, bytearray(pin), "founding", environment=os.environ)
        try:
            points = {name: hsm.make_key(name) for name in STATION_KEYS}
            log = key_of(log_origin(self._station.settings), points.pop("log")).vkey()
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

    def journal(self, hsm: Hsm, key: bytearray, known: Policy) -> AbstractContextManager[Journal]:
        """Create the journal under this database key and open it."""
        file = self._station.settings.folder / "journal.db"
        create(file, bytearray(key), self._station.needs(hsm, known))
        return self._station.journal(hsm, key, known)


def codes() -> QrCodes:
    """Return the QR pictures, which need no station."""
    return QrCodes()


def log_origin(settings: Settings) -> str:
    """Return the log's origin line (C2SP tlog-checkpoint)."""
    return f"{settings.origin}/log-{LOG_NUMBER}"


def module_path(name: str) -> Path:
    """Return the PKCS#11 module that a station file names."""
    return Path(os.environ.get(SOFTHSM_VARIABLE, SOFTHSM)) if name == EMBEDDED else Path(name)


def hsm_address(settings: Settings) -> TokenAddress:
    """Return where the station's own token is."""
    folder = settings.hsm.folder or settings.folder / "hsm"
    return TokenAddress(
        module_path(settings.hsm.module),
        settings.hsm.token,
        folder if settings.hsm.module == EMBEDDED else None,
    )


def person_address(settings: Settings, member: str) -> TokenAddress:
    """Return where a person's token is."""
    section = settings.keyholder(member)
    embedded = section.module == EMBEDDED
    folder = (section.folder or settings.folder / "tokens" / member) if embedded else None
    return TokenAddress(module_path(section.module), section.token or member, folder)


def stretcher(folder: Path) -> Callable[[bytearray], bytearray]:
    """Return the PIN stretching of an embedded token; its salt lies beside the token."""
    file = folder.with_name(folder.name + "." + SALT_FILE)

    def stretch(pin: bytearray) -> bytearray:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(file, os.urandom(SALT_BYTES))
        return envelope.stretch(pin, file.read_bytes())

    return stretch


def _set_aside(path: Path) -> None:
    if path.exists():
        number = len(list(path.parent.glob(f"{path.name}.cut-*")))
        path.rename(path.with_name(f"{path.name}.cut-{number}"))


def _random_pin() -> bytearray:
    return bytearray(os.urandom(24).hex().encode())
