# SPDX-License-Identifier: Apache-2.0
"""Fixtures against tests that pass on fast machines only: a patient bot, and a window that can be made slow.

With ``BREAKGLASS_SLOW_MS=400`` every result of the window's worker comes up to 400 ms late, by a seeded choice. A walk
that reads what the page shows only *after* what it waited for fails then, always, and not once in a thousand runs.
"""

import gc
import os
import random
import time
from collections.abc import Callable, Generator

import pytest
from pytestqt.qtbot import QtBot

from console.gui.kit.garbage import collect_due
from console.gui.shell.worker import Job, Worker

LIMIT_MS = 30_000
SLOW_MS = int(os.environ.get("BREAKGLASS_SLOW_MS", "0"))


# As in the program: collected while Qt is at work, a widget of an earlier test kills the process.
gc.disable()


def pytest_collection_finish() -> None:
    """Let the tests themselves stand aside: looking through all of them each time takes longer than a test."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect between two tests; after one with a window all of it, as a window is large outside Python."""
    try:
        return (yield)
    finally:
        if "qtbot" in getattr(item, "fixturenames", ()):
            gc.collect()
        else:
            collect_due()


class PatientBot(QtBot):
    """Waits as long as a busy machine may need; who finds it sooner loses nothing."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LIMIT_MS) -> None:
        """Wait until this is true, or asserts nothing false."""
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def comes_late(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if not SLOW_MS:
        return
    at_once, chance = Worker._attempt, random.Random(request.node.nodeid)

    def late(worker: Worker, place: object, job: Job, console: object) -> None:
        time.sleep(chance.uniform(0, SLOW_MS / 1000))
        at_once(worker, place, job, console)  # type: ignore[arg-type]

    monkeypatch.setattr(Worker, "_attempt", late)
