# SPDX-License-Identifier: Apache-2.0
"""The journal page of the real window at a million entries: open, go to an entry, filter, search, and its worst frame.

    python tests/benchmarks/journal_window.py [--quick] [--json] [--write] [--folder DIR]

A real station with a long journal (``journal_scale``), the window on an X server of this run. Each is timed from a key
to the painted rows, after a pause in which the station was given back. Then the same with an accessibility client that
walks the window all the time, as a screen reader does: no frame may be longer than 100 ms.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import xa11y

from tests.benchmarks.journal_scale import Long
from tests.benchmarks.performance import Row, finish, options
from tests.gui.blackbox.desktop import desktop, in_front_of

TARGETS = {
    "first open": None,
    "open": 100.0,
    "jump": 30.0,
    "filter by kind": 100.0,
    "filter by person": 100.0,
    "filter by time": 100.0,
    "search, a rare word": 100.0,
    "search, a common word": 100.0,
    "unfiltered again": None,
    "worst frame, first open": 100.0,
    "worst frame": 100.0,
}
"""What is measured -> the most milliseconds it may take; None: shown, not judged."""
FRAMES = ("worst frame", "worst frame, first open")
Found = Mapping[str, list[float]]


def driven(station: Path, rounds: int, folder: Path, environment: Mapping[str, str], *, walked: bool) -> Found:
    """Drive the window once, alone or with a client; return milliseconds by what was measured."""
    file = folder / f"found-{walked}.json"
    command = [sys.executable, "-m", "tests.benchmarks.window_driver", str(station), str(rounds), str(file)]
    process = subprocess.Popen(command, env=environment)
    try:
        while walked and process.poll() is None:
            walk()
        if process.wait(1200) != 0:
            raise RuntimeError("the window did not get to its end")
    finally:
        process.kill()
        process.wait()
    found: Found = json.loads(file.read_text())
    return found


def walk() -> None:
    """Read the whole window once, as a screen reader does that looks for something."""
    try:
        xa11y.App.by_name("breakglass").dump()
    except xa11y.XA11yError:
        return  # not there yet, or gone in the middle of it


def rows_of(alone: Found, walked: Found) -> list[Row]:
    """Return a row for each figure; the floor is the most that it may take."""
    rows = []
    for name, limit in TARGETS.items():
        with_client = statistics.median(walked[name])
        # A frame is judged with the client attached, the rest without: what a client takes is its own.
        ours, beside = (with_client, "alone") if name in FRAMES else (statistics.median(alone[name]), "with a client")
        other = statistics.median(alone[name]) if name in FRAMES else with_client
        parts = {beside: other, "slowest": max((walked if name in FRAMES else alone)[name])}
        rows.append(Row(name, ours, limit or ours, 1.0 if limit else None, parts))
    return rows


def measure(entries: int, rounds: int, folder: Path) -> list[Row]:
    """Make the station, then drive its window twice."""
    station = Long(folder / "station", entries)
    try:
        with desktop() as environment, in_front_of(environment):
            alone, walked = (
                driven(station.home, rounds, folder, environment, walked=is_walked) for is_walked in (False, True)
            )
    finally:
        station.close()
    return rows_of(alone, walked)


def main() -> int:
    """Measure, print, judge."""
    chosen = options(__doc__)
    entries = 3_000 if chosen.quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="bg-", dir=chosen.folder) as folder:
        rows = measure(entries, 2 if chosen.quick else 7, Path(folder))
    return finish("The journal page of the window, 1,000,000 entries", rows, chosen)


if __name__ == "__main__":
    sys.exit(main())
