# SPDX-License-Identifier: Apache-2.0
"""A desktop of its own for the real window: X server, session bus, accessibility bus, window manager; and hands."""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

import xa11y
import zxingcpp
from PIL import Image

from console.actions.station.lifecycle import lock
from console.gui.kit.verb import GRAVE_MS
from console.settings import read
from console.wiring.station import Station
from tests.support.stations import Pins

AT_SPI = Path("/usr/libexec/at-spi-bus-launcher")
PROGRAMS = ("Xvfb", "dbus-daemon", "openbox", "xdotool")
SCREEN = "1366x768x24"
LIMIT_S = 30.0
HEARS_S = GRAVE_MS / 1000 + 0.5
"""A grave button that has just appeared hears no key before that, on a busy machine too."""
T = TypeVar("T")
OPENER = Path(__file__).with_name("open_window.py")


def lacking() -> str:
    """Return what this machine lacks for such a desktop, or nothing."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return ", ".join([*absent, *([] if AT_SPI.exists() else [AT_SPI.name])])


@contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """Lend a desktop as the environment of programs that run on it; this process' own stays as it is."""
    before = dict(os.environ)
    with ExitStack() as stack:
        try:
            _start(stack)
            environment = dict(os.environ)
        finally:
            _restore(before)
        yield environment


@contextmanager
def in_front_of(environment: dict[str, str]) -> Iterator[None]:
    """Let the accessibility client and the keys of this process go to that desktop."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        _restore(before)


def _start(stack: ExitStack) -> None:
    reader, writer = os.pipe()
    # It would begin anew whenever its last client leaves, and throw out the one that is coming just then.
    server = ["Xvfb", "-noreset", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    _started(stack, server, pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader) as pipe:
        os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
    bus = _started(stack, ["dbus-daemon", "--session", "--nofork", "--print-address"], out=subprocess.PIPE)
    assert bus.stdout is not None
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
    os.environ |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    # Before the program, else it never registers.
    _started(stack, [str(AT_SPI), "--launch-immediately"])
    _started(stack, ["openbox"])
    _await_window_manager()


def _await_window_manager() -> None:
    """Wait for it: only a window manager that is there gives a new window the keys."""
    asked = ["xdotool", "get_desktop"]
    end = time.monotonic() + 2 * LIMIT_S
    while subprocess.run(asked, check=False, capture_output=True).returncode != 0:
        if time.monotonic() > end:
            raise TimeoutError("no window manager")
        time.sleep(0.2)


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def _started(
    stack: ExitStack, command: list[str], *, out: int = subprocess.DEVNULL, pass_fds: list[int] | None = None
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, pass_fds=pass_fds or [])

    def end() -> None:
        process.terminate()
        process.wait(5)
        if process.stdout is not None:
            process.stdout.close()

    stack.callback(end)
    return process


class Hands:
    """Presses keys, finds things by their accessible names, looks at the screen: nothing else."""

    def __init__(self, station: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen([sys.executable, str(OPENER), str(station)], env=environment)
        # By process, not by name: a window that was closed a moment ago may still be listed.
        self.app: xa11y.App = waited(lambda: xa11y.App.by_pid(self.process.pid))

    def key(self, *keys: str) -> None:
        """Press keys."""
        subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)

    def unlock(self, pin: str) -> None:
        """Choose the last of the list, who is the operator, and type this PIN."""
        self.find("list", "Who are you?").wait_focused(timeout=LIMIT_S)
        self.key("End", "Return")
        self.find("text_field", "PIN of Eva Falk").wait_focused(timeout=LIMIT_S)
        self.type(pin)
        self.key("Return")

    def type(self, text: str) -> None:
        """Type letters."""
        subprocess.run(["xdotool", "type", "--delay", "20", text], check=True)

    def find(self, role: str, name: str) -> xa11y.Locator:
        """Return something that can be seen, by its role and its whole accessible name."""
        found = self.app.locator(f'{role}[name="{name}"]')
        found.wait_visible(timeout=LIMIT_S)
        return found

    def seen(self, role: str, name: str) -> xa11y.Element:
        """Return the one of this name that can be seen: pages that are not shown may have one, too."""
        found = self.app.locator(f'{role}[name="{name}"]')
        return waited(lambda: next((one for one in found.elements() if one.visible), None))

    def press(self, name: str) -> None:
        """Press a button."""
        found = self.find("button", name)
        found.wait_enabled(timeout=LIMIT_S)
        found.press()

    def read(self, start: str) -> None:
        """Wait until a text that begins so can be seen."""
        found = self.app.locator(f'static_text[name^="{start}"]')
        # Pages that are not shown have such a text too.
        waited(lambda: next(iter(text for text in found.elements() if text.visible), None))

    def picture(self, keep: str = "") -> xa11y.Screenshot:
        """Return the pixels of the screen; BREAKGLASS_SCREENS names a folder in which to keep it."""
        taken = xa11y.screenshot()
        folder = os.environ.get("BREAKGLASS_SCREENS")
        if keep and folder:
            taken.save_png(str(Path(folder) / f"{keep}.png"))
        return taken

    def code(self, keep: str = "") -> str:
        """Return what the one code on the screen says, as soon as it is painted."""

        def painted() -> str | None:
            found = zxingcpp.read_barcodes(Image.open(io.BytesIO(xa11y.screenshot().to_png())))
            return found[0].text if len(found) == 1 else None

        text = waited(painted)
        self.picture(keep)
        return text

    def close(self) -> int:
        """Close the window as a person does, and return its exit status."""
        self.key("alt+F4")
        try:
            return self.process.wait(15)
        finally:
            self.process.kill()


@contextmanager
def closing_hands(station: Path, environment: dict[str, str]) -> Iterator[Hands]:
    """Lend hands at a window that is ended afterwards, however it stands, and leave its station locked."""
    opened = Hands(station, environment)
    try:
        yield opened
    finally:
        opened.process.kill()
        opened.process.wait()
        # A window that was killed has not locked: whoever opens the next one would find no list of names.
        with closing(Station(read(station), Pins({}))) as place:
            lock(place.locked)


def waited(attempt: Callable[[], T | None]) -> T:
    """Return what an attempt returns once it returns something."""
    end = time.monotonic() + LIMIT_S
    while True:
        try:
            if (found := attempt()) is not None:
                return found
        except xa11y.XA11yError:
            if time.monotonic() > end:
                raise
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)
