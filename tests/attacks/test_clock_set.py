# SPDX-License-Identifier: Apache-2.0
"""The clock set back, across a boot and after it, and keepers ended: no time of an activation is regained or lost."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.actions.activation import approval, lifecycle, release
from console.actions.station import lifecycle as station_actions
from console.domain.errors import Refused
from tests.support.activations import approve, filed, opened_base
from tests.support.clocks import SetClock
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

HALF = 30 * 60
"""Seconds: half of the hour for which the activation of the stage is open."""
SLACK = 20
"""Seconds that the test itself may take."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def scene(clock: SetClock) -> Iterator[Scene]:
    """An activation of an hour, just opened."""
    with staged(opened_base()) as lent:
        lent.station._machine = clock
        yield lent


def left(scene: Scene) -> int:
    """Return the seconds left, as the next process of any kind finds them."""
    with scene.console() as console:
        return int(str(lifecycle.show(console, scene.act)["seconds_left"]))


def pins(scene: Scene) -> int:
    with scene.console() as console:
        return len(list(console.journal.entries(act=scene.act, type_="activation.rebooted")))


def refused_by_clock(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console:
        shown = lifecycle.show(console, scene.act)
        assert (shown["state"], shown["frozen_why"]) == ("frozen", "clock")
        with pytest.raises(Refused, match="frozen_by_clock"):
            release.release(console, scene.act, PASSWORD, paper)
    assert paper.shown == []


def test_the_clock_set_back_after_a_boot(scene: Scene, clock: SetClock) -> None:
    """Half an hour was off. Then somebody sets the wall clock to just after the last entry from before it."""
    whole = left(scene)
    clock.reboot(off_s=HALF)
    half = left(scene)
    assert whole - HALF - SLACK <= half <= whole - HALF
    clock.wall_s -= HALF
    assert left(scene) <= half
    assert pins(scene) == 1


def test_boot_after_boot_with_the_clock_set_back(scene: Scene, clock: SetClock) -> None:
    """Each boot starts just after the last entry: the time that is gone stays gone, and is pinned once a boot."""
    clock.reboot(off_s=HALF)
    before = left(scene)
    for boots in range(2, 5):
        clock.reboot(off_s=0)
        assert left(scene) <= before
        before = left(scene)
        assert pins(scene) == boots


def test_time_off_ends_an_activation(scene: Scene, clock: SetClock) -> None:
    """Set back after the boot that noticed the end: it stays ended, and its key is gone."""
    clock.reboot(off_s=2 * HALF)
    with scene.console() as console:
        assert lifecycle.show(console, scene.act)["state"] == "ended"
        assert lifecycle.key_name(scene.act) not in console.hsm.keys()
    clock.reboot(off_s=-2 * HALF)
    with scene.console() as console:
        assert lifecycle.show(console, scene.act)["state"] == "ended"


def test_a_clock_before_the_last_entry_freezes(scene: Scene, clock: SetClock) -> None:
    """Until both roles go on; neither does alone, nor by waiting, nor by setting the clock right again."""
    clock.reboot(off_s=-HALF)
    refused_by_clock(scene)
    clock.wall_s += HALF
    refused_by_clock(scene)
    with scene.console() as console:
        assert approval.second(console, scene.act, "legal-1", "resume")["missing"] == {"it": 1}
    refused_by_clock(scene)
    with scene.console() as console:
        assert approval.second(console, scene.act, "it-1", "resume")["state"] == "open"
        release.release(console, scene.act, PASSWORD, paper := Paper())
    assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]
    assert 2 * HALF - 2 * SLACK <= left(scene) <= 2 * HALF


@pytest.mark.long
def test_a_keeper_started_after_an_extension(clock: SetClock) -> None:
    """It knows no times: the next process tells it the new end, not the old one, and then the key ends by itself."""
    with staged(sealed_base()) as lent:
        with lent.console() as console:
            # One minute: opening it so long ago must work on a machine that was started just now, too.
            act = filed(console, {"credential": PASSWORD}, minutes=1)
            approve(console, act, "legal-1", "it-1")
        scene = replace(lent, act=act)
        scene.station._machine = clock
        old_end = opened_late(scene, clock, seconds_left=8)
        with scene.console() as console:
            for member in ("legal-1", "it-1"):
                approval.second(console, scene.act, member, "extend", 6)
        station_actions.lock(scene.station.locked)
        scene.restart()
        assert left(scene) > 0
        wait_until(old_end + 2)
        with scene.console() as console:
            release.release(console, scene.act, PASSWORD, paper := Paper())
            assert paper.shown
            wait_until(old_end + 6 + 3)
            assert lifecycle.key_name(scene.act) not in console.hsm.keys()
        with scene.console() as console:
            assert lifecycle.show(console, scene.act)["state"] == "ended"


def opened_late(scene: Scene, clock: SetClock, *, seconds_left: int) -> float:
    """Open the activation so long ago that so many seconds are left; return its end on this process' clock."""
    with scene.console() as console:
        seconds = lifecycle.load(console, scene.act).seconds
        clock.up_s = seconds_left - seconds
        end = time.monotonic() + seconds_left
        lifecycle.open_activation(console, scene.act)
    clock.up_s = 0
    return end


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
