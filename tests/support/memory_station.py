# SPDX-License-Identifier: Apache-2.0
"""A station without SoftHSM, SQLCipher, processes or files: founded, unlocked and used in milliseconds.

What the actions do is the same code as in the program, cryptography and signatures included; the ports behind it are
the fakes, which pass the contract tests of the real ones.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from console.actions.activation.sweep import settle
from console.actions.console import Console, Locked
from console.actions.credential import versions
from console.actions.entries import pseudonyms
from console.actions.policy import steps, suspension
from console.actions.privacy.reader import limited
from console.actions.station import lifecycle
from console.adapters.paper import PaperPages
from console.adapters.qr import QrCodes
from console.adapters.slip39 import WordSheets
from console.demo.station import PEOPLE, card
from console.domain.canonical import to_base64
from console.domain.errors import Refused, Unavailable
from console.domain.journal.checkpoint import key_of
from console.domain.policy.keyholder import WITHOUT_GROUP, TokenKeys
from console.domain.policy.rules import Policy
from console.ports.hsm import Hsm
from console.ports.medium import Medium
from console.settings import FILE_NAME, Settings, parse
from console.wiring.logs import Logs, first_origin
from console.wiring.station import RESOURCES, STATION_KEYS
from tests.support.fakes import FakeHsm, FakeMachine, FakeToken
from tests.support.memory_journal import MemoryJournal, Stored
from tests.support.memory_vault import MemoryVault

UNLOCKER = "legal-ops-1"
MANY = {
    **PEOPLE,
    "legal-3": ("Frida Gold", "legal"),
    "it-3": ("Gero Hahn", "it"),
    "reader-1": ("Hanna Iversen", "compliance"),
}
"""So many that one of each group can be missed, and somebody who only reads along."""
PASSWORD, CODES, TWO_LEGAL = "salesforce-emergency-admin", "idp-recovery-codes", "partner-vault"
SEALED = {
    PASSWORD: ("password", "standard", b"abcde-fghkm-nprst-uvwx2"),
    CODES: ("codes", "standard", b"\n".join(b"%08d" % (n * 1_234_567) for n in range(1, 11))),
    TWO_LEGAL: ("password", "privileged", b"only-two-of-legal"),
}
"""Name -> (kind, class, secret)."""

_STATION = """\
[station]
organisation = "demo.example"
name = "in-memory"
mode = "drill"
mirror = "mirror"

[hsm]
module = "softhsm"

{people}
[classes.standard]
legal = 1
it = 1

[classes.privileged]
legal = 2
it = 1

[rules]
matter_pattern = "M-[0-9]{{4}}-[0-9]{{5}}"
jurisdictions = ["DE", "FR", "NL"]
"""
_PERSON = '[[keyholder]]\nid = "{id}"\nname = "{name}"\nrole = "{role}"\n\n'


class MemoryLogs(Logs):
    """Fits the port ``Logs``: one log, which is nowhere but in memory."""

    def opened(self, stored: Stored) -> MemoryJournal:
        """Return the log as it was left."""
        return MemoryJournal(self.context(self.current()), stored)


@dataclass
class MemoryStation:
    """One station, its people's tokens, and who is in front of it."""

    people: Mapping[str, tuple[str, str]] = field(default_factory=lambda: PEOPLE)
    machine: FakeMachine = field(default_factory=FakeMachine)
    vault: MemoryVault = field(default_factory=MemoryVault)
    tokens: dict[str, FakeToken] = field(default_factory=dict)
    stored: Stored = field(default_factory=Stored)

    def __post_init__(self) -> None:
        rows = "".join(_PERSON.format(id=id_, name=name, role=role) for id_, (name, role) in self.people.items())
        self.vault.files.setdefault(FILE_NAME, _STATION.format(people=rows).encode())
        self.hsm, self.pin, self.member = FakeHsm(self.machine), b"", ""

    @property
    def settings(self) -> Settings:
        """What the station file says now."""
        return parse(self.vault.files[FILE_NAME], Path("in-memory"))

    @property
    def locked(self) -> Locked:
        """What is there while it is locked."""
        return self.locked_for(self.settings)

    def locked_for(self, settings: Settings) -> Locked:
        """Return the same with the sections of people who are about to join."""
        founding = Foundry(self, settings)
        return Locked(settings, self.machine, self.vault, MemoryKeepers(self), self.token, founding)

    def token(self, member: str, keys: TokenKeys | None = None) -> FakeToken:
        """Return a person's token."""
        if member not in self.tokens:
            raise Unavailable("token_absent", member=member)
        return self.tokens[member]

    def found(self) -> None:
        """Found it, its genesis signed by every keyholder."""
        lifecycle.found(self.locked)
        for member, (_, role) in self.people.items():
            if role not in WITHOUT_GROUP:
                lifecycle.sign_genesis(self.locked, member)

    def logs(self, known: Policy) -> MemoryLogs:
        """Return its logs under a policy."""
        return MemoryLogs(self.settings, self.machine, self.vault, self.hsm, known)

    @contextmanager
    def console(self) -> Iterator[Console]:
        """Hold the station for one act, as ``wiring.station`` does."""
        if not self.member:
            raise Unavailable("station_locked")
        known = steps.in_force(self.vault, self.hsm.pinned())
        logs = self.logs(known)
        with logs.opened(self.stored) as journal:
            steps.settle(journal, self.machine, self.vault, known)
            known = suspension.with_suspended(journal, known)
            suspension.check_unlocker(known, self.member)
            console = Console(
                self.settings,
                known,
                self.machine,
                self.hsm,
                journal,
                self.vault,
                QrCodes(),
                PaperPages(RESOURCES / "fonts"),
                WordSheets(),
                self.token,
                pseudonyms(journal),
                logs,
                self.token,
            )
            settle(console)
            yield limited(console, self.member, None)

    def unlock(self, member: str = UNLOCKER) -> None:
        """Unlock by a person's token, and journal it."""
        lifecycle.unlock(self.locked, member)
        with self.console() as console:
            lifecycle.note_unlock(console)

    def seal_all(self) -> None:
        """Seal what the tests ask for."""
        with self.console() as console:
            for name, (kind, class_, secret) in SEALED.items():
                versions.seal(console, name, kind, class_, bytearray(secret), card(name), sign_as=UNLOCKER)

    def copy(self) -> "MemoryStation":
        """Return a station of its own that was like this one until now."""
        made = MemoryStation(
            self.people,
            replace(self.machine),
            MemoryVault(dict(self.vault.files), dict(self.vault.medium or {})),
            {
                member: replace(token, keys=dict(token.keys), taken_along=dict(token.taken_along), uses=[])
                for member, token in self.tokens.items()
            },
            Stored(list(self.stored.entries), list(self.stored.sealed), self.stored.signed),
        )
        made.hsm = replace(
            self.hsm,
            machine=made.machine,
            pairs=dict(self.hsm.pairs),
            until=dict(self.hsm.until),
            anchors=list(self.hsm.anchors),
            notes={what: list(held) for what, held in self.hsm.notes.items()},
        )
        made.pin, made.member = self.pin, self.member
        return made


