# SPDX-License-Identifier: Apache-2.0
"""A process that writes as much as it can until somebody ends it, and says what it was promised.

It is started by a server that forks (``tests/support/fork_server.py``). A job: {folder, act, to, task, alone, seed}
and, where it applies, {pin, lies}. The child writes what happened to the fifo ``to``, one JSON object a line.
A line is written after what it tells of had returned, and carries the clock that cuts are stamped by.

With ``alone`` the load is the first process of a pid namespace of its own: whoever ends it ends everything that it
started, the keeper too, at one moment, as a power cut does.
"""

import ctypes
import json
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import sqlcipher3

from console.actions.activation import release
from console.actions.console import Console
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import to_base64
from console.domain.entries.entry import Draft, Entry
from console.domain.errors import ConsoleError, Refused
from console.domain.journal.merkle import leaf_hash
from console.settings import read
from console.wiring.station import Station
from tests.crash.scenes import NAMES
from tests.support.fork_server import serve
from tests.support.scenes import UNLOCKER, pins_of
from tests.support.stations import Pins

CLONE_NEWPID = 0x20000000
PRODUCERS = 3


class Told:
    """The lines of one child; each goes out whole, or not at all when nobody is left to write it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, what: str, **facts: object) -> None:
        """Write one line, stamped now."""
        line = json.dumps({"what": what, "at": time.monotonic_ns(), **facts}) + "\n"
        os.write(self._descriptor, line.encode())

    def entries(self, entries: list[Entry]) -> None:
        """Say that these entries were acknowledged."""
        for entry in entries:
            self.say("ack", seq=entry.seq, id=entry.id, leaf=to_base64(leaf_hash(entry.data)))


class TellingHsm:
    """Forwards to the station's HSM, and says what it signed and what it is about to do."""

    def __init__(self, hsm: Any, told: Told) -> None:
        self._hsm, self._told = hsm, told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hsm, name)

    def sign(self, key: str, message: bytes) -> bytes:
        """Sign; whatever root the log key has ever signed is said."""
        signature: bytes = self._hsm.sign(key, message)
        if key == "log":
            self._told.say("signed", text=message.decode())
        return signature

    def set_anchor(self, note: bytes) -> None:
        """Anchor."""
        self._told.say("anchoring")
        self._hsm.set_anchor(note)
        self._told.say("anchored", note=note.decode())

    def make_key(self, name: str, **more: Any) -> Any:
        """Make a key: where the next burn begins."""
        self._told.say("burning")
        return self._hsm.make_key(name, **more)


class TellingStation(Station):
    """A station whose HSM says what it does."""

    told: Told

    def _unlocked(self, stack: Any, as_member: str | None) -> Any:
        return TellingHsm(super()._unlocked(stack, as_member), self.told)


class TellingScreen:
    """Says what it shows, once it was shown."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show one secret."""
        self._told.say("shown", title=title, secret=bytes(secret).decode())
        return "read_back"


class Load:
    """What the process does until it is ended."""

    def __init__(self, job: dict[str, Any], told: Told) -> None:
        folder = Path(job["folder"])
        self._act, self._told = str(job["act"]), told
        self._random = random.Random(job["seed"])
        self._station = TellingStation(read(folder / "station"), Pins(pins_of(folder)))
        self._station.told = told
        self._screen = TellingScreen(told)

    def login(self, pin: bytes) -> None:
        """Lock if need be, and start the keeper."""
        station_actions.lock(self._station.locked)
        self._told.say("login")
        self._station.locked.keepers.start(bytearray(pin), UNLOCKER)
        self._told.say("unlocked")

    def mixed(self) -> None:
        """Hold the station, write from several threads at once, release something, let go; and again."""
        self._told.say("begun")
        while True:
            with self._station.console() as console:
                self._told.say("open")
                producers = [
                    threading.Thread(target=self._produce, args=(console, number)) for number in range(PRODUCERS)
                ]
                for producer in producers:
                    producer.start()
                self._release(console)
                for producer in producers:
                    producer.join()

    def logins(self, pin: bytes) -> None:
        """Log in again and again, with one critical entry between."""
        while True:
            self.login(pin)
            with self._station.console() as console:
                self._told.entries(console.journal.append([_draft(console, 0)], critical=True))

    def _produce(self, console: Console, number: int) -> None:
        """Append by twos and threes; the first of the producers writes what is signed, anchored and mirrored."""
        for _ in range(6):
            drafts = [_draft(console, number) for _ in range(1 if number == 0 else number + 1)]
            self._told.entries(console.journal.append(drafts, critical=number == 0))

    def _release(self, console: Console) -> None:
        name = self._random.choice(NAMES)
        # The budget is used up sooner or later: then the refusals are the load.
        with suppress(Refused):
            answer = release.release(console, self._act, name, self._screen)
            self._told.say("released", name=name, outcome=answer["outcome"])


def _draft(console: Console, number: int) -> Draft:
    return Draft("load.written", "program", "program", console.machine.new_id(), {"producer": number})


def run(job: dict[str, Any], told: Told) -> None:
    """Do the task until the end."""
    load = Load(job, told)
    if "pin" in job and job["task"] != "logins":
        load.login(bytes.fromhex(job["pin"]))
    tasks: dict[str, Callable[[], None]] = {
        "mixed": load.mixed,
        "logins": lambda: load.logins(bytes.fromhex(job["pin"])),
    }
    try:
        tasks[job["task"]]()
    except ConsoleError as error:
        # The keeper was ended before this process, or the disk went away under it.
        told.say("error", code=error.code)


def alone(task: Callable[[], None]) -> None:
    """Run in a new pid namespace, as its first process; raises OSError where that is not allowed."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWPID):
        raise OSError(ctypes.get_errno(), "unshare")
    first = os.fork()
    if first == 0:
        task()
        os._exit(0)
    os.waitpid(first, 0)


class Unsynced(sqlcipher3.Connection):  # type: ignore[misc]
    """A database that syncs nothing, whatever it is told."""

    def executescript(self, script: str) -> Any:
        """Run statements."""
        return super().executescript(script.replace("synchronous=FULL", "synchronous=OFF"))


def without_syncs() -> None:
    """Make this console leave out every sync, as a disk does that lies."""
    setattr(os, "fsync", lambda _: None)  # noqa: B010  mypy knows that a function is none to be replaced
    sqlcipher3.connect = partial(sqlcipher3.connect, factory=Unsynced)


def child(job: dict[str, Any]) -> None:
    """Be the load of one job."""
    told = Told(os.open(job["to"], os.O_WRONLY))
    if job.get("lies"):
        without_syncs()

    def task() -> None:
        # Outside the namespace this process has another number than os.getpid() says.
        told.say("process", pid=int(Path("/proc/self").readlink().name))
        run(job, told)

    if job["alone"]:
        alone(task)
    else:
        task()


if __name__ == "__main__":
    serve(child)
