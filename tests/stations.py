# SPDX-License-Identifier: Apache-2.0
"""Throw-away stations on real SoftHSM2 tokens, for tests of both faces."""

from collections.abc import Mapping
from pathlib import Path

from console.actions import station as station_actions
from console.cli.throwaway import PEOPLE, found_station
from console.settings import Settings
from console.wiring import Station


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


def make_station(folder: Path) -> tuple[Settings, dict[str, str]]:
    """Found a station in ``folder``/station, genesis signed by everybody, locked; return settings and PINs."""
    return found_station(folder)


def opened(settings: Settings, pins: Mapping[str, str], unlock_as: str = "legal-ops-1") -> Station:
    """Return the station unlocked by one person."""
    station = Station(settings, Pins(pins))
    station_actions.unlock(station.locked, unlock_as)
    return station


__all__ = ["PEOPLE", "Pins", "make_station", "opened"]
