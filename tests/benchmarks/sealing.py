# SPDX-License-Identifier: Apache-2.0
"""Seal, approve, open and release on real SoftHSM2 tokens, as ratios to the bare operations in the same run.

    python tests/benchmarks/sealing.py [--quick] [--json] [--write] [--folder DIR]

What a verb asks of tokens is recorded on its way and then replayed bare: python-pkcs11 in this one process, on a copy
of the same token folders that follows every change, without pipe, without folder guard, without sync. People log in
on both sides at each use, the station's HSM is logged in already on both. Token processes are warm and PINs are
stretched already (Argon2id costs the same on both sides, once per ceremony).

SoftHSM syncs nothing, so the bare token operations would not survive a power cut, and a verb owes more than they do.
The floor is the least that keeps every promise: the same operations, what they wrote synced, one bare SQLCipher commit
for each append to the journal, one synced append to the second medium for each critical one, and each of the station's
files written durably on two media. The ratio to the token operations alone is shown beside (docs/decisions/0028).
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

from console.actions.activation import approval, lifecycle
from console.actions.activation.release import release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.station import lifecycle as station_actions
from console.adapters.hsm.station import Line, StationHsm
from console.adapters.vault import FolderVault
from console.demo.station import card
from console.domain.canonical import Json
from console.domain.frame import Frame
from console.domain.policy.keyholder import TokenKeys
from console.ports.token import Token
from console.wiring.station import Station
from console.wiring.tokens import hsm_address, module_path, person_address, stretcher
from tests.benchmarks.bare_tokens import STATION, Bare, Operation, Owed
from tests.benchmarks.performance import Row, finish, options
from tests.support.activations import justified
from tests.support.stations import PEOPLE, Pins, make_station

TARGET = 2.0
UNLOCKER = "legal-ops-1"
CODES_LEFT_OVER = 4
JOURNAL_AND_FILES = ("append", "fold", "files")


class Record:
    """What was asked since the last ``take``, and the milliseconds that went into each part of the console."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.spent: dict[str, float] = {}
        self.owed = Owed()

    def take(self) -> tuple[list[Operation], dict[str, float], Owed]:
        """Return operations, milliseconds by part, what had to be made durable, and begin anew."""
        taken = self.operations, self.spent, self.owed
        self.operations, self.spent, self.owed = [], {}, Owed()
        return taken

    @contextmanager
    def asking(self, operation: Operation) -> Iterator[None]:
        """Note an operation with its time."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.operations.append(replace(operation, ms=(time.perf_counter() - start) * 1e3))

    @contextmanager
    def spending(self, part: str) -> Iterator[None]:
        """Note the time of a part, without what it asked of tokens and of other parts meanwhile."""
        start, before, inside = time.perf_counter(), len(self.operations), sum(self.spent.values())
        try:
            yield
        finally:
            asked = sum(operation.ms for operation in self.operations[before:])
            other = sum(self.spent.values()) - inside
            spent = (time.perf_counter() - start) * 1e3 - asked - other
            self.spent[part] = self.spent.get(part, 0.0) + spent


# --- on the way -------------------------------------------------------------------------------------------


class WatchedLine:
    """The line to the station's HSM; its own traffic is what the verb and its journal ask."""

    def __init__(self, line: Line, record: Record) -> None:
        self._line = line
        self._record = record

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Pass on."""
        points = tuple(bytes.fromhex(point) for point in cast(Sequence[str], fields.get("points", ())))
        asked = Operation(STATION, verb, str(fields.get("key", "")), bytes(tail or b""), points)
        with self._record.asking(asked):
            return self._line.call(verb, tail, **fields)

    def close(self) -> None:
        """Pass on."""
        self._line.close()


class WatchedToken:
    """A person's token."""

    def __init__(self, token: Token, member: str, record: Record) -> None:
        self._token = token
        self._member = member
        self._record = record

    def sign(self, key: str, digest: bytes) -> bytes:
        """Pass on."""
        with self._record.asking(Operation(self._member, "sign", key, digest)):
            return self._token.sign(key, digest)

    def points(self) -> Mapping[str, bytes]:
        """Pass on; a person does nothing for it."""
        return self._token.points()

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Pass on."""
        with self._record.asking(Operation(self._member, "derive", key, points=tuple(encapsulations))):
            return self._token.decapsulate(key, encapsulations)

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Pass on."""
        verb = "remembered" if value is None else "remember"
        with self._record.asking(Operation(self._member, verb, name, value or b"")):
            return self._token.along(name, value)


