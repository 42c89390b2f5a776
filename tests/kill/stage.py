# SPDX-License-Identifier: Apache-2.0
"""Stations to attack and to kill: founded once per run on real SoftHSM tokens, then copied for each test.

Station, mirror and tokens lie side by side and name each other by relative paths, so a copy of their folder is a
complete station of its own, its HSM included; copying costs milliseconds where founding costs seconds.
"""

import functools
import json
import secrets
import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import cast

from console.actions.activation import approval, lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.journal import renewal
from console.actions.keyholder import recovery
from console.actions.policy import steps
from console.actions.station import lifecycle as station_actions
from console.adapters.slip39 import WordSheets
from console.demo.station import card, seal_samples
from console.domain.canonical import Json, Object
from console.settings import read
from console.wiring.station import Station, press
from tests.stations import Pins, make_station
from tests.waiting import wait_until_left

PASSWORD = "salesforce-emergency-admin"
CODES = "idp-recovery-codes"
TWO_LEGAL = "partner-vault"
"""A password of the class ``privileged``: two of Legal and one of IT."""
UNLOCKER = "legal-ops-1"


class Paper:
    """A ``Screen`` that remembers what it showed."""

    def __init__(self, outcome: str = "read_back") -> None:
        self.shown: list[tuple[str, bytes]] = []
        self._outcome = outcome

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Remember the secret."""
        self.shown.append((title, bytes(secret)))
        return self._outcome


@dataclass(frozen=True)
class Scene:
    """One copy: the folder with station, mirror and tokens, its people's PINs, and what is sealed in it."""

    folder: Path
    station: Station
    sealed: dict[str, bytes]
    act: str
    """The activation that the scene starts with; empty when there is none."""

    @property
    def home(self) -> Path:
        """The station's folder."""
        return self.folder / "station"

    def console(self) -> AbstractContextManager[Console]:
        """Hold the station."""
        return self.station.console()

    def restart(self) -> None:
        """Unlock again after the keeper was lost."""
        start_keeper(self.station)


@dataclass(frozen=True)
class Base:
    """What copies are made from."""

    folder: Path
    sealed: dict[str, bytes]
    act: str = ""


OLDEST = 20 * 60
"""Seconds; an activation ends by itself after an hour, and whoever takes a base needs time to work in it."""


def for_a_while(make: Callable[[], Base]) -> Callable[[], Base]:
    """Make a base with an activation once for all who take it soon, and anew for whoever comes in a long run later."""
    made: list[tuple[float, Base]] = []

    @functools.wraps(make)
    def lent() -> Base:
        if made and time.monotonic() - made[0][0] > OLDEST:
            shutil.rmtree(made.pop()[1].folder)
        if not made:
            made.append((time.monotonic(), make()))
        return made[0][1]

    return lent


def justified(
    items: Sequence[Json], *, reason: str | None = None, releases: int = 6, minutes: int = 60
) -> dict[str, Json]:
    """Return the fields of a request that says enough, each time in other words."""
    number = secrets.token_hex(4)
    return {
        "incident": "INC-2026-0042",
        "category": "total",
        "jurisdictions": ["DE"],
        "matters": ["M-2026-00117"],
        "items": list(items),
        "minutes": minutes,
        "releases": releases,
        "requester": UNLOCKER,
        "privilege": "attorney-client",
        "harm_if_delayed": f"Die Frist zur Berufung läuft heute ab, Vorgang {number}.",
        "reason": reason or f"Anmeldung und Register sind nicht erreichbar, Meldung {number}.",
        "alternatives_tried": ["service desk call 14:20"],
        "outage": [
            {
                "system": "idp",
                "symptom": "SAML endpoint times out",
                "first_seen": "2026-11-23T13:05:00Z",
                "checked_by": [UNLOCKER],
                "how": "browser and phone",
            }
        ],
    }


def filed(console: Console, *items: Json, **fields: object) -> str:
    """File a request by the person who unlocked; return its activation."""
    answer = lifecycle.request(console, justified(items, **fields))  # type: ignore[arg-type]
    return str(answer["activation"])


