# SPDX-License-Identifier: Apache-2.0
"""Stations to attack and to kill: founded once per run on real SoftHSM tokens, then copied for each test.

Station, mirror and tokens lie side by side and name each other by relative paths, so a copy of their folder is a
complete station of its own, its HSM included; copying costs milliseconds where founding costs seconds.
"""

import functools
import secrets
import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions
from console.actions.station import lifecycle as station_actions
from console.demo.station import card, seal_samples
from console.settings import read
from console.wiring.station import Station
from tests.support.stations import Pins, make_station
from tests.support.waits import wait_until_left

PASSWORD = "salesforce-emergency-admin"


CODES = "idp-recovery-codes"


TWO_LEGAL = "partner-vault"
"""A password of the class ``privileged``: two of Legal and one of IT."""


UNLOCKER = "legal-ops-1"


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
