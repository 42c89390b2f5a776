# SPDX-License-Identifier: Apache-2.0
"""Row 8 of the journal's figures: actions on a station with a long journal, against the same with a short one.

Two copies of one real station with the same credential and the same open request; what differs is how many other
entries its journal has. Each measurement takes the lease, acts, and gives it back, as a command or an idle window does.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.journal import reading
from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Draft
from console.gui import snapshot
from console.wiring.station import Station
from tests.benchmarks.performance import in_turns, timed
from tests.support.activations import justified
from tests.support.journals import draft
from tests.support.stations import make_station, opened

ITEMS: tuple[Json, ...] = ({"credential": "salesforce-emergency-admin"},)
BATCH = 5000
LAST_LEASES = 5
"""What a search can still look through without an index is indexed when the log is closed, a few blocks each time."""
COMMAND = str(Path(sys.executable).with_name("breakglass"))
Act = Callable[[Console], object]


class Long:
    """A real station, unlocked, whose journal has so many entries more."""

    def __init__(self, folder: Path, entries: int) -> None:
        settings, pins = make_station(folder)
        self.home = settings.folder
        self.station: Station = opened(settings, pins)
        seal_samples(self.station)
        with self.station.console() as console:
            self.act = str(lifecycle.request(console, justified(ITEMS))["activation"])
        for first in range(0, entries, BATCH):
            with self.station.console() as console:
                console.journal.append([other(n) for n in range(first, min(first + BATCH, entries))])
        while self._owes():
            pass
        for _ in range(LAST_LEASES):
            with self.station.console():
                pass

    def _owes(self) -> bool:
        """Tell whether the second medium or the index lacks entries; each lease, and idle time, brings them further."""
        with self.station.console() as console:
            time.sleep(0.5)
            findings: Any = console.journal.status()["findings"]
            lacks = reading.search(console, "nowhere")["looked_to"] != 0
            return lacks or any(finding["code"] == "mirror_missing" for finding in findings)

    def timed(self, act: Act) -> float:
        """Return the milliseconds of an act in a lease of its own."""

        def leased() -> None:
            with self.station.console() as console:
                act(console)

        return timed(leased)

    def command(self, *arguments: str) -> float:
        """Return the milliseconds of a command."""
        argv = [COMMAND, *arguments, "--station", str(self.home)]
        return timed(partial(subprocess.run, argv, check=True, stdout=subprocess.DEVNULL))

    def close(self) -> None:
        """Lock, and end every process."""
        station_actions.lock(self.station.locked)
        self.station.close()


def other(number: int) -> Draft:
    """Return an entry that no action folds; one in a thousand has a word of its own."""
    body: Object = {
        "number": number,
        "note": f"reading {number % 97}",
        "rare": "kiebitz" if number % 1000 == 7 else "none",
    }
    made = draft(number, type_=f"sensor.kind{chr(97 + number % 11)}", act=None, body=body)
    return replace(made, actor=f"actor-{number % 5}")


def acts(station: Long) -> Mapping[str, Callable[[], float]]:
    """Return what is measured, by its name."""
    inside: dict[str, Act] = {
        "newest page": lambda c: reading.list_entries(c, newest_first=True),
        "one entry": lambda c: reading.show_entry(c, c.journal.size() // 2),
        "by kind": lambda c: reading.list_entries(c, type_="sensor.kindc", before=c.journal.size(), newest_first=True),
        "by kind and person": lambda c: reading.search(c, type_="sensor.kindd", person="actor-3"),
        "search, a rare word": lambda c: reading.search(c, "kieb", limit=5),
        "search, a word of every entry": lambda c: reading.search(c, "reading"),
        "search, no such word": lambda c: reading.search(c, "nowhere"),
        "status": lambda c: c.journal.status(),
        "activations": lifecycle.list_activations,
        "one activation": lambda c: lifecycle.show(c, station.act),
        "the board": snapshot.take,
    }
    measured: dict[str, Callable[[], float]] = {name: partial(station.timed, act) for name, act in inside.items()}
    return {
        **measured,
        "breakglass journal list": partial(station.command, "journal", "list", "--after", "3"),
        "breakglass journal search": partial(station.command, "journal", "search", "kieb", "--limit", "5"),
        "breakglass activation show": partial(station.command, "activation", "show", station.act),
    }


def scaled(folder: Path, sizes: tuple[int, int], rounds: int) -> dict[str, float]:
    """Return for each action how many times longer it takes at the larger size."""
    few, many = Long(folder / "few", sizes[0]), Long(folder / "many", sizes[1])
    result: dict[str, float] = {"few": sizes[0], "many": sizes[1]}
    try:
        short, long_ = acts(few), acts(many)
        for name, measure in short.items():
            floors, ours = in_turns(rounds, measure, long_[name])
            result[f"{name}, ms"] = median(ours)
            result[name] = median(ours) / median(floors)
    finally:
        few.close()
        many.close()
    ratios = [value for name, value in result.items() if f"{name}, ms" in result]
    return {"worst": max(ratios), **result}
