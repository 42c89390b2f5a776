# SPDX-License-Identifier: Apache-2.0
"""Wrong PINs while the station is locked: kept sealed and chained, written down as claimed at the next unlock."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions.journal import before_unlock, reading
from console.actions.station import lifecycle
from console.domain.entries.entry import Entry
from console.domain.errors import Refused
from console.wiring.station import Station
from tests.support.alarms import delete_journal, renewed
from tests.support.scenes import UNLOCKER, Scene, lock, sealed_base, staged
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        lock(lent.station)
        yield lent


def wrong(scene: Scene, member: str, times: int = 1) -> None:
    """Try to unlock with a wrong PIN, each time in another face."""
    for _ in range(times):
        face = Station(scene.station.settings, Pins({member: "000-wrong"}))
        with pytest.raises(Refused, match="pin_"):
            lifecycle.unlock(face.locked, member)
        face.close()


def told(scene: Scene) -> list[Entry]:
    scene.restart()
    with scene.console() as console:
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
        found = list(console.journal.entries(type_=before_unlock.REFUSED))
        members = [console.journal.open_fields(entry).get("member") for entry in found]
        assert set(members) <= {"it-1", UNLOCKER, None}
    assert kept(scene.home) == kept(scene.folder / "mirror") == []
    return found


def kept(folder: Path) -> list[Path]:
    return sorted((folder / before_unlock.FOLDER).glob("*.json"))


def test_each_is_written_down_once_as_claimed(scene: Scene) -> None:
    wrong(scene, "it-1", 2)
    assert len(kept(scene.home)) == len(kept(scene.folder / "mirror")) == 2
    assert not any(b"it-1" in file.read_bytes() or b"pin" in file.read_bytes() for file in kept(scene.home))
    found = told(scene)
    assert [(e.proof, e.body["why"], e.body["chain"], e.body["n"]) for e in found] == [
        ("claimed", "pin_wrong", "whole", 0),
        ("claimed", "pin_wrong", "whole", 1),
    ]
    with scene.console() as console:
        assert len(list(console.journal.entries(type_=before_unlock.REFUSED))) == 2


def test_what_a_crash_left_is_not_written_down_twice(scene: Scene) -> None:
    wrong(scene, "it-1")
    (file,) = kept(scene.home)
    data = file.read_bytes()
    assert len(told(scene)) == 1
    file.write_bytes(data)
    assert len(told_again(scene)) == 1


def told_again(scene: Scene) -> list[Entry]:
    with scene.console() as console:
        found = list(console.journal.entries(type_=before_unlock.REFUSED))
    assert kept(scene.home) == []
    return found


def test_one_taken_out_of_the_middle_or_changed_breaks_the_chain(scene: Scene) -> None:
    wrong(scene, "it-1", 3)
    first, second, third = kept(scene.home)
    second.unlink()
    (scene.folder / "mirror" / second.relative_to(scene.home)).unlink()
    changed = json.loads(third.read_text())
    third.write_text(json.dumps({**changed, "sealed": "AAAA"}, separators=(",", ":"), sort_keys=True))
    assert first.exists()
    assert [(e.body["n"], e.body["chain"]) for e in told(scene)] == [(0, "whole"), (2, "broken")]


def test_who_unlocked_under_the_alarm_is_told_in_the_new_log(scene: Scene) -> None:
    """However often: only the new log can say it, and says it once, before anything else happens there."""
    delete_journal(scene)
    for member in (UNLOCKER, "it-1"):
        assert scene.station.unlock(member)["alarm"]
        lock(scene.station)
    command = Station(scene.station.settings, scene.station.operator)
    for _ in range(2):
        with command.console(as_member="legal-1") as console:
            assert console.journal.alarm()
    command.close()
    assert len(kept(scene.home)) == 3
    scene.restart()
    renewed(scene)
    with scene.console() as console:
        found = list(console.journal.entries(type_=before_unlock.UNDER_ALARM))
        members = [console.journal.open_fields(entry)["member"] for entry in found]
        assert members == [UNLOCKER, "it-1", "legal-1"]
        assert {(e.proof, e.body["why"], e.body["chain"]) for e in found} == {("claimed", "under_alarm", "whole")}
        assert reading.verify(console, deep=True)["ok"]
    with scene.console() as console:
        assert len(list(console.journal.entries(type_=before_unlock.UNDER_ALARM))) == 3
    assert kept(scene.home) == []


def test_a_missing_second_medium_stops_nothing(scene: Scene) -> None:
    mirror = scene.folder / "mirror"
    shutil.move(mirror, scene.folder / "away")
    wrong(scene, "it-1")
    shutil.move(scene.folder / "away", mirror)
    assert len(told(scene)) == 1
