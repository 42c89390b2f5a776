# SPDX-License-Identifier: Apache-2.0
"""A process that runs one verb of the console and kills itself before its n-th durable step.

It is started by a server that forks (``tests/support/fork_server.py``). The ports are wrapped from outside; what runs
between two steps is the product's own code.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from console.actions.activation import approval, lifecycle, release, reseal, stand_in, use
from console.actions.console import Console
from console.actions.credential import drift, versions
from console.actions.journal import renewal
from console.actions.keyholder import recovery
from console.actions.record import counsel, drafts
from console.actions.station import clock
from console.adapters import machine
from console.adapters.journal.log import Log
from console.adapters.journal.mirror import Mirror
from console.demo.station import card
from console.domain.canonical import Object
from console.domain.entries.entry import to_rfc3339
from console.domain.errors import ConsoleError
from console.settings import read
from console.wiring.station import Station
from tests.kill.steps import Step
from tests.support.activations import approve, filed
from tests.support.alarmed import proposed
from tests.support.changes import sign_by_sheets, sign_last
from tests.support.erasures import erase_last
from tests.support.fork_server import serve
from tests.support.keepers import keeper_of
from tests.support.keys import HOTP, HOTP_CODES, RSA_KEY, prepared_jwt
from tests.support.notes import SECRET, WHOLE, the_draft
from tests.support.scenes import CODES, PASSWORD, pins_of
from tests.support.sheets import words_in
from tests.support.stations import Pins

DENIED = "Der Grund stimmt nicht mit der Lage überein."
KEYS = ("make_key", "destroy_key", "keep_key")


class Counter:
    """Counts durable steps once it is armed, notes them, and ends this process before the one it was told."""

    def __init__(self, notes: Path, point: int | None, blow: Callable[[], None]) -> None:
        self._notes = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._point = point
        self._blow = blow
        self._count = 0
        self.armed = False

    def step(self, medium: str, what: str) -> None:
        """A durable step is about to be taken."""
        if not self.armed:
            return
        if self._count == self._point:
            self._blow()
        self._count += 1
        os.write(self._notes, f"{Step(medium, what)}\n".encode())


class CountedHsm:
    """Forwards to the station's HSM."""

    def __init__(self, hsm: Any, counter: Counter) -> None:
        self._hsm, self._counter = hsm, counter

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._hsm, name)
        if name not in (*KEYS, "set_anchor"):
            return verb

        def counted(*arguments: Any, **named: Any) -> Any:
            what = "anchor" if name == "set_anchor" else f"{name.removesuffix('_key')} {_kind(arguments[0])}"
            self._counter.step("hsm", what)
            return verb(*arguments, **named)

        return counted


