# SPDX-License-Identifier: Apache-2.0
"""All nine rows of the journal's figures, as ratios to floors taken in the same run, interleaved.

    python tests/benchmarks/journal.py [--quick] [--rows 1246] [--json FILE] [--write]

Absolute times drift with the disk and with whatever else runs; only the ratios are targets. ``--write`` puts the table
into docs/performance.md. Row 9 runs the crash tests, which take minutes and need root for their small disks.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import journal_beside as beside
from tests.benchmarks.journal_core import appending, grouping, opening, proving, verifying
from tests.benchmarks.journal_outside import exported
from tests.benchmarks.journal_scale import scaled
from tests.benchmarks.performance import machine, put

TITLE = "The journal's figures"
CRASH = Path(__file__).parents[1] / "crash"
Measured = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """One figure of a row: which of the measured numbers, and what it must reach."""

    row: str
    what: str
    member: str
    sign: str
    target: float
    shown: tuple[str, ...] = ()
    """What else is worth telling."""

    def verdict(self, found: Measured) -> str:
        """Return ok or missed; what was not measured is neither."""
        if self.member not in found:
            return str(found.get("skipped", "not measured"))
        value = found[self.member]
        return "ok" if (value >= self.target if self.sign == "≥" else value <= self.target) else "missed"


GOALS = (
    Goal(
        "1",
        "append within a lease, rate by F",
        "ratio",
        "≥",
        0.80,
        ("bytes", "floor_us", "ours_us", "with_thread_ratio"),
    ),
    Goal("1", "p99 of an append by F's median", "p99_by_floor_p50", "≤", 2.5, ("floor_p99_by_p50",)),
    Goal("2", "append, each entry signed, rate by F", "ratio", "≥", 0.50, ("floor_us", "ours_us", "with_thread_ratio")),
    Goal("3", "64 producers at once, rate by F", "producers_ratio", "≥", 2.5, ("floor_us", "producers_us")),
    Goal("3", "100 entries a transaction, signed, rate by F", "hundred_ratio", "≥", 5.0, ("hundred_us",)),
    Goal(
        "4",
        "verify, depth bytes, one process, by a bare scan",
        "ratio",
        "≤",
        1.9,
        ("entries", "floor_s", "ours_s", "deep_s"),
    ),
    Goal("4", "resident, MB", "max_rss_mb", "≤", 64.0),
    Goal("4", "one process by two", "two_by_one", "≥", 1.5, ("two_s",)),
    Goal(
        "4", "entries a second by journalctl --verify", "by_journalctl", "≥", 3.5, ("entries_per_s", "journalctl_per_s")
    ),
    Goal(
        "5", "verify.py, depth bytes, by hashing in Python", "bytes_ratio", "≤", 2.0, ("entries", "hashed_s", "bytes_s")
    ),
    Goal("5", "verify.py, depth deep, by parsing in Python", "deep_ratio", "≤", 2.5, ("parsed_s", "deep_s")),
    Goal(
        "6",
        "open, anchor check, last 100 rows, by a bare open",
        "large_ratio",
        "≤",
        10.0,
        ("large_entries", "large_ours_us"),
    ),
    Goal("6", "the same by a hundredth of the entries", "growth", "≤", 1.5),
    Goal("7", "inclusion proof, p99, ms", "proof_p99_ms", "≤", 6.0, ("entries", "proof_us")),
    Goal("7", "its verification, µs", "check_us", "≤", 50.0),
    Goal("8", "the slowest grown action, by a hundredth of the entries", "worst", "≤", 2.0, ("few", "many")),
    Goal("9", "acknowledged entries lost", "lost", "≤", 0.0, ("kills", "power_cuts", "passed", "skipped_tests")),
)


def measure(quick: bool, entries: int, appends: int) -> Mapping[str, Callable[[Path], Measured]]:
    """Return how each row is measured in a folder."""
    rounds = 2 if quick else 3
    return {
        "1": lambda folder: appending(folder, appends, signed=False),
        "2": lambda folder: appending(folder, appends, signed=True),
        "3": lambda folder: grouping(folder, max(3, appends // 200)),
        "4": lambda folder: beside_journalctl(verifying(folder, entries), min(entries, 100_000)),
        "5": lambda folder: exported(folder, entries, rounds),
        "6": lambda folder: opening(folder, (max(300, entries // 100), entries)),
        "7": lambda folder: proving(folder, entries, 50 if quick else 500),
        "8": lambda folder: scaled(folder, (max(300, entries // 100), entries), 3 if quick else 7),
        "9": lambda _: crashes(quick=quick),
        "pymerkle": lambda _: beside.pymerkle(min(appends, 1000)),
    }


def beside_journalctl(found: Measured, entries: int) -> Measured:
    """Add what ``journalctl --verify`` does in a second to what we do."""
    other = beside.journald(entries)
    if "skipped" in other:
        return {**found, **other}
    theirs = other["entries_per_s"]
    return {**found, "journalctl_per_s": theirs, "by_journalctl": found["entries_per_s"] / theirs}


def crashes(*, quick: bool) -> Measured:
    """Row 9: run the crash tests, or only count them; every one that fails may have lost an entry."""
    from tests.crash.counts import CUTS, KILLS

    argv = [sys.executable, "-m", "pytest", "-q", "-m", "long", str(CRASH), *(["--collect-only"] if quick else [])]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=CRASH.parents[1])
    told = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error|skipped)", done.stdout)}
    counted: dict[str, Any] = {"kills": KILLS, "power_cuts": CUTS}
    if quick:
        return {**counted, "skipped": "only counted"}
    lost = told.get("failed", 0) + told.get("error", 0)
    return {**counted, "passed": told.get("passed", 0), "skipped_tests": told.get("skipped", 0), "lost": lost}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few entries and rounds, to see that it runs")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--appends", type=int, default=3000)
    parser.add_argument("--rows", default="123456789p", help="which; p is pymerkle beside it")
    parser.add_argument("--folder", help="where to work; decides which disk is measured")
    parser.add_argument("--json", help="write the figures to this file as well")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    entries, appends = (8_000, 600) if options.quick else (options.entries, options.appends)
    found: dict[str, Measured] = {}
    for name, run in measure(options.quick, entries, appends).items():
        if name[0] in options.rows:
            priority(raised=name in "123")
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                found[name] = run(Path(folder))
            sys.stdout.write("\n".join(tell(name, found[name])) + "\n")
            sys.stdout.flush()
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": machine(), "rows": found}, indent=1))
    if options.write:
        put(TITLE, [f"{machine()}.\n", *table(found)])
    missed = any(goal.verdict(found.get(goal.row, {})) == "missed" for goal in GOALS)
    return 1 if missed and not options.quick else 0


def priority(*, raised: bool) -> None:
    """At normal priority a loaded machine adds a scheduler tick to each sync, to the floor as to ours.

    Not for the rows that start processes: children would inherit it and keep everything else from running.
    """
    if os.geteuid() == 0:
        policy, level = (os.SCHED_FIFO, 10) if raised else (os.SCHED_OTHER, 0)
        os.sched_setscheduler(0, policy, os.sched_param(level))


def tell(name: str, found: Measured) -> Iterator[str]:
    """Yield what a row came to."""
    for goal in GOALS:
        if goal.row == name:
            value = number(found.get(goal.member))
            yield f"{name} {goal.what}: {value} ({goal.sign} {goal.target:g}) {goal.verdict(found)}"
    yield from (f"    {key:32} {number(value)}" for key, value in found.items())


def table(found: Mapping[str, Measured]) -> Iterator[str]:
    """Yield the table of docs/performance.md."""
    yield "| row | | measured | target | | |"
    yield "|---|---|---:|---:|---|---|"
    for goal in GOALS:
        values = found.get(goal.row)
        if values is not None:
            details = ", ".join(f"{key} {number(values[key])}" for key in goal.shown if key in values)
            value, target = number(values.get(goal.member)), f"{goal.sign} {goal.target:g}"
            yield f"| {goal.row} | {goal.what} | {value} | {target} | {goal.verdict(values)} | {details} |"
    for name, values in found.items():
        if name in ("8", "pymerkle"):
            yield (
                f"\n{'Row 8, by action' if name == '8' else 'pymerkle beside it'}: "
                + ", ".join(f"{key} {number(value)}" for key, value in values.items())
                + "."
            )


def number(value: object) -> str:
    """Return a number as people read it."""
    return f"{value:,.2f}" if isinstance(value, float) else "–" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
