# SPDX-License-Identifier: Apache-2.0
"""The clocks: attested by people, and where they did not run on."""

from dataclasses import dataclass
from typing import TypedDict

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


class Clocks(TypedDict):
    """What every break says of the entry before it, to write it once."""

    last_boot: str
    last_up_ns: str
    last_wall: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class BreakEvent(Event):
    """The clocks did not run on as they should since the entry before."""

    last_boot: str
    last_up_ns: str
    last_wall: str
    slept_ms: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockAttested(Event):
    """People signed what time it is."""

    TYPE = "clock.attested"
    time: str
    size: int
    groups: tuple[str, ...]
    members: tuple[str, ...]
    attestation: Object | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockBoot(BreakEvent):
    """The computer was started again."""

    TYPE = "clock.boot"
    off_ms: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockSlept(BreakEvent):
    """The computer was asleep."""

    TYPE = "clock.slept"
    ms: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockStep(BreakEvent):
    """The wall clock was set."""

    TYPE = "clock.step"
    ms: int
