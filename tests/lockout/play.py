# SPDX-License-Identifier: Apache-2.0
"""Lose things for real, then open what is left in every way that people have: on real tokens, files, sheets.

Nothing here asks the matrix: it does what the administrator's guide says, step by step, and sees whether the secret
comes out. What it finds is what ``docs/lockout.md`` says, and what the matrix is held against.
"""

import functools
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.actions.activation import lifecycle, release, stand_in
from console.actions.backup import copy, restore
from console.actions.console import Console
from console.actions.journal import renewal
from console.actions.station import lifecycle as station_actions
from console.adapters.slip39 import WordSheets
from console.domain.errors import ConsoleError
from console.settings import read
from console.wiring.station import Station, backup_folder
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, Base, Scene, keep, pins_of, staged
from tests.support.screens import Paper
from tests.support.sheets import NEW_CODES, RECOVERABLE, recovery_base, words_of
from tests.support.stations import Pins
from tests.support.waits import wait_until_left

PEOPLE = ("legal-1", "legal-2", "it-1", "it-2", "legal-ops-1")
GROUPS = {"legal": ("legal-1", "legal-2"), "it": ("it-1", "it-2")}
NEEDED = {RECOVERABLE: {"legal": 2, "it": 1}, PASSWORD: {"legal": 1, "it": 1}, NEW_CODES: {"legal": 1, "it": 1}}
"""What is opened: a password that needs two of Legal, one sealed before there were sheets, a list of codes."""
SINGLE = (
    "hsm",
    "disk",
    "mirror",
    "backup",
    "database",
    "sheets:legal",
    "sheets:it",
    "sheets:station",
    *(f"token:{member}" for member in PEOPLE),
    *(f"person:{member}" for member in PEOPLE),
)
LAPTOP = ("disk", "mirror", "backup")
"""A laptop that is gone with its second medium in it, where no backup lies elsewhere."""
BACKUP = "backup-elsewhere"
"""The folder beside the station in which its backup lies."""
PAIRED = tuple(loss for loss in SINGLE if not loss.startswith("person:"))
KEPT_BY = {"legal": ("legal-1", "legal-2"), "it": ("it-1",), "station": ("legal-1", "legal-2", "it-1", "it-2")}
"""Whose sheets they are, in the order of the words beside the scene."""


@dataclass
class Left:
    """A station after its losses: the tokens and words that are left."""

    folder: Path
    sealed: dict[str, bytes]
    tokens: list[str]
    words: dict[str, list[list[str]]]
    steps: list[str] = field(default_factory=list)
    """What it took, in words."""

    @property
    def home(self) -> Path:
        """The station's folder."""
        return self.folder / "station"

    def of(self, group: str) -> list[str]:
        """Return whose tokens of a group are left."""
        return [member for member in GROUPS[group] if member in self.tokens]


def lose(scene: Scene, losses: Sequence[str]) -> Left:
    """Lock the station, then take these things away for good."""
    station_actions.lock(scene.station.locked)
    scene.station.close()
    wait_until_left(scene.home)
    left = Left(scene.folder, scene.sealed, list(PEOPLE), words_of(scene))
    for loss in losses:
        kind, _, who = loss.partition(":")
        _LOSE[kind](left, who)
    return left


def _lose_hsm(left: Left, _: str) -> None:
    shutil.rmtree(left.home / "hsm", ignore_errors=True)


def _lose_disk(left: Left, _: str) -> None:
    """Everything in the station's folder; the station file is what an administrator writes again."""
    config = (left.home / "station.toml").read_bytes()
    shutil.rmtree(left.home)
    left.home.mkdir(mode=0o700)
    (left.home / "station.toml").write_bytes(config)


def _lose_mirror(left: Left, _: str) -> None:
    shutil.rmtree(left.folder / "mirror")
    (left.folder / "mirror").mkdir(mode=0o700)


def _lose_backup(left: Left, _: str) -> None:
    shutil.rmtree(left.folder / BACKUP)


def _lose_database(left: Left, _: str) -> None:
    for path in left.home.glob("journal.db*"):
        path.unlink()


def _lose_token(left: Left, member: str) -> None:
    shutil.rmtree(left.folder / "tokens" / member, ignore_errors=True)
    left.tokens = [other for other in left.tokens if other != member]


def _lose_sheets(left: Left, slot: str) -> None:
    left.words[slot] = []


def _lose_person(left: Left, member: str) -> None:
    _lose_token(left, member)
    for slot, keepers in KEPT_BY.items():
        words = left.words[slot]
        left.words[slot] = [w for keeper, w in zip(keepers, words, strict=False) if keeper != member]


