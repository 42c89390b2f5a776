# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks of whole verbs share: their options, interleaved rounds, and the tables of docs/performance.md.

Absolute times drift with the disk and with whatever else runs, so subject and floor take turns in one run and only
the ratio of their medians is a target.
"""

import argparse
import json
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@dataclass(frozen=True)
class Row:
    """One figure: the median of ours, the median of its floor, and the most that their ratio may be."""

    name: str
    ours: float
    floor: float
    target: float | None = None
    """None: shown, not judged."""
    parts: dict[str, float] = field(default_factory=dict)
    """What of ours went where, in the same unit."""
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """Return ours by floor."""
        return self.ours / self.floor

    @property
    def verdict(self) -> str:
        """Return ok, missed, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "ok" if self.ratio <= self.target else "missed"


def row(name: str, ours: Sequence[float], floors: Sequence[float], target: float | None = None) -> Row:
    """Return the row of two series of measurements."""
    return Row(name, statistics.median(ours), statistics.median(floors), target)


def timed(run: Callable[[], object]) -> float:
    """Return the milliseconds of one call."""
    start = time.perf_counter_ns()
    run()
    return (time.perf_counter_ns() - start) / 1e6


def in_turns(rounds: int, *subjects: Callable[[], float]) -> list[list[float]]:
    """Measure every subject once per round, in turns, and return their series; the first round only warms up."""
    series: list[list[float]] = [[] for _ in subjects]
    for number in range(rounds + 1):
        for values, measure in zip(series, subjects, strict=True):
            value = measure()
            if number:
                values.append(value)
    return series


def options(description: str | None) -> argparse.Namespace:
    """Return the options that every benchmark takes."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs; judges nothing")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--folder", type=Path, help="where to work; decides which disk is measured")
    if os.geteuid() == 0:
        # At normal priority a loaded machine adds a scheduler tick to each sync; the floor pays it as well.
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    return parser.parse_args()


def finish(title: str, rows: Sequence[Row], chosen: argparse.Namespace) -> int:
    """Print the rows, write them if asked, and return the exit status: 1 when a target is missed."""
    if chosen.json:
        figures = [{**asdict(r), "ratio": r.ratio, "verdict": r.verdict} for r in rows]
        sys.stdout.write(json.dumps({"title": title, "machine": machine(), "rows": figures}, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join([title, *_table(rows), ""]))
    if chosen.write:
        write(title, rows)
    return 1 if not chosen.quick and any(r.verdict == "missed" for r in rows) else 0


def write(title: str, rows: Sequence[Row]) -> None:
    """Put a table under its heading, in the place of the one before."""
    put(title, [machine() + ".\n", *_table(rows)])


def put(title: str, lines: Sequence[str]) -> None:
    """Put lines under a heading of docs/performance.md, in the place of those before."""
    page = PAGE.read_text()
    section = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    text = "\n".join([f"## {title}\n", *lines]) + "\n\n"
    page = section.sub(lambda _: text, page) if section.search(page) else f"{page.rstrip()}\n\n{text}"
    PAGE.write_text(page.rstrip() + "\n")


def machine() -> str:
    """Return what this machine is, without naming it, and how busy it is."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cpu = found[1].strip() if found else platform.machine()
    kernel, python = ".".join(platform.release().split(".")[:2]), platform.python_version()
    return f"{os.cpu_count()} cores, {cpu}, Linux {kernel}, Python {python}, load {os.getloadavg()[0]:.1f}"


def _table(rows: Sequence[Row]) -> list[str]:
    head = "| | ours | floor | ratio | target | | where ours goes |"
    return [head, "|---|---:|---:|---:|---:|---|---|", *(_line(r) for r in rows)]


def _line(r: Row) -> str:
    target = "" if r.target is None else f"≤ {r.target:.2f}"
    parts = ", ".join(f"{name} {value:.1f}" for name, value in r.parts.items())
    times = f"{r.ours:.1f} {r.unit} | {r.floor:.1f} {r.unit} | {r.ratio:.2f}"
    return f"| {r.name} | {times} | {target} | {r.verdict} | {parts} |"
