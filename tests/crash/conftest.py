# SPDX-License-Identifier: Apache-2.0
"""The processes that are ended, one server for the whole run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.aftermath import PROJECT


class Loads:
    """Starts loads, one at a time."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.load"],
            cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, folder: Path, act: str, to: Path, task: str, *, alone: bool, **more: object) -> None:
        """Start one; what it says goes to the fifo ``to``."""
        assert self._server.stdin is not None
        job = {"folder": str(folder), "act": act, "to": str(to), "task": task, "alone": alone, **more}
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()

    def ended(self) -> int:
        """Wait for the end of the one that was started; return its exit status (minus the signal that ended it)."""
        assert self._server.stdout is not None
        return int(self._server.stdout.readline())

    def close(self) -> None:
        """End the server."""
        self._server.communicate()


@pytest.fixture(scope="session")
def loads() -> Iterator[Loads]:
    """Lend the server of loads."""
    server = Loads()
    yield server
    server.close()
