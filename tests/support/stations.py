# SPDX-License-Identifier: Apache-2.0
"""Throw-away stations on real SoftHSM2 tokens, for tests of both faces."""

import atexit
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from console.demo.station import PEOPLE, found_station
from console.settings import Settings, read
from console.wiring.station import Station


class Pins:
    """An ``Operator`` who knows every PIN and remembers what was said."""

    def __init__(self, pins: Mapping[str, str]) -> None:
        self.pins = dict(pins)
        self.said: list[str] = []

    def pin(self, member: str) -> bytearray:
        """Return the PIN of a member."""
        return bytearray(self.pins[member].encode())

    def say(self, code: str, **_: object) -> None:
        """Remember what was said."""
        self.said.append(code)


@cache
def _founded() -> Path:
    """Found one station for the whole run: it takes seconds, a copy takes milliseconds."""
    folder = Path(tempfile.mkdtemp(prefix="breakglass-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    found_station(folder)
    return folder


def make_station(folder: Path) -> tuple[Settings, dict[str, str]]:
    """Put a founded, locked station into ``folder``/station, its genesis signed by everybody; return settings and PINs.

    Every station of a run is a copy of the same one: same people, same keys, its own files.
    """
    shutil.copytree(_founded(), folder, dirs_exist_ok=True)
    pins = tomllib.loads((folder / "pins.toml").read_text())
    return read(folder / "station"), pins


def opened(settings: Settings, pins: Mapping[str, str], unlock_as: str = "legal-ops-1") -> Station:
    """Return the station unlocked by one person."""
    station = Station(settings, Pins(pins))
    station.unlock(unlock_as)
    return station


__all__ = ["PEOPLE", "Pins", "make_station", "opened"]
