# SPDX-License-Identifier: Apache-2.0
"""Kill -9 at random moments of a station that writes as fast as it can: nothing promised is lost, nothing is twice.

``tests/kill`` cuts before each durable step; here nobody knows where the cut falls. One station in four loses its
keeper as well, at the same moment or alone.
"""

import os
import random
import signal

import pytest

from tests.crash.conftest import Loads
from tests.crash.counts import KILLS
from tests.crash.evidence import Ear, Evidence, end
from tests.crash.scenes import crash_base
from tests.support.keepers import keeper_of
from tests.support.scenes import Scene, staged

pytestmark = [pytest.mark.real, pytest.mark.long]

KILLS_PER_STATION = 20
LONGEST_SECONDS = 0.6
VICTIMS = ("console", "console", "console", "console", "console", "console", "keeper", "both")


@pytest.mark.parametrize("station", range(KILLS // KILLS_PER_STATION))
def test_kills_at_random(loads: Loads, station: int) -> None:
    """Each kill is followed by the opening that anybody would do next, and by a check of everything."""
    chance, evidence = random.Random(station), Evidence()
    with staged(crash_base()) as scene:
        for _ in range(KILLS_PER_STATION):
            seed = chance.randrange(1 << 32)
            kill_one(loads, scene, evidence, random.Random(seed))
    assert evidence.acknowledged > KILLS_PER_STATION


def kill_one(loads: Loads, scene: Scene, evidence: Evidence, chance: random.Random) -> None:
    """Let a load write for a moment, kill, and open the station again."""
    ear, victim = Ear(scene.folder / "told"), chance.choice(VICTIMS)
    keeper = os.pidfd_open(keeper_of(scene.folder))
    loads.start(scene.folder, scene.act, ear.path, "mixed", alone=False, seed=chance.randrange(1 << 32))
    console = os.pidfd_open(int(ear.wait_for("process")["pid"]))
    ear.wait(chance.uniform(0, LONGEST_SECONDS))
    if victim != "console":
        signal.pidfd_send_signal(keeper, signal.SIGKILL)
    if victim == "keeper":
        ear.wait(chance.uniform(0, 0.05))
    end(console)
    loads.ended()
    lines = ear.all()
    if victim != "console":
        scene.restart()
    with scene.console() as opened:
        evidence.check(opened, lines, scene.sealed)
    os.close(keeper)