def approve(console: Console, act: str, *members: str) -> None:
    """Approve by each of these, Legal confirming the privilege."""
    for member in members:
        confirms = ["privilege"] if member.startswith("legal") else []
        approval.approve(console, act, member, matters=["M-2026-00117"], confirms=confirms)


def open_for(console: Console, *items: Json, **fields: object) -> str:
    """File a request, let one of Legal and one of IT approve it, open it; return its activation."""
    act = filed(console, *items, **fields)
    approve(console, act, "legal-1", "it-1")
    lifecycle.open_activation(console, act)
    return act


def used(console: Console, act: str) -> int:
    """Return how many showings of an activation are counted."""
    return cast(int, cast(Object, lifecycle.show(console, act)["budget"])["used"])


@functools.cache
def sealed_base() -> Base:
    """Found a station, seal one sample of every kind and one password that needs two of Legal; lock it."""
    folder = _root() / "sealed"
    settings, pins = make_station(folder)
    place = Station(settings, Pins(pins))
    try:
        station_actions.unlock(place.locked, UNLOCKER)
        sealed = {name: bytes(secret) for name, secret in seal_samples(place).items()}
        sealed[TWO_LEGAL] = secrets.token_hex(12).encode()
        with place.console() as console:
            versions.seal(console, TWO_LEGAL, "password", "privileged", bytearray(sealed[TWO_LEGAL]), card(TWO_LEGAL))
    finally:
        lock(place)
        place.close()
    return Base(folder, sealed)


@for_a_while
def approved_base() -> Base:
    """A station with an approved request for a password and four codes."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 4})
            approve(console, act, "legal-1", "it-1")
        return keep(scene, "approved", act)


@for_a_while
def requested_base() -> Base:
    """A station with a request that Legal has approved and IT has not."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD})
            approve(console, act, "legal-1")
        return keep(scene, "requested", act)


@functools.cache
def rotated_base() -> Base:
    """A station on which a candidate for the password waits."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        return keep(scene, "rotated", "")


@for_a_while
def opened_base() -> Base:
    """The same station, the activation open, nothing released yet."""
    with staged(approved_base()) as scene:
        with scene.console() as console:
            lifecycle.open_activation(console, scene.act)
        return keep(scene, "opened", scene.act)


class Listening(WordSheets):
    """The sheets of a test: it remembers the words that were printed."""

    def __init__(self) -> None:
        self.printed: list[list[list[str]]] = []

    def split(
        self, secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
    ) -> list[list[list[str]]]:
        """Split, and remember."""
        self.printed = super().split(secret, groups, identifier, random)
        return self.printed


SLOTS = {"legal": (2, 2), "it": (1, 1), "station": (2, 2)}
RECOVERABLE, NEW_CODES = "recoverable", "new-codes"


def print_and_prove(console: Console, folder: Path, slots: Sequence[str]) -> tuple[dict[str, list[list[str]]], str]:
    """Print these sets into a folder and read them back; return the words per slot, and the proposal."""
    folder.mkdir(exist_ok=True)
    words: dict[str, list[list[str]]] = {}
    for slot in slots:
        listening = Listening()
        heard = replace(console, sheets=listening)
        recovery.print_sheets(heard, slot, *SLOTS[slot], 1, press(str(folder), drill=True))
        words[slot] = [sheet for group in listening.printed for sheet in group]
        proposal = recovery.prove(console, slot, words[slot])["proposal"]
    return words, str(proposal)


def sign_step(console: Console, proposal: str) -> None:
    """Sign a proposal by as many as it takes."""
    for member in ("legal-1", "legal-2", "it-1"):
        steps.sign(console, proposal, member)


@functools.cache
def recovery_base() -> Base:
    """A station whose sheets are all in force, with a password and codes sealed since; the words lie beside it."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            words, proposal = print_and_prove(console, scene.folder / "printed", list(SLOTS))
            sign_step(console, proposal)
        sealed = {RECOVERABLE: secrets.token_hex(12).encode(), NEW_CODES: b"11111111\n22222222"}
        with scene.console() as console:
            for name, kind, class_ in ((RECOVERABLE, "password", "privileged"), (NEW_CODES, "codes", "standard")):
                versions.seal(console, name, kind, class_, bytearray(sealed[name]), card(name))
        (scene.folder / "words.json").write_text(json.dumps(words))
        return replace(keep(scene, "recovery", ""), sealed=scene.sealed | sealed)


