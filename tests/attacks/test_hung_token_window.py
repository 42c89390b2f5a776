# SPDX-License-Identifier: Apache-2.0
"""A token that hangs while somebody approves in the window: the window stays alive, and the next try counts."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.settings import read
from tests.gui.hands import Hands, on_window
from tests.support.activations import requested_base
from tests.support.scenes import pins_of, staged

pytestmark = [pytest.mark.real, pytest.mark.long]
LIMIT_S, TICK_MS = 4.0, 20


def children() -> set[int]:
    """Return the ids of this process's children, whichever thread started them."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # A thread that has just ended.
            found |= {int(pid) for pid in task.read_text().split()}
    return found


def is_token(pid: int) -> bool:
    with suppress(OSError):  # A process that has just ended.
        return b"console.tokens" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def stop_the_next_token(stopped: list[int]) -> threading.Thread:
    """Stop, as a hung driver would, the first token process that is started from now on."""
    before = children()

    def watch() -> None:
        end = time.monotonic() + 10
        while not stopped and time.monotonic() < end:
            for pid in children() - before:
                if is_token(pid):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.append(pid)
                    return
            time.sleep(0.002)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def counted(hands: Hands, during: Callable[[], None]) -> float:
    """Return the longest time in seconds in which the window did not come to its own work."""
    times = [time.monotonic()]
    timer = QTimer(hands.window)
    timer.timeout.connect(lambda: times.append(time.monotonic()))
    timer.start(TICK_MS)
    during()
    timer.stop()
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def approve(hands: Hands) -> None:
    hands.find(QRadioButton, "Carla Dietz (IT)").setChecked(True)
    hands.find(QLineEdit, "Matter number, typed again").setText("M-2026-00117")
    hands.press("Approve")
    hands.pin(hands.pins["it-1"], "Carla Dietz")


def test_the_window_stays_alive_and_the_next_try_counts(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with staged(requested_base()) as scene, on_window(qtbot, read(scene.home)) as hands:
        hands.pins = pins_of(scene.folder)
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("approve")
        hands.find(QRadioButton, "Carla Dietz (IT)")
        # Only now: founding the station may take its time.
        monkeypatch.setattr("console.adapters.hsm.person.LIMIT_S", LIMIT_S)
        stopped: list[int] = []
        watching = stop_the_next_token(stopped)

        def hung() -> None:
            approve(hands)
            # Where it hangs decides: a refusal, or the PIN once more for what is left to do.
            qtbot.waitUntil(lambda: bool(stopped) and said(hands), timeout=20_000)

        began = time.monotonic()
        longest = counted(hands, hung)
        watching.join()
        assert time.monotonic() - began >= LIMIT_S
        assert longest < LIMIT_S / 2, "the window waited for the token"
        if hands.seen(QLineEdit, "PIN of Carla Dietz"):
            hands.pin(hands.pins["it-1"], "Carla Dietz")
        else:
            approve(hands)
        hands.read("Carla Dietz has approved.")
        with pytest.raises(ProcessLookupError):  # it was ended, not left behind
            os.kill(stopped[0], 0)


def said(hands: Hands) -> bool:
    """Tell whether the window has come back to the person."""
    return "There is a problem" in hands.texts() or bool(hands.seen(QLineEdit, "PIN of Carla Dietz"))
