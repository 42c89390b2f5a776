# SPDX-License-Identifier: Apache-2.0
"""As much of logind as a program sees that locks: a process on a private bus, told by lines what happens.

``python -m tests.gui.fake_logind``: reads ``sleep``, ``wake``, ``lock``, ``lid``; says ``held`` and ``released`` of the
inhibitor, as logind would by waiting.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSocketNotifier
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusUnixFileDescriptor, QDBusVariant, QDBusVirtualObject

from tests.support.waits import answers, wait_until

SERVICE, PATH = "org.freedesktop.login1", "/org/freedesktop/login1"


class Manager(QDBusVirtualObject):
    """Answers what a program asks, and tells it what happens."""

    def __init__(self, bus: QDBusConnection) -> None:
        super().__init__()
        self._bus, self._lid_closed = bus, False
        self._watching: list[QSocketNotifier] = []

    def introspect(self, _: str) -> str:
        """Nobody asks."""
        return ""

    def handleMessage(self, message: QDBusMessage, _: QDBusConnection) -> bool:
        """Hand out a delay inhibitor, or say how the lid is."""
        answer = message.createReply()
        if message.member() == "Inhibit":
            what, _who, _why, mode = message.arguments()
            assert "sleep" in what and mode == "delay"
            answer.setArguments([self._inhibitor()])
        elif message.member() == "Get":
            assert message.arguments() == [f"{SERVICE}.Manager", "LidClosed"]
            answer.setArguments([QDBusVariant(self._lid_closed)])
        else:
            return False
        return bool(self._bus.send(answer))

    def happen(self, what: str) -> None:
        """Tell everybody."""
        if what in ("sleep", "wake"):
            self._signal(PATH, "Manager", "PrepareForSleep", [what == "sleep"])
        elif what == "lock":
            self._signal(f"{PATH}/session/_31", "Session", "Lock", [])
        elif what == "lid":
            self._lid_closed = True

    def _signal(self, path: str, interface: str, name: str, values: list[object]) -> None:
        signal = QDBusMessage.createSignal(path, f"{SERVICE}.{interface}", name)
        signal.setArguments(values)
        self._bus.send(signal)

    def _inhibitor(self) -> QDBusUnixFileDescriptor:
        reading, writing = os.pipe()
        given = QDBusUnixFileDescriptor(writing)
        os.close(writing)
        say("held")
        notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, self)

        def released() -> None:
            notifier.setEnabled(False)
            say("released")

        notifier.activated.connect(released)
        self._watching.append(notifier)
        return given


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Be logind until the test is over."""
    app = QCoreApplication([])
    bus = QDBusConnection.systemBus()
    manager = Manager(bus)
    assert bus.registerVirtualObject(PATH, manager, QDBusConnection.VirtualObjectRegisterOption.SubPath)
    assert bus.registerService(SERVICE)
    lines = QSocketNotifier(0, QSocketNotifier.Type.Read)

    def read() -> None:
        word = os.read(0, 64).decode().strip()
        if not word:
            app.quit()
        manager.happen(word)

    lines.activated.connect(read)
    say("ready")
    app.exec()


class FakeLogind:
    """The test's end of it."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self._process, self.address = process, address
        self.said: list[str] = []

    def happen(self, what: str) -> None:
        """Let something happen."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def hears(self, word: str) -> bool:
        """Return whether it has said this since it was asked for it last."""
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self.said += (os.read(self._process.stdout.fileno(), 4096) if self._readable() else b"").decode().split()
        if word in self.said:
            self.said.remove(word)
            return True
        return False

    def _readable(self) -> bool:
        import select

        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])


@contextmanager
def logind(folder: Path) -> Iterator[FakeLogind]:
    """Lend a logind on a bus of its own."""
    address = f"unix:path={folder}/bus"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"]
    daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: answers(folder / "bus"), "the bus did not begin")
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": address}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.fake_logind"],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield FakeLogind(process, address)
    finally:
        for one in (process, daemon):
            one.terminate()
            one.wait(5)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


if __name__ == "__main__":
    main()
