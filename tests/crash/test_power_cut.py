# SPDX-License-Identifier: Apache-2.0
"""Power cuts at random moments, and in the middle of a login, an anchor and a burn, on ext4 and on xfs.

The station's folder lies on one file system, the second medium on the other. A cut shuts both down without a flush and
ends every process at once; then they are mounted again, somebody unlocks, and everything is compared with what had been
promised before the cut. Nothing that was said after it counts: during a shutdown ext4 may let one last sync succeed.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.settings import read
from console.wiring.station import Station
from tests.crash.conftest import Loads
from tests.crash.counts import CUTS
from tests.crash.evidence import Ear, Evidence, Line, end
from tests.crash.scenes import crash_base
from tests.crash.volumes import Volume, cut_power, two_volumes, why_not
from tests.support.aftermath import release_all
from tests.support.scenes import CODES, UNLOCKER, Base, Scene, lock, pins_of, station_pin
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]

CUTS_PER_STATION = 10
KINDS = ("ext4", "xfs")
ALL_CODES = 8
"""More than the activation asked for."""
# After what a load says, and at most so many seconds later; None: any time from its start.
MOMENTS = (
    (None, 1.2),
    ("login", 0.25),
    ("login", 0.06),
    ("anchoring", 0.012),
    ("anchoring", 0.006),
    ("burning", 0.03),
    ("burning", 0.012),
    ("burning", 0.006),
    ("open", 0.3),
    ("open", 0.1),
)
MOST_BEFORE = 3
"""How often that is let pass, at most."""


@pytest.fixture
def work() -> Iterator[Path]:
    """Lend a short path: a socket's ends at 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="bg-cut-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("number", range(CUTS // CUTS_PER_STATION // len(KINDS)))
@pytest.mark.parametrize("kind", KINDS)
def test_power_cuts(loads: Loads, work: Path, kind: str, number: int) -> None:
    """Whatever was promised is there; the token, the tables and the second medium fit; no code comes twice."""
    if reason := why_not(work):
        pytest.skip(reason)
    (other,) = set(KINDS) - {kind}
    chance, evidence = random.Random(f"{kind} {number}"), Evidence()
    with two_volumes(kind, other, work) as volumes:
        base, folder = crash_base(), volumes[0].at
        shutil.copytree(base.folder, folder, dirs_exist_ok=True)
        os.sync()
        for moment in MOMENTS[:CUTS_PER_STATION]:
            heard = cut_one(loads, base, volumes, chance, moment)
            with reopened(base, folder) as scene, scene.console() as console:
                evidence.check(console, heard, scene.sealed)
        with reopened(base, folder) as scene:
            left, _ = release_all(scene, CODES, ALL_CODES)
            evidence.check_shown([(CODES, code.decode()) for code in left], scene.sealed)
    assert evidence.acknowledged > CUTS_PER_STATION


def test_syncs_left_out_are_found_out(loads: Loads, work: Path) -> None:
    """The same cut, and a console that syncs nothing: what it promised is gone, and the station says so."""
    if reason := why_not(work):
        pytest.skip(reason)
    with two_volumes("ext4", "xfs", work) as volumes:
        base, folder = crash_base(), volumes[0].at
        shutil.copytree(base.folder, folder, dirs_exist_ok=True)
        os.sync()
        heard = cut_one(loads, base, volumes, random.Random(1), ("anchored", 0.1), lies=True)
        assert any(line["what"] == "ack" for line in heard)
        with reopened(base, folder) as scene, scene.console() as console:
            assert console.journal.alarm() == ["shorter_than_anchor"]
            with pytest.raises(AssertionError):
                Evidence().check(console, heard, scene.sealed)


def cut_one(
    loads: Loads,
    base: Base,
    volumes: Sequence[Volume],
    chance: random.Random,
    moment: tuple[str | None, float],
    *,
    lies: bool = False,
) -> list[Line]:
    """Let a load unlock and write, cut the power, mount again; return what it had said before the cut."""
    home, medium = volumes
    ear, (what, longest) = Ear(home.at.with_name("told")), moment
    shut = [volume.descriptor() for volume in volumes]
    chance.shuffle(shut)
    loads.start(
        home.at,
        base.act,
        ear.path,
        "logins" if what == "login" else "mixed",
        alone=True,
        seed=chance.randrange(1 << 32),
        pin=station_pin().hex(),
        lies=lies,
    )
    first = os.pidfd_open(int(ear.wait_for("process")["pid"]))
    for _ in range(chance.randint(1, MOST_BEFORE) if what else 0):
        ear.wait_for(str(what))
    ear.wait(chance.uniform(0, longest))
    at = cut_power(*shut)
    end(first)
    loads.ended()
    for volume in (medium, home):
        volume.unmount()
    for volume in (home, medium):
        volume.mount()
    return [line for line in ear.all() if line["at"] < at]


@contextmanager
def reopened(base: Base, folder: Path) -> Iterator[Scene]:
    """Lend the station after a cut, unlocked by somebody; it is locked again."""
    station = Station(read(folder / "station"), Pins(pins_of(folder)))
    try:
        station.locked.keepers.start(bytearray(station_pin()), UNLOCKER)
        yield Scene(folder, station, base.sealed, base.act)
    finally:
        lock(station)
        station.close()
