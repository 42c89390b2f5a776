# SPDX-License-Identifier: Apache-2.0
"""Row 5 of the journal's figures: ``verify.py`` on an export, against reading the same bytes in plain Python.

Every subject is a process of its own, so that the start of Python is in each of them.
"""

import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks.journal_core import fill, timed
from tests.support.journals import Surroundings

READ = """
import hashlib, json, sys
from pathlib import Path
entries = Path(sys.argv[1]) / "tile" / "entries"
for path in sorted(p for p in entries.rglob("*") if p.is_file()):
    data, at = path.read_bytes(), 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        {each}
        at = end
"""
HASHED = READ.format(each='hashlib.sha256(b"\\0" + data[at + 2:end]).digest()')
PARSED = READ.format(each="json.loads(data[at + 2:end])")


def exported(folder: Path, entries: int, rounds: int) -> dict[str, float]:
    """Return the seconds of both depths and of their floors, in turns."""
    around = Surroundings(folder)
    around.create()
    fill(around, entries)
    out = folder / "export"
    with around.open(ballast_bytes=4096) as journal:
        journal.export(out, audience="auditor")
    verify = [str(out / "verify.py"), str(out), "--key", around.key.vkey()]
    subjects = {
        "hashed": ["-c", HASHED, str(out)],
        "bytes": [*verify, "--bytes"],
        "parsed": ["-c", PARSED, str(out)],
        "deep": verify,
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, arguments in subjects.items():
            times[name].append(timed(partial(run, arguments)) / 1e6)
    seconds = {f"{name}_s": statistics.median(taken) for name, taken in times.items()}
    return {
        "entries": entries,
        **seconds,
        "bytes_ratio": seconds["bytes_s"] / seconds["hashed_s"],
        "deep_ratio": seconds["deep_s"] / seconds["parsed_s"],
    }


def run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, "-I", *arguments], check=True, stdout=subprocess.DEVNULL)