class CountedScreen:
    """Writes what it shows where a kill cannot take it back, and calls it read."""

    def __init__(self, folder: Path, counter: Counter) -> None:
        self.folder, self.counter = folder, counter

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show one secret."""
        self.counter.step("screen", "show")
        with (self.folder / "shown").open("ab") as file:
            file.write(bytes(secret) + b"\n")
        return "read_back"


class CountedPress:
    """Prints into nothing."""

    def __init__(self, screen: CountedScreen) -> None:
        self._screen = screen

    def check(self) -> Object:
        """It is ready."""
        return {"to": "memory", "where": "nowhere"}

    def put(self, name: str, page: bytes, copies: int) -> None:
        """Print one page."""
        self._screen.counter.step("screen", "print")


class CountedStation(Station):
    """A station whose ports count."""

    counter: Counter

    def _unlocked(self, stack: Any, as_member: str | None) -> Any:
        return CountedHsm(super()._unlocked(stack, as_member), self.counter)


def count_disks(counter: Counter, folder: Path) -> None:
    """Count each durable file of the station and of its mirror, and what the journal does to either."""
    write, remove = machine.write_durably, machine.remove_durably
    commit, close, copy = Log.write, Log.close, Mirror._write

    def counted_write(path: Path, data: bytes) -> None:
        counter.step(*_place(path, folder, "write"))
        write(path, data)

    def counted_remove(path: Path) -> None:
        counter.step(*_place(path, folder, "remove"))
        remove(path)

    def counted_commit(self: Log, group: Sequence[Sequence[Any]]) -> Any:
        counter.step("database", ", ".join(dict.fromkeys(entry.draft.type for request in group for entry in request)))
        return commit(self, group)

    def counted_close(self: Log) -> None:
        counter.step("database", "close")
        close(self)

    def counted_copy(file: BinaryIO, data: bytes) -> None:
        counter.step("mirror", "entry")
        copy(file, data)

    machine.write_durably, machine.remove_durably = counted_write, counted_remove
    for owner, name, counted in (
        (Log, "write", counted_commit),
        (Log, "close", counted_close),
        (Mirror, "_write", staticmethod(counted_copy)),
    ):
        setattr(owner, name, counted)


def run(job: dict[str, Any]) -> None:
    """Run one verb in this process, which may not survive it."""
    folder = Path(job["folder"])
    blow = kill_keeper(folder, job["after_s"]) if "after_s" in job else kill_this
    counter = Counter(folder / "steps", job["point"], blow)
    station = CountedStation(read(folder / "station"), Pins(pins_of(folder)))
    station.counter = counter
    count_disks(counter, folder)
    screen = CountedScreen(folder, counter)
    try:
        with station.console() as console:
            counter.armed = True
            VERBS[job["verb"]](console, job["act"], screen)
        counter.step("nothing", "is left")
    except ConsoleError as error:
        (folder / "error").write_text(error.code)
    finally:
        station.close()
        # The verb may be done sooner than the keeper is to be killed: it is killed all the same.
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join()


def kill_this() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_keeper(folder: Path, after_s: float) -> Callable[[], None]:
    """Return what ends the keeper of this station so many seconds later; at zero, before anything else happens."""
    pid = keeper_of(folder)

    def blow() -> None:
        if after_s:
            threading.Timer(after_s, os.kill, (pid, signal.SIGKILL)).start()
        else:
            os.kill(pid, signal.SIGKILL)

    return blow


def _release(name: str) -> Callable[[Console, str, CountedScreen], object]:
    return lambda console, act, screen: release.release(console, act, name, screen)


VERBS: dict[str, Callable[[Console, str, CountedScreen], object]] = {
    "release_code": _release(CODES),
    "release_password": _release(PASSWORD),
    "release_hotp": _release(HOTP),
    "use_key": lambda console, act, screen: use.use(console, act, RSA_KEY, prepared_jwt(console), screen),
    "drift": lambda console, _a, _s: drift.drift(console, HOTP, HOTP_CODES[4].decode()),
    "attest_time": lambda console, _a, _s: clock.attest(
        console, ["legal-1", "it-1"], to_rfc3339(console.machine.reading().wall_ms)
    ),
    "request": lambda console, _a, _s: filed(console, {"credential": PASSWORD}),
    "approve": lambda console, act, _s: approve(console, act, "it-1"),
    "open": lambda console, act, _s: lifecycle.open_activation(console, act),
    "end": lambda console, act, _s: lifecycle.end(console, act),
    "deny": lambda console, act, _s: approval.deny(console, act, "legal-1", DENIED),
    "seal": lambda console, _a, _s: versions.seal(
        console, "new-one", "password", "standard", bytearray(b"first-secret"), card("new-one")
    ),
    "rotate": lambda console, _a, _s: versions.rotate(console, PASSWORD, bytearray(b"second-secret")),
    "new_log": lambda console, _a, _s: renewal.sign(console, proposed(console), "it-1"),
    "confirm": lambda console, _a, _s: versions.confirm(console, PASSWORD, "it-2", "ticket 17"),
    "seal_kept": lambda console, _a, _s: versions.seal(
        console, "new-one", "password", "standard", bytearray(b"first-secret"), card("new-one")
    ),
    "request_kept": lambda console, _a, _s: filed(console, {"credential": PASSWORD}),
    "confirm_kept": lambda console, _a, _s: versions.confirm(console, PASSWORD, "it-2", "ticket 17"),
    "print_sheets": lambda console, _a, screen: recovery.print_sheets(console, "legal", 2, 2, 1, CountedPress(screen)),
    "erase": lambda console, _a, _s: erase_last(console),
    "sign_step": lambda console, _a, _s: sign_last(console),
    "reseal": lambda console, act, _s: reseal.reseal(console, act),
    "use_sheets": lambda console, act, screen: stand_in.use(
        console, act, "legal", words_in(screen.folder)["legal"], "it-2"
    ),
    "sheets_sign": lambda console, _a, screen: sign_by_sheets(console, words_in(screen.folder)["legal"]),
    "draft_save": lambda console, _a, _s: drafts.save(console, "facts", WHOLE),
    "draft_move": lambda console, _a, _s: drafts.move(console, the_draft(console), SECRET),
    "draft_finish": lambda console, _a, _s: drafts.finish(console, the_draft(console)),
    "draft_discard": lambda console, _a, _s: drafts.discard(console, the_draft(console)),
    "admit": lambda console, _a, _s: counsel.admit(console, ["sheets"], "legal-1"),
}


def _kind(key: str) -> str:
    return key.partition("-")[0]


def _place(path: Path, folder: Path, what: str) -> tuple[str, str]:
    medium, name = path.relative_to(folder).parts[:2]
    return medium, f"{what} {name}"


if __name__ == "__main__":
    serve(run)