_LOSE = {
    "hsm": _lose_hsm,
    "disk": _lose_disk,
    "mirror": _lose_mirror,
    "backup": _lose_backup,
    "database": _lose_database,
    "token": _lose_token,
    "sheets": _lose_sheets,
    "person": _lose_person,
}


@functools.cache
def backed_base() -> Base:
    """A station with sheets in force, and beside it a backup of all that is sealed."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            copy.make(console, backup_folder(scene.folder / BACKUP, scene.home, same_disk=True))
        return keep(scene, "backed", "")


@contextmanager
def after(losses: Sequence[str]) -> Iterator[Left]:
    """Lend a station with sheets in force, and a backup of it, after these losses."""
    with staged(backed_base()) as scene:
        yield lose(scene, losses)


@dataclass(frozen=True)
class Played:
    """What came of opening one credential: why it did not open (None: it did), and the steps that it took."""

    why_not: str | None
    steps: tuple[str, ...]


def played(losses: Sequence[str]) -> dict[str, Played]:
    """Lose these things, then open each credential in whatever way is left."""
    with after(losses) as left:
        station = Station(read(left.home), Pins(pins_of(left.folder)))
        try:
            why = _tried(lambda: _make_ready(left, station))
            before, left.steps = tuple(left.steps), []
            return {name: _opened(left, station, name, why, before) for name in NEEDED}
        finally:
            station_actions.lock(station.locked)
            station.close()


def _opened(left: Left, station: Station, name: str, why: str | None, before: tuple[str, ...]) -> Played:
    left.steps = []
    why = why or _tried(lambda: _first_secret(left, station, name))
    return Played(why, (*before, *left.steps))


def _tried(act: Callable[[], None]) -> str | None:
    try:
        act()
    except ConsoleError as error:
        return error.code
    except Stuck as error:
        return str(error)
    return None


def _make_ready(left: Left, station: Station) -> None:
    _make_whole(left, station)
    _unlock(left, station)
    _begin_log(left, station)


class Stuck(Exception):
    """There is nobody or nothing left to go on with."""


def _make_whole(left: Left, station: Station) -> None:
    if not (left.home / "genesis.json").exists():
        _put_back(left, station)
    if not (left.home / "hsm").exists():
        restore.new_hsm(station.locked, WordSheets(), left.words["station"])
        left.steps.append("the station's sheets make a new security module")


def _put_back(left: Left, station: Station) -> None:
    mirror = backup_folder(station.settings.station.mirror, left.home)
    if mirror.names(""):
        restore.put_back(station.locked, mirror, mirror)
        left.steps.append("the files come back from the second medium")
        return
    medium = backup_folder(left.folder / BACKUP, left.home)
    if not medium.names(""):
        raise Stuck("disk, second medium and backup are gone")
    restore.put_back(station.locked, medium, mirror)
    left.steps.append("the files come back from the backup")


def _unlock(left: Left, station: Station) -> None:
    if not left.tokens:
        raise Stuck("nobody is left who unlocks the station")
    station.unlock(left.tokens[-1])


def _begin_log(left: Left, station: Station) -> None:
    with station.console() as console:
        if not console.journal.alarm():
            return
        id_ = str(renewal.propose(console)["renewal"])
        left.steps.append("a new log is begun by the groups' signatures")
        # As many as it takes, of those who are left.
        for group in GROUPS:
            for member in left.of(group):
                (known,) = renewal.proposals(console.vault, console.policy)
                is_needed = known.missing(console.policy)[group] > 0
                if is_needed and renewal.sign(console, id_, member)["in_force"]:
                    return
        raise Stuck("too few tokens are left to sign the new log")


def _first_secret(left: Left, station: Station, name: str) -> None:
    paper = Paper()
    with station.console() as console:
        act = filed(console, {"credential": name})
        _decide(left, console, act, name)
        lifecycle.open_activation(console, act)
        release.release(console, act, name, paper)
    assert paper.shown[0][1] == left.sealed[name].split(b"\n")[0]


def _decide(left: Left, console: Console, act: str, name: str) -> None:
    for group, needed in NEEDED[name].items():
        people = left.of(group)
        if len(people) >= needed:
            approve(console, act, *people[:needed])
            continue
        (other,) = set(GROUPS) - {group}
        if not left.of(other):
            raise Stuck("no group is left to witness the other one's sheets")
        stand_in.use(console, act, group, left.words[group], left.of(other)[0])
        left.steps.append(f"the sheets of {group} stand in")
