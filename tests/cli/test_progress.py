# SPDX-License-Identifier: Apache-2.0
"""Long work in the command: its progress on a terminal, nothing in a pipe, and a clean end on Ctrl-C."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.cli.progress import Shown, shown
from console.wording import pace

WORK = """
import sys, time
from console.cli.main import fail
from console.cli.progress import shown
from console.domain.errors import Cancelled
try:
    with shown("Counting") as progress:
        for n in range(400):
            time.sleep(0.01)
            if not progress(n, 400):
                raise Cancelled
except Cancelled as error:
    sys.exit(fail(error, as_json=False))
"""


def test_the_time_left_is_told_in_words() -> None:
    assert pace(0, 10, 0.0) == "0 %, 0 of 10, beginning."
    assert pace(250_000, 1_000_000, 30.0) == "25 %, 250,000 of 1,000,000, about 1 min 30 s left."
    assert pace(10, 10, 30.0) == "100 %, 10 of 10, a moment left."


def test_what_is_over_within_a_second_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("Counting") as progress:
        assert progress(1, 2) and progress(2, 2)
    assert capsys.readouterr().err == ""


def test_the_handler_of_before_comes_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with shown("Counting") as progress:
        os.kill(os.getpid(), signal.SIGINT)
        assert isinstance(progress, Shown) and not progress(1, 2)
    assert signal.getsignal(signal.SIGINT) is before


def test_on_a_terminal_it_shows_progress_and_ends_with_130(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen([sys.executable, "-c", WORK], stderr=theirs, cwd=Path(__file__).parents[2])
    os.close(theirs)
    told, deadline = b"", time.monotonic() + 20
    while b"Ctrl-C stops it." not in told and time.monotonic() < deadline:
        told += os.read(ours, 4096)
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 130
    assert b"Counting: " in told and b" of 400, about " in told
    assert b"called off" in os.read(ours, 4096)
    os.close(ours)
