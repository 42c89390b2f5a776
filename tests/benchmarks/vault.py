# SPDX-License-Identifier: Apache-2.0
"""A vault of 1,000 credentials and 8 keyholders: seal one, seal one again, burn one item, list them all.

    python tests/benchmarks/vault.py [--quick] [--json] [--write] [--folder DIR]

The floor of sealing and of sealing again is bare HPKE of the same 8 shares in this process; that of burning is the time
that it may take, 50 ms; that of listing is the same list with 10 credentials. Most of the 1,000 are entries and rows of
the state table whose records were never made: listing reads no record, and burning none. Those that are sealed again
were sealed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from console.actions.activation import lifecycle, reseal
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.entries import by_token, draft
from console.actions.policy import steps
from console.actions.sealed import tables
from console.actions.station import lifecycle as station_actions
from console.demo.station import card, found_station
from console.domain import keys
from console.domain.activation.justification import MAX_ITEMS
from console.domain.canonical import Json
from console.domain.kinds import KINDS
from console.settings import read
from tests.benchmarks.performance import Row, finish, in_turns, options, row, timed
from tests.benchmarks.sealing import Record, WatchedStation, watched
from tests.support.activations import approve, justified
from tests.support.stations import Pins

MANY, FEW = 1000, 10
UNLOCKER = "legal-ops-1"
PEOPLE = {
    **{f"legal-{n}": (f"Anna {letter}. Berg", "legal") for n, letter in enumerate("ABCD", 1)},
    **{f"it-{n}": (f"Carla {letter}. Dietz", "it") for n, letter in enumerate("ABCD", 1)},
    UNLOCKER: ("Eva Falk", "operator"),
}
STRICTER = {"classes": {"standard": {"it": 2, "legal": 1}}}
"""A change under which everything is stale, for the same 8 people."""
QUORUM = ("legal-1", "legal-2", "it-1", "it-2")
APPROVERS = ("legal-1", "it-1", "it-2")
BURN_MS, LIST_TARGET = 50.0, 2.0
SHARE_BYTES, INFO_BYTES = 33, 250
COMMAND = str(Path(sys.executable).with_name("breakglass"))


class Vault:
    """A station with so many credentials, unlocked; everything that it asks of others is timed by parts."""

    def __init__(self, folder: Path, pins: dict[str, str], size: int) -> None:
        self.home = folder / "station"
        self.station = WatchedStation(read(self.home), Pins(pins))
        self._record = Record()
        self.station.watch(self._record)
        station_actions.unlock(self.station.locked, UNLOCKER)
        with self.station.console() as console:
            _fill(console, size)

    def close(self) -> None:
        """Lock, and end every process."""
        station_actions.lock(self.station.locked)
        self.station.close()

    @contextmanager
    def console(self) -> Iterator[Console]:
        """Hold the station."""
        with self.station.console() as console:
            yield watched(console, self._record)

    def timed(self, run: Callable[[], object]) -> dict[str, float]:
        """Return the milliseconds of an act and of its parts."""
        self._record.take()
        ours = timed(run)
        operations, spent, _ = self._record.take()
        parts = {name: spent.get(name, 0.0) for name in ("append", "fold", "files")}
        return {"ours": ours, "tokens": sum(operation.ms for operation in operations), **parts}


def _fill(console: Console, size: int) -> None:
    """Write what a list is made of: an entry and a row of the state table for each credential."""
    by = by_token(UNLOCKER)
    new = [versions._New(f"filled-{n:04d}", KINDS[0], "standard", 1, "sealed") for n in range(size)]
    said = [versions._sealed(console, one, (os.urandom(32),), by) for one in new]
    console.journal.append([draft(console, each, by) for each in said])
    rows = {versions.row_name(one.name, 1, 0): os.urandom(32) for one in new}
    tables.add(console.hsm, console.vault, tables.STATE, rows, keep=lambda _: None)


@contextmanager
def vaults(folder: Path) -> Iterator[tuple[Vault, Vault]]:
    """Found a station for 8 keyholders; lend a copy with many credentials and one with few."""
    base = folder / "base"
    _, pins = found_station(base, people=PEOPLE)
    with ExitStack() as stack:
        made = []
        for size in (MANY, FEW):
            place = folder / str(size)
            shutil.copytree(base, place)
            made.append(Vault(place, pins, size))
            stack.callback(made[-1].close)
        yield made[0], made[1]


# --- what is measured -------------------------------------------------------------------------------------


def measure(folder: Path, rounds: int) -> list[Row]:
    """Return every row."""
    with vaults(folder) as (many, few):
        listed = [*listing(many, few, rounds)]
        names = [f"real-{n:03d}" for n in range(MAX_ITEMS * rounds)]
        points = _points(many)
        sealed = sealing(many, names, points)
        burnt = burning(many, rounds)
        return [sealed, resealing(many, names, points), burnt, *listed]


def sealing(vault: Vault, names: Sequence[str], points: Sequence[bytes]) -> Row:
    """One password, sealed to 8 people."""
    ours, floors = [], []
    with vault.console() as console:
        for name in names:
            seal = partial(
                versions.seal,
                console,
                name,
                "password",
                "standard",
                bytearray(b"correct horse"),
                card(name),
                sign_as=UNLOCKER,
            )
            ours.append(vault.timed(seal))
            floors.append(timed(partial(_bare_hpke, points)))
    return _with_parts(f"seal one, {MANY:,} credentials × 8 keyholders", ours, floors)


def resealing(vault: Vault, names: Sequence[str], points: Sequence[bytes]) -> Row:
    """One item out of a request for 8, sealed again after a change."""
    with vault.console() as console:
        proposal = str(steps.propose_change(console, STRICTER)["proposal"])
    for member in QUORUM:
        with vault.console() as console:
            steps.sign(console, proposal, member)
    ours, floors = [], []
    for start in range(0, len(names), MAX_ITEMS):
        items: list[Json] = [{"credential": n, "stale": True} for n in names[start : start + MAX_ITEMS]]
        with vault.console() as console:
            act = str(lifecycle.request(console, justified(items, releases=12))["activation"])
            approve(console, act, *APPROVERS)
            lifecycle.open_activation(console, act)
            parts = vault.timed(partial(reseal.reseal, console, act, sign_as=UNLOCKER))
        ours.append({name: value / MAX_ITEMS for name, value in parts.items()})
        floors.append(timed(partial(_bare_hpke, points)))
    return _with_parts(f"re-seal one of {MAX_ITEMS} of a request", ours, floors)


def burning(vault: Vault, rounds: int) -> Row:
    """One row of the state table destroyed."""
    ours = []
    with vault.console() as console:
        for n in range(4 * rounds):
            gone = {versions.row_name(f"filled-{n:04d}", 1, 0)}
            burn = partial(tables.burn, console.hsm, console.vault, tables.STATE, gone, keep=None)
            ours.append(vault.timed(burn))
    return _with_parts(f"burn one of {MANY:,} items (floor: 50 ms)", ours, [BURN_MS], target=1.0)


def listing(many: Vault, few: Vault, rounds: int) -> Iterator[Row]:
    """All credentials: by the action, in a lease of its own and in one that has read them before; by the command."""
    ours, floors = in_turns(4 * rounds, *(partial(timed, partial(_list, vault)) for vault in (many, few)))
    yield row(f"list {MANY:,} in a lease of its own (floor: {FEW})", ours, floors, LIST_TARGET)
    with many.station.console() as one, few.station.console() as other:
        ours, floors = in_turns(
            4 * rounds, *(partial(timed, partial(versions.list_credentials, c)) for c in (one, other))
        )
    yield row(f"list {MANY:,} once more in the same lease (floor: {FEW})", ours, floors)
    ours, floors = in_turns(2 * rounds, *(partial(timed, partial(_command, vault)) for vault in (many, few)))
    yield row(f"breakglass credential list, {MANY:,} (floor: {FEW})", ours, floors, LIST_TARGET)


def _list(vault: Vault) -> None:
    with vault.station.console() as console:
        versions.list_credentials(console)


def _command(vault: Vault) -> None:
    asked = (COMMAND, "--station", str(vault.home), "credential", "list")
    subprocess.run(asked, capture_output=True, check=True)


def _points(vault: Vault) -> list[bytes]:
    with vault.console() as console:
        return [member.share for member in console.policy.roster.keyholders()]


def _bare_hpke(points: Sequence[bytes]) -> None:
    for point in points:
        keys.seal_to(point, bytes(SHARE_BYTES), info=bytes(INFO_BYTES))


def _with_parts(
    name: str, ours: Sequence[dict[str, float]], floors: Sequence[float], *, target: float | None = None
) -> Row:
    parts: dict[str, Any] = {part: median(sample[part] for sample in ours) for part in ours[0]}
    total = parts.pop("ours")
    return Row(name, total, median(floors), target, {**parts, "rest": total - sum(parts.values())})


def main() -> int:
    """Measure, print, judge."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="bg-", dir=chosen.folder) as folder:
        rows = measure(Path(folder), 1 if chosen.quick else 4)
    return finish("A vault of 1,000 credentials", rows, chosen)


if __name__ == "__main__":
    sys.exit(main())