def words_of(scene: Scene) -> dict[str, list[list[str]]]:
    """Return the words of each slot's sheets."""
    return words_in(scene.folder)


def words_in(folder: Path) -> dict[str, list[list[str]]]:
    """Return the words that lie beside a station."""
    return cast(dict[str, list[list[str]]], json.loads((folder / "words.json").read_text()))


@functools.cache
def kept_rotated_base() -> Base:
    """The same as ``recovery_base``, with a candidate for the older password that waits."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        return keep(scene, "kept-rotated", "")


@for_a_while
def recoverable_base() -> Base:
    """The same, with a request for that password that IT has approved."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": RECOVERABLE})
            approve(console, act, "it-1")
        return keep(scene, "recoverable", act)


@for_a_while
def alarmed_base() -> Base:
    """A station whose journal was put back to before a showing, and a new log that Legal has signed and IT has not."""
    with staged(opened_base()) as scene:
        before = (scene.home / "journal.db").read_bytes()
        with scene.console() as console:
            release.release(console, scene.act, PASSWORD, Paper())
        (scene.home / "journal.db").write_bytes(before)
        with scene.console() as console:
            renewal.propose(console)
            renewal.sign(console, proposed(console), "legal-1")
        return keep(scene, "alarmed", scene.act)


def proposed(console: Console) -> str:
    """Return the one new log that is proposed."""
    (known,) = renewal.proposals(console.vault, console.policy)
    return known.id


@contextmanager
def staged(base: Base) -> Iterator[Scene]:
    """Lend a copy of a base, unlocked; it is locked and removed at the end."""
    folder = _root() / f"c{next(_numbers)}"
    shutil.copytree(base.folder, folder)
    station = Station(read(folder / "station"), Pins(pins_of(folder)))
    try:
        start_keeper(station)
        yield Scene(folder, station, base.sealed, base.act)
    finally:
        station_actions.lock(station.locked)
        station.close()
        # A token process whose console was killed may still be taking its marker away.
        shutil.rmtree(folder, ignore_errors=True)


def pins_of(folder: Path) -> dict[str, str]:
    """Return the people's PINs."""
    return cast(dict[str, str], tomllib.loads((folder / "pins.toml").read_text()))


def keep(scene: Scene, name: str, act: str) -> Base:
    """Lock a scene and keep it as a base."""
    lock(scene.station)
    kept = _root() / f"{name}-{next(_numbers)}"
    shutil.copytree(scene.folder, kept)
    return Base(kept, scene.sealed, act)


@functools.cache
def station_pin() -> bytes:
    """Return the station's own PIN: the same in every copy, and slow to open from a person's slot each time."""
    base = sealed_base()
    place = Station(read(base.folder / "station"), Pins(pins_of(base.folder)))
    try:
        return bytes(station_actions.open_slot(place.locked, UNLOCKER))
    finally:
        place.close()


def lock(station: Station) -> None:
    """Lock, and wait until the keeper has left its folder, which is copied next."""
    station_actions.lock(station.locked)
    wait_until_left(station.settings.folder)


def start_keeper(station: Station) -> None:
    """Unlock by the station's own PIN, which takes no person's token."""
    station.locked.keepers.start(bytearray(station_pin()), UNLOCKER)


@functools.cache
def _root() -> Path:
    # Short, because a unix socket's path ends at 107 bytes.
    made = tempfile.TemporaryDirectory(prefix="bg-")
    _folders.append(made)
    return Path(made.name)


_folders: list["tempfile.TemporaryDirectory[str]"] = []
_numbers = count()
