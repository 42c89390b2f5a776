# SPDX-License-Identifier: Apache-2.0
"""Runs the writer in a process of its own, with the shim in front of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.aftermath import PROJECT


def write(folder: Path, first: int, count: int, **faults: object) -> tuple[list[str], bool]:
    """Run the writer under these faults; return what it said, and whether it was killed."""
    command = [sys.executable, "-m", "tests.faults.writer", str(folder), str(first), str(count)]
    environment = {**os.environ, **{name: str(value) for name, value in faults.items()}}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.stdout.splitlines(), done.returncode != 0


def acknowledged(said: list[str]) -> list[int]:
    """Return the numbers of the entries that were acknowledged."""
    return [int(line.split()[0]) for line in said if not line.startswith("refused")]