@cache
def _sealed(people: tuple[tuple[str, tuple[str, str]], ...]) -> MemoryStation:
    made = MemoryStation(dict(people))
    made.found()
    made.unlock()
    made.seal_all()
    return made


def sealed_station(people: Mapping[str, tuple[str, str]] = PEOPLE) -> MemoryStation:
    """Return a station that is unlocked, with a password of each class and a list of codes sealed in it."""
    return _sealed(tuple(people.items())).copy()


@dataclass
class MemoryKeepers:
    """Fits the port ``Keepers``."""

    place: MemoryStation

    def start(self, pin: bytearray, member: str) -> None:
        """Log in, if the PIN is the station's."""
        given, pin[:] = bytes(pin), bytes(len(pin))
        if given != self.place.pin:
            raise Refused("pin_wrong")
        self.place.hsm.member = self.place.member = member

    def stop(self) -> bool:
        """Log out; return whether anybody was logged in."""
        was, self.place.member = self.place.member, ""
        return was != ""

    def status(self) -> Mapping[str, object] | None:
        """Return who unlocked, or None while locked."""
        return {"member": self.place.member} if self.place.member else None


@dataclass
class Foundry:
    """Fits the port ``Founding``."""

    place: MemoryStation
    settings: Settings

    def enrol(self, member: str) -> TokenKeys:
        """Make a person's token and the keys on it."""
        role = self.settings.keyholder(member).role
        made = FakeToken(FakeMachine(seed=member.encode()).random)
        points = made.enrol(["sign", "share", *(["read"] if role == "legal" else [])])
        self.place.tokens[member] = made
        return TokenKeys(points["sign"], points["share"], points.get("read"))

    def try_pin(self, member: str) -> None:
        """Ask nobody: these tokens have no PIN."""

    def token(self, member: str, keys: TokenKeys) -> AbstractContextManager[FakeToken]:
        """Lend a person's token."""
        return nullcontext(self.place.token(member))

    def station(self, pin: bytes) -> AbstractContextManager[FakeHsm]:
        """Make the station's keys; lend its HSM."""
        self.place.pin, hsm = pin, self.place.hsm
        points = {name: hsm.make_key(name) for name in STATION_KEYS}
        log = key_of(first_origin(self.settings), points.pop("log")).vkey()
        self._public = {"log": log, **{name: to_base64(point) for name, point in points.items()}}
        return nullcontext(hsm)

    def public_keys(self, _: Hsm) -> Mapping[str, str]:
        """Return the public keys of the station just made."""
        return self._public

    def pin(self, _: Hsm, genesis: bytes) -> None:
        """Pin the genesis hash."""
        self.place.hsm.pin(genesis)

    def put_databases(self, medium: Medium) -> list[str]:
        """Put none: there is no database."""
        return []

    def journal(self, _: Hsm, key: bytearray, known: Policy) -> MemoryJournal:
        """Begin the log."""
        return self.place.logs(known).opened(self.place.stored)
