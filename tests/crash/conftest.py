# SPDX-License-Identifier: Apache-2.0
"""The processes that are ended, one server for the whole run."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.aftermath import PROJECT


class Loads:
    """Starts loads, one at a time; one that a failed test left behind is ended before the next."""

    def __init__(self) -> None:
        self._server = _server()
        self._is_running = False

    def start(self, folder: Path, act: str, to: Path, task: str, *, alone: bool, **more: object) -> None:
        """Start one; what it says goes to the fifo ``to``."""
        if self._is_running:
            self.close()
            self._server = _server()
        assert self._server.stdin is not None
        job = {"folder": str(folder), "act": act, "to": str(to), "task": task, "alone": alone, **more}
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        self._is_running = True

    def ended(self) -> int:
        """Wait for the end of the one that was started; return its exit status (minus the signal that ended it)."""
        assert self._server.stdout is not None
        status = int(self._server.stdout.readline())
        self._is_running = False
        return status

    def close(self) -> None:
        """End the server, and with it what may still run."""
        if self._is_running:
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.communicate()
        self._is_running = False


def _server() -> "subprocess.Popen[str]":
    # A group of its own: it is ended with all that it forked.
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.load"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="session")
def loads() -> Iterator[Loads]:
    """Lend the server of loads."""
    server = Loads()
    yield server
    server.close()
