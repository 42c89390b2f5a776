# SPDX-License-Identifier: Apache-2.0
"""From the start of the process to the first pixels of the real start page, against a bare PySide6 window.

    python tests/benchmarks/window.py [--quick] [--json] [--write] [--folder DIR]

Both sides are processes on an X server of this run, watched from outside: Xvfb keeps its screen in a file, and a window
is painted when more colours stand in it than the empty screen and a plain background have. Memory is what is resident
some seconds later. Where KeePassXC is installed its own window is measured beside, against the same floor.
"""

import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks.performance import Row, finish, in_turns, options, row
from tests.support.stations import make_station

WIDTH, HEIGHT = 1280, 800
COLOURS = 4
"""Root, background, and two shades of text."""
ROW_STEP = 6
"""Rows of pixels looked at: every line of text crosses at least one."""
LIMIT_S = 30.0
IDLE_S = 3.0
PAINT_TARGET = 1.5

BARE = """\
import sys
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1240, 700)
window.setCentralWidget(QLabel("Unlock the station"))
window.show()
sys.exit(app.exec())
"""


class Screen:
    """The pixels of an X server, read without being its client."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._map = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
        # XWDFile.h, version 7: the header's size, then at 13th place the bytes of a line, at 20th the colours' number.
        numbers = struct.unpack(">25I", self._map[:100])
        self._line = numbers[12]
        self._start = numbers[0] + 12 * numbers[19]

    def colours(self) -> int:
        """Return how many different pixels stand in the rows that are looked at."""
        found: set[int] = set()
        for y in range(0, HEIGHT, ROW_STEP):
            start = self._start + y * self._line
            found.update(struct.unpack(f"{WIDTH}I", self._map[start : start + 4 * WIDTH]))
        return len(found)


@dataclass
class Desktop:
    """An X server, and the environment of the programs on it."""

    screen: Screen
    environment: Mapping[str, str]

    def first_paint(self, command: Sequence[str]) -> float:
        """Start a program, wait until something is written on the screen, end it; return the milliseconds."""
        with self._running(command) as (process, started):
            self._wait_for_colours(process)
            took = (time.perf_counter() - started) * 1e3
        self._wait_for_nothing()
        return took

    def _wait_for_nothing(self) -> None:
        end = time.monotonic() + LIMIT_S
        while self.screen.colours() > 1:
            if time.monotonic() > end:
                raise RuntimeError("the screen did not get empty again")
            time.sleep(0.01)

    def idle_memory(self, command: Sequence[str]) -> float:
        """Start a program, leave it alone; return its resident megabytes."""
        with self._running(command) as (process, _):
            self._wait_for_colours(process)
            time.sleep(IDLE_S)
            status = Path(f"/proc/{process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @contextmanager
    def _running(self, command: Sequence[str]) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
        started = time.perf_counter()
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(command, env=self.environment, stdin=nothing, stdout=nothing, stderr=nothing)
        try:
            yield process, started
        finally:
            process.terminate()
            process.wait(LIMIT_S)

    def _wait_for_colours(self, process: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + LIMIT_S
        while self.screen.colours() < COLOURS:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"nothing was painted; exit status {process.poll()}")
            time.sleep(0.002)


@contextmanager
def desktop(folder: Path) -> Iterator[Desktop]:
    """Lend an X server without a window manager, its screen in a file."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{WIDTH}x{HEIGHT}x24",
            "-fbdir",
            str(folder),
            "-nolisten",
            "tcp",
        ],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            # Else a bus is launched for this display; it stays its client, and the screen is never emptied.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        yield Desktop(Screen(folder / "Xvfb_screen0"), kept | own)
    finally:
        server.terminate()
        server.wait(LIMIT_S)


def measure(rounds: int, folder: Path) -> list[Row]:
    """Return first paint and idle memory of our window, and KeePassXC's where it is."""
    settings, _ = make_station(folder / "place")
    ours = (str(Path(sys.executable).with_name("breakglass")), "--station", str(settings.folder))
    bare = (sys.executable, "-I", "-c", BARE)
    known: dict[str, tuple[str, ...]] = {"first paint of the start page": ours}
    if keepassxc := shutil.which("keepassxc"):
        known["first paint of KeePassXC"] = (keepassxc,)
    with desktop(folder) as on:
        subjects = [*known.values(), bare]
        *series, floors = in_turns(rounds, *(partial(on.first_paint, command) for command in subjects))
        rows = [
            row(name, values, floors, PAINT_TARGET if command is ours else None)
            for (name, command), values in zip(known.items(), series, strict=True)
        ]
        memory = Row("resident when idle", on.idle_memory(ours), on.idle_memory(bare), unit="MB")
    return [*rows, memory]


def main() -> int:
    """Measure, print, judge."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="bg-", dir=chosen.folder) as folder:
        rows = measure(2 if chosen.quick else 11, Path(folder))
    return finish("First paint of the window", rows, chosen)


if __name__ == "__main__":
    sys.exit(main())