class Watched:
    """Any other port: the time of each call goes to ``part``, that of the journal's appends to ``append``."""

    def __init__(self, port: Any, part: str, record: Record) -> None:
        self._port = port
        self._part = part
        self._record = record

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._note(name, arguments, named)
            with self._record.spending("append" if name == "append" else self._part):
                answer = method(*arguments, **named)
                # An iterator would do its work later, on another account.
                return iter(list(answer)) if isinstance(answer, Iterator) else answer

        return call

    def _note(self, name: str, arguments: Sequence[Any], named: Mapping[str, Any]) -> None:
        if name == "append":
            self._record.owed.commits += 1
            self._record.owed.copies += bool(named.get("critical"))
        if name == "write":
            self._record.owed.files.append(len(arguments[1]))


class WatchedStation(Station):
    """A station whose every question to a token is recorded."""

    def watch(self, record: Record) -> None:
        """Begin. Whoever writes the station's files does it by this: the tables of keys, too."""
        self._record = record
        self._vault = cast(
            FolderVault, Watched(FolderVault(self.settings.folder, self.settings.station.mirror), "files", record)
        )

    def token(self, member: str, keys: TokenKeys | None = None) -> Token:
        """Return a person's token, watched."""
        return WatchedToken(super().token(member, keys), member, self._record)

    def _unlocked(self, stack: ExitStack, as_member: str | None) -> StationHsm:
        hsm = StationHsm(WatchedLine(super()._unlocked(stack, as_member)._line, self._record))
        stack.callback(hsm.close)
        return hsm


def watched(console: Console, record: Record) -> Console:
    """Return the console with the time of its parts recorded."""
    return replace(console, journal=Watched(console.journal, "fold", record))


# --- the run ----------------------------------------------------------------------------------------------


class Stage:
    """The station, its bare copy that follows it, and what was measured."""

    def __init__(self, station: WatchedStation, bare: Bare) -> None:
        self.station = station
        self._bare = bare
        self._record = Record()
        self.samples: dict[str, list[dict[str, float]]] = {}
        station.watch(self._record)

    @contextmanager
    def console(self) -> Iterator[Console]:
        """Hold the station; opening it is measured as ``lease``, and the copy follows."""
        start = time.perf_counter()
        with self.station.console() as console:
            self._note("lease", (time.perf_counter() - start) * 1e3)
            yield watched(console, self._record)
        self._bare.replay(self._record.take()[0], Owed())

    def do(self, name: str, run: Callable[[], Any]) -> Any:
        """Run a verb, replay what it asked of tokens, note both."""
        start = time.perf_counter()
        answer = run()
        self._note(name, (time.perf_counter() - start) * 1e3)
        return answer

    def forget(self) -> None:
        """Drop what was measured while everything warmed up."""
        self.samples.clear()

    def _note(self, name: str, ours: float) -> None:
        operations, spent, owed = self._record.take()
        bare, durable = self._bare.replay(operations, owed)
        self.samples.setdefault(name, []).append(
            {
                "ours": ours,
                "floor": durable,
                "bare tokens": bare,
                "calls": len(operations),
                "repeated": _repeated(operations),
                "logins and writes": sum(o.ms for o in operations if o.guarded),
                "reads": sum(o.ms for o in operations if not o.guarded),
                **{part: spent.get(part, 0.0) for part in JOURNAL_AND_FILES},
            }
        )


def _repeated(operations: Sequence[Operation]) -> int:
    """Return how many reads asked again what was known: the same question, and no write to the token in between."""
    known: set[Operation] = set()
    again = 0
    for operation in operations:
        if operation.who == STATION and operation.verb in {"make_key", "destroy_key"}:
            known.clear()
        if operation.verb in {"keys", "derive", "unlocked_by"}:
            question = replace(operation, data=b"", points=())
            again += question in known
            known.add(question)
    return again


class Shown:
    """A ``Screen`` in front of which somebody reads at once."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Say that it was read back."""
        return "read_back"


