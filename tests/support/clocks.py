# SPDX-License-Identifier: Apache-2.0
"""Machines with a clock that somebody set."""

from dataclasses import replace
from typing import Any, cast

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.adapters.machine import ThisMachine
from console.domain.activation.prepared import DAY_MS
from console.domain.entries.entry import Reading


class SetClock(ThisMachine):
    """This machine, with a clock that somebody sets and a boot that did not happen.

    The suspend-inclusive clock goes on, because the keeper has its own: a boot is another name with another wall clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self.wall_s = 0
        self.up_s = 0
        self.boots = 0

    def reading(self) -> Reading:
        """Return the real reading, moved."""
        real = super().reading()
        boot = real.boot if not self.boots else f"b0070000-0000-4000-8000-{self.boots:012d}"
        return replace(
            real, wall_ms=real.wall_ms + self.wall_s * 1000, boot=boot, up_ns=real.up_ns + self.up_s * lifecycle.SECOND
        )

    def reboot(self, *, off_s: int) -> None:
        """Start anew with the wall clock so much later than it would be (negative: earlier)."""
        self.boots += 1
        self.wall_s += off_s


def days_later(console: Console, days: int) -> Console:
    """Return the same console, its clock set forward."""

    class Later:
        def __getattr__(self, name: str) -> Any:
            return getattr(console.machine, name)

        def reading(self) -> Any:
            now = console.machine.reading()
            return replace(now, wall_ms=now.wall_ms + days * DAY_MS, up_ns=now.up_ns + days * DAY_MS * 1_000_000)

    return replace(console, machine=cast(Any, Later()))
