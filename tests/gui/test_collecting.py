# SPDX-License-Identifier: Apache-2.0
"""Another thread's work never takes a widget away: that killed the window, once in some hundred openings."""

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from console.gui.kit.garbage import Collector, collect_due


class Circle(QLabel):
    """Held by a function that it holds, as a page is by what its buttons do."""

    def __init__(self) -> None:
        super().__init__()
        self.what_it_does = lambda: len(self.text())


@pytest.fixture
def as_python_would() -> Iterator[None]:
    gc.freeze()
    gc.enable()
    yield
    gc.disable()
    gc.unfreeze()


def make_garbage(ended_in: list[str]) -> None:
    gc.collect()  # Else what this thread made before could bring the next collection here.
    circle = Circle()
    weakref.finalize(circle, lambda: ended_in.append(threading.current_thread().name))


def work() -> None:
    """Allocate far more than Python's limit for the youngest, and for the next generation."""
    kept = [[number] for number in range(100_000)]
    assert len(kept) == 100_000


def work_elsewhere() -> None:
    other = threading.Thread(target=work, name="other")
    other.start()
    other.join()


def test_without_it_another_thread_ends_a_widget(qtbot: QtBot, as_python_would: None) -> None:
    ended_in: list[str] = []
    make_garbage(ended_in)
    work_elsewhere()
    assert ended_in == ["other"]


def test_the_window_s_thread_ends_it(qtbot: QtBot, as_python_would: None) -> None:
    ended_in: list[str] = []
    parent = QObject()
    Collector(parent)
    make_garbage(ended_in)
    work_elsewhere()
    assert ended_in == []

    def has_ended() -> bool:
        # What goes away meanwhile counts against what is made: more is made until it is looked at.
        for _ in range(gc.get_threshold()[0]):
            in_a_circle: list[object] = []
            in_a_circle.append(in_a_circle)
        return ended_in == ["MainThread"]

    qtbot.waitUntil(has_ended)


def test_every_program_with_a_window_collects_so() -> None:
    asked = "from console.gui.kit import theme; kept = theme.application(); import gc; print(gc.isenabled())"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_an_older_generation_is_collected_as_well() -> None:
    gc.collect()
    collected: list[int] = []

    def note(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            collected.append(told["generation"])

    gc.callbacks.append(note)
    try:
        kept = []
        for _ in range(150):
            kept.append([[number] for number in range(1000)])
            collect_due()
    finally:
        gc.callbacks.remove(note)
    assert len(kept) == 150 and set(collected) == {0, 1, 2}
