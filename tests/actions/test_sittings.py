# SPDX-License-Identifier: Apache-2.0
"""Each unlock says in its entry how the sitting before ended: what cuts a sitting can write none."""

from collections.abc import Iterator

import pytest

from console.actions.console import Console
from console.actions.station import lifecycle
from console.domain.canonical import Object
from console.wiring.station import Station
from console.wiring.watch import cut_keeper
from tests.support.scenes import UNLOCKER, Scene, sealed_base, staged

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def newest(console: Console) -> Object:
    return next(console.journal.entries(type_=lifecycle.UNLOCKED, newest_first=True, limit=1)).body


def unlocked_again(scene: Scene) -> Object:
    scene.station.unlock(UNLOCKER)
    with scene.console() as console:
        return newest(console)


def test_an_unlock_says_whether_the_sitting_before_was_locked_or_cut(scene: Scene) -> None:
    place = scene.station
    with scene.console() as console:
        lifecycle.note_lock(console)
    lifecycle.lock(place.locked)
    unlocked_again(scene)
    cut_keeper(place.locked.settings)
    assert unlocked_again(scene) == {"sitting": "open", "sitting_before": "cut"}
    with scene.console() as console:
        lifecycle.note_lock(console)
    lifecycle.lock(place.locked)
    with place.console(as_member=UNLOCKER) as console:
        assert newest(console) == {"sitting": "one_command"}
    # A command locks again without an entry: that is no cut.
    assert unlocked_again(scene) == {"sitting": "open", "sitting_before": "locked"}


def test_the_acts_of_one_command_on_a_locked_station_are_one_entry(scene: Scene) -> None:
    lifecycle.lock(scene.station.locked)
    noted = []
    for _ in range(2):
        command = Station(scene.station.settings, scene.station.operator)
        for _ in range(3):
            with command.console(as_member=UNLOCKER) as console:
                noted.append(sum(1 for _ in console.journal.entries(type_=lifecycle.UNLOCKED)))
        command.close()
    assert [n - noted[0] for n in noted] == [0, 0, 0, 1, 1, 1]


def test_without_its_journal_the_station_unlocks_all_the_same(scene: Scene) -> None:
    lifecycle.lock(scene.station.locked)
    for path in scene.home.glob("journal.db*"):
        path.unlink()
    assert scene.station.unlock(UNLOCKER)["alarm"] != []
