# SPDX-License-Identifier: Apache-2.0
"""What an open window keeps an eye on beside its work: the clock, the token of whoever unlocked, the quick lock."""

import os

from console.adapters.hsm import station as station_hsm
from console.adapters.machine import ClockWatch
from console.settings import Settings


def clock_watch() -> ClockWatch | None:
    """Return what tells at once that the wall clock was set; None where the kernel has no such thing.

    It only hurries: whoever writes, or opens the journal, compares the clocks anyway.
    """
    try:
        return ClockWatch()
    except OSError:
        return None


def cut_keeper(settings: Settings) -> None:
    """Lock at once, from any thread, whatever the keeper is doing."""
    station_hsm.cut(station_hsm.keeper_sockets(settings.folder, os.environ))
