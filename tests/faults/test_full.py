# SPDX-License-Identifier: Apache-2.0
"""Disks that are full at every stage: before a commit, in the WAL, at the checkpoint, at the mirror, at the spool.

The room that is left is walked block by block, so that the end falls on every single write.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from console.adapters.journal.recorder import Recorder
from console.domain.errors import ConsoleError, Unavailable
from tests.faults.volumes import Volume, volume
from tests.support.journals import Surroundings, draft, findings

pytestmark = [pytest.mark.real, pytest.mark.long]
LEFT = (*range(0, 12), 14, 17, 20, 24, 32)
BALLAST = 64 * 1024


class Disks:
    """A journal on one small disk, its second medium on another."""

    def __init__(self, home: Volume, medium: Volume) -> None:
        self.home, self.medium = home, medium
        (home.at / "mirror").symlink_to(medium.at)
        self.around = Surroundings(home.at)
        self.around.create()

    def record(self) -> Recorder:
        return self.around.record()

    def append(self, recorder: Recorder, number: int) -> bool:
        """Append one entry; return whether it was acknowledged."""
        try:
            recorder.append(
                [draft(number, body={"number": number}, fields={"why": "x" * 300})], critical=number % 2 == 0
            )
        except Unavailable as error:
            assert error.code == "write_on_paper"
            return False
        return True

    def check(self, acknowledged: list[int]) -> None:
        """With room again: every acknowledged entry once, nothing twice, no alarm, and all of it verifies."""
        self.home.empty()
        self.medium.empty()
        with self.record() as recorder:
            assert recorder.alarm() == []
            assert recorder.light() == "recording"
            found = list(recorder.entries(type_="activation.noted"))
            numbers = [entry.body["number"] for entry in found]
            assert len(set(numbers)) == len(numbers)
            assert set(acknowledged) <= set(numbers)
            assert all(recorder.open_fields(entry) == {"why": "x" * 300} for entry in found)
            verdict = recorder.verify(deep=True)
            assert verdict["ok"], verdict["findings"]
        assert not (self.medium.at / "journal.spool").exists()
        assert self.around.heads == []


@pytest.fixture(scope="module")
def volumes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Volume, Volume]]:
    folder = tmp_path_factory.mktemp("disks")
    with volume(folder, "home") as home, volume(folder, "medium") as medium:
        yield home, medium


@pytest.fixture
def disks(volumes: tuple[Volume, Volume]) -> Disks:
    for each in volumes:
        for file in each.at.iterdir():
            if file.name != "lost+found":
                file.unlink()
    return Disks(*volumes)


def written(disks: Disks, count: int = 3) -> list[int]:
    with disks.record() as recorder:
        return [number for number in range(count) if disks.append(recorder, number)]


@pytest.mark.parametrize("left", LEFT)
def test_the_log_s_disk_is_full(disks: Disks, left: int) -> None:
    """The log, the room kept in reserve, then the second medium: nobody is refused."""
    acknowledged = written(disks)
    disks.home.fill(left)
    for first in (10, 40):
        with disks.record() as recorder:
            numbers = range(first, first + 24)
            got = [number for number in numbers if disks.append(recorder, number)]
            assert got == list(numbers)
            acknowledged += got
    disks.check(acknowledged)


@pytest.mark.parametrize("left", LEFT)
def test_both_disks_are_full(disks: Disks, left: int) -> None:
    """What is answered is there; what is not, is refused with the word to write on paper."""
    acknowledged = written(disks)
    disks.home.fill(0)
    disks.medium.fill(left)
    with disks.record() as recorder:
        got = [number for number in range(10, 210) if disks.append(recorder, number)]
        assert got == list(range(10, 10 + len(got))), "refused, then taken, then refused"
        assert len(got) < 200 and recorder.light() == "paper"
    disks.check(acknowledged + got)


def test_the_tail_finds_no_room_in_the_file_when_the_log_is_closed(disks: Disks) -> None:
    """The WAL has it, the database does not grow any more: nothing is lost, and closing costs nobody an error."""
    with disks.record() as recorder:
        acknowledged = [number for number in range(200) if disks.append(recorder, number)]
        disks.home.fill(0)
    assert len(acknowledged) == 200
    with disks.record() as recorder, suppress(ConsoleError):
        acknowledged += [number for number in range(200, 210) if disks.append(recorder, number)]
    disks.check(acknowledged)


def test_the_second_medium_is_full_and_the_log_is_not(disks: Disks) -> None:
    """The mirror is owed, said, and made up for."""
    acknowledged = written(disks)
    disks.medium.fill(0)
    with disks.record() as recorder:
        acknowledged += [number for number in range(10, 40) if disks.append(recorder, number)]
        assert "mirror_missing" in [f["code"] for f in findings(recorder.status())]
    assert len(acknowledged) == 33
    disks.check(acknowledged)
    with disks.record() as recorder:
        assert recorder.status()["findings"] == []


def test_full_and_room_again_are_written_down_and_the_reserve_is_held_again(disks: Disks, tmp_path: Path) -> None:
    written(disks)
    disks.home.fill(4)
    with disks.record() as recorder:
        for number in range(10, 30):
            disks.append(recorder, number)
    disks.home.empty()
    with disks.record() as recorder:
        types = [entry.type for entry in recorder.entries()]
        assert types.count("recording.disk_full") == 1
        assert types.count("recording.disk_room") == 1
    assert (disks.home.at / "journal.db.ballast").stat().st_size == BALLAST
