# SPDX-License-Identifier: Apache-2.0
"""Side by side with the journal: ``journalctl --verify`` over the same entries, and pymerkle's tree in SQLite.

Neither is needed to build or run the program. What is missing is skipped with the reason: Debian's package
systemd-journal-remote for the first, ``pip install pymerkle==7.0.0`` for the second.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.journal_core import p99
from tests.support.journals import Surroundings, draft

REMOTE = shutil.which("systemd-journal-remote", path="/lib/systemd:/usr/lib/systemd") or shutil.which(
    "systemd-journal-remote"
)
FILE_ENTRIES = 50_000
"""systemd-journal-remote begins a new file before 90,000 entries of this size; each file here is one of its own."""


def journald(entries: int) -> dict[str, Any]:
    """Write entries of the same size into journald files, verify them, and return entries a second."""
    if REMOTE is None or shutil.which("journalctl") is None:
        return {"skipped": "systemd-journal-remote is not installed"}
    with tempfile.TemporaryDirectory() as folder:
        files = [
            _journal_file(Path(folder), first, min(entries, first + FILE_ENTRIES))
            for first in range(0, entries, FILE_ENTRIES)
        ]
        start = time.perf_counter()
        for path in files:
            subprocess.run(["journalctl", "--verify", "--file", str(path)], check=True, capture_output=True)
        seconds = time.perf_counter() - start
    return {"entries": entries, "verify_s": seconds, "entries_per_s": entries / seconds}


def _journal_file(folder: Path, first: int, last: int) -> Path:
    path = folder / f"n{first}.journal"
    told = b"".join(_as_export(first, last))
    subprocess.run([str(REMOTE), "-o", str(path), "-"], input=told, check=True, capture_output=True)
    return path


def _as_export(first: int, last: int) -> Iterator[bytes]:
    """Yield entries in systemd's journal export format, with the bytes of one of ours as the message."""
    (body,) = _bodies()
    for n in range(first, last):
        message = body[:-12] + b"%012d" % n
        yield b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032x\nSYSLOG_IDENTIFIER=x\n" % (
            1_795_435_200_000_000 + n,
            1_000_000 + n,
            7,
        )
        yield b"PRIORITY=6\nMESSAGE=" + message + b"\n\n"


def _bodies() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        around = Surroundings(Path(folder))
        around.create()
        with around.open(ballast_bytes=4096) as journal:
            return [entry.data for entry in journal.append([draft(0)])]


def pymerkle(entries: int) -> dict[str, Any]:
    """Append to pymerkle's SQLite tree one by one, prove, and return its times."""
    try:
        tree_class = import_module("pymerkle").SqliteTree
    except ImportError:
        return {"skipped": "pymerkle is not installed"}
    (body,) = _bodies()
    with tempfile.TemporaryDirectory() as folder, tree_class(str(Path(folder) / "tree.db")) as tree:
        appends = []
        for _ in range(entries):
            start = time.perf_counter_ns()
            tree.append_entry(body)
            appends.append((time.perf_counter_ns() - start) / 1000)
        start = time.perf_counter_ns()
        tree.prove_inclusion(entries // 2, entries)
        proof_ms = (time.perf_counter_ns() - start) / 1e6
    return {
        "entries": entries,
        "append_us": sorted(appends)[entries // 2],
        "append_p99_us": p99(appends),
        "first_proof_ms": proof_ms,
    }
