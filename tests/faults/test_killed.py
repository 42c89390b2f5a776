# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every single call that changes or syncs a file: while the reserve records, and while it is merged."""

import errno
import shutil
from itertools import count
from pathlib import Path

import pytest

from console.domain.journal.spool import MERGED, SETTLED
from tests.faults.running import acknowledged, write
from tests.faults.writer import keep, surroundings

pytestmark = [pytest.mark.real, pytest.mark.long]
LOG_FAILS = {"FAULT_FILE": "journal.db-wal", "FAULT_AT": 1, "FAULT_TIMES": 100_000, "FAULT_ERRNO": errno.EIO}


def check(folder: Path, numbers: list[int]) -> int:
    """No alarm, every acknowledged entry once, one settling for each spool; return how many entries there are."""
    around = surroundings(folder)
    with around.record() as recorder:
        assert recorder.alarm() == []
        found = [entry.body["number"] for entry in recorder.entries(type_="activation.noted")]
        assert set(numbers) <= set(found)
        assert len(set(found)) == len(found)
        spools = {entry.body["spool"] for entry in recorder.entries(type_=MERGED)}
        assert spools == {entry.body["spool"] for entry in recorder.entries(type_=SETTLED)}
        assert len(list(recorder.entries(type_=SETTLED))) == len(spools)
        verdict = recorder.verify(deep=True)
        assert verdict["ok"], verdict["findings"]
        size = recorder.size()
    assert not (folder / "mirror" / "journal.spool").exists() and around.heads == []
    with around.record() as recorder:
        assert recorder.size() == size, "a second start found something to do"
    return len(found)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    made = surroundings(folder)
    made.create()
    keep(made)
    write(folder, 0, 2)
    return folder


def test_while_the_reserve_records(base: Path, tmp_path: Path, shim: Path) -> None:
    for point in count(1):
        folder = tmp_path / f"k{point}"
        shutil.copytree(base, folder)
        said, killed = write(folder, 10, 3, LD_PRELOAD=shim, FAULT_FOLDER=folder, KILL_AT=point, **LOG_FAILS)
        assert check(folder, [0, 1, *acknowledged(said)]) >= 2
        shutil.rmtree(folder)
        if not killed:
            assert point > 20 and len(acknowledged(said)) == 3
            return


def test_while_it_is_merged(base: Path, tmp_path: Path, shim: Path) -> None:
    said, _ = write(base, 10, 4, LD_PRELOAD=shim, **LOG_FAILS)
    assert said == [f"{number} reserve" for number in range(10, 14)]
    for point in count(1):
        folder = tmp_path / f"k{point}"
        shutil.copytree(base, folder)
        said, killed = write(folder, 20, 1, LD_PRELOAD=shim, FAULT_FOLDER=folder, KILL_AT=point)
        found = check(folder, [0, 1, 10, 11, 12, 13, *acknowledged(said)])
        assert found in (6, 7)
        shutil.rmtree(folder)
        if not killed:
            assert point > 20 and acknowledged(said) == [20]
            return
