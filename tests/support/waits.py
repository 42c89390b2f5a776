# SPDX-License-Identifier: Apache-2.0
"""Waiting for what comes late, as long as a busy machine may need: who finds it sooner loses nothing."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

LIMIT_S = 30.0


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fail with ``what`` if it does not."""
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def answers(path: Path) -> bool:
    """Tell whether somebody takes connections at a socket file: it is there a moment before that."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def wait_until_left(home: Path) -> None:
    """Wait until the keeper of a locked station has left its folder: it syncs it before it takes its marker away."""
    wait_until(lambda: not (home / "hsm" / "busy").exists(), "the keeper did not end")