def measure(folder: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return name -> samples of every verb."""
    with staged(folder) as stage:
        with stage.console() as console:
            for name in ("password-a", "password-b", "password-c"):
                _seal(stage, console, name, "password", b"correct horse battery staple")
            codes = b"\n".join(b"%08d" % number for number in range(rounds + 1 + CODES_LEFT_OVER))
            _seal(stage, console, "codes", "codes", codes)
        for number in range(rounds + 1):
            _round(stage, number)
            if not number:
                stage.forget()
        return stage.samples


def _seal(stage: Stage, console: Console, name: str, kind: str, secret: bytes) -> None:
    def seal() -> object:
        return versions.seal(console, name, kind, "standard", bytearray(secret), card(name), sign_as=UNLOCKER)

    stage.do(f"seal, {kind}", seal)


def _round(stage: Stage, number: int) -> None:
    """One password sealed; one activation of one item and one of four, each approved, opened, one release, ended."""
    with stage.console() as console:
        _seal(stage, console, f"new-{number}", "password", b"correct horse battery staple")
        _emergency(stage, console, "1 item", [{"credential": "password-a"}], "password-a", "release, password")
        four: list[Json] = [
            {"credential": "password-b"},
            {"credential": "password-c"},
            {"credential": "codes", "codes": 2},
        ]
        _emergency(stage, console, "4 items", four, "codes", "release, code")


def _emergency(stage: Stage, console: Console, size: str, items: list[Json], name: str, releasing: str) -> None:
    asked = stage.do("request", lambda: lifecycle.request(console, justified(items)))
    act = str(asked["activation"])
    for member in ("legal-1", "it-1"):
        stage.do(f"approve, {size}", partial(approval.approve, console, act, member))
    stage.do("open", lambda: lifecycle.open_activation(console, act))
    stage.do(releasing, lambda: release(console, act, name, Shown()))
    stage.do("end", lambda: lifecycle.end(console, act))


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Found a station, copy its tokens while nobody uses them, unlock it."""
    settings, pins = make_station(folder)
    station = WatchedStation(settings, Pins(pins))
    station.watch(Record())
    bare_folder = folder / "bare"
    addresses = {STATION: hsm_address(settings), **{m: person_address(settings, m) for m in PEOPLE}}
    for address in addresses.values():
        shutil.copytree(cast(Path, address.folder) / "tokens", bare_folder / "tokens", dirs_exist_ok=True)
    stretched = {m: stretcher(cast(Path, addresses[m].folder))(bytearray(pins[m].encode())) for m in PEOPLE}
    stretched[STATION] = station_actions.open_slot(station.locked, UNLOCKER)
    bare = Bare(module_path("softhsm"), bare_folder, stretched, {who: a.label for who, a in addresses.items()})
    station_actions.unlock(station.locked, UNLOCKER)
    try:
        yield Stage(station, bare)
    finally:
        station_actions.lock(station.locked)
        station.close()


JUDGED = ("seal, password", "approve, 1 item", "approve, 4 items", "open", "release, password", "release, code")


def rows(samples: Mapping[str, Sequence[Mapping[str, float]]]) -> list[Row]:
    """Return the judged verbs, then the others."""
    names = [*JUDGED, *(name for name in samples if name not in JUDGED)]
    return [_row(name, samples[name], TARGET if name in JUDGED else None) for name in names]


def _row(name: str, samples: Sequence[Mapping[str, float]], target: float | None) -> Row:
    medians = {part: median(sample[part] for sample in samples) for part in samples[0]}
    ours, floor = medians.pop("ours"), medians.pop("floor")
    known = sum(medians[part] for part in ("logins and writes", "reads", *JOURNAL_AND_FILES))
    by_tokens = {"by the bare tokens": ours / medians["bare tokens"]}
    return Row(name, ours, floor, target, {**by_tokens, **medians, "rest": ours - known})


def main() -> int:
    """Measure, print, judge."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="bg-", dir=chosen.folder) as folder, suppress(KeyboardInterrupt):
        samples = measure(Path(folder), 2 if chosen.quick else 15)
    return finish("Seal, approve, open, release", rows(samples), chosen)


if __name__ == "__main__":
    sys.exit(main())
