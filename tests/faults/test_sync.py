# SPDX-License-Identifier: Apache-2.0
"""A sync that fails: EIO and ENOSPC at the n-th fsync of a chosen file, by a shim in front of the C library."""

import errno
from pathlib import Path

import pytest

from tests.faults.running import acknowledged, write
from tests.faults.writer import keep, surroundings
from tests.support.journals import Surroundings

pytestmark = [pytest.mark.real, pytest.mark.long]
FILES = ("journal.db-wal", "journal.db", "journal.mirror", "journal.spool", "/mirror")
FOREVER = 100_000


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    made = surroundings(tmp_path)
    made.create()
    keep(made)
    return made


def check(folder: Path, numbers: list[int]) -> None:
    """Without faults: no alarm, every acknowledged entry once, none twice."""
    around = surroundings(folder)
    with around.record() as recorder:
        assert recorder.alarm() == []
        assert recorder.light() == "recording"
        found = [entry.body["number"] for entry in recorder.entries(type_="activation.noted")]
        assert set(numbers) <= set(found)
        assert len(set(found)) == len(found)
        verdict = recorder.verify(deep=True)
        assert verdict["ok"], verdict["findings"]
        assert recorder.status()["findings"] == []


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
@pytest.mark.parametrize("times", [1, FOREVER], ids=["once", "from then on"])
@pytest.mark.parametrize("at", [1, 2, 5])
@pytest.mark.parametrize("file", FILES)
def test_nothing_acknowledged_is_lost(
    around: Surroundings, shim: Path, file: str, at: int, times: int, number: int
) -> None:
    fault = {"FAULT_FILE": file, "FAULT_AT": at, "FAULT_TIMES": times, "FAULT_ERRNO": number}
    said, _ = write(around.folder, 0, 8, LD_PRELOAD=shim, **fault)
    assert len(acknowledged(said)) == 8, said
    check(around.folder, acknowledged(said))


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_a_log_that_cannot_sync_writes_to_the_reserve(around: Surroundings, shim: Path, number: int) -> None:
    fault = {"FAULT_FILE": "journal.db-wal", "FAULT_AT": 1, "FAULT_TIMES": FOREVER, "FAULT_ERRNO": number}
    said, _ = write(around.folder, 0, 6, LD_PRELOAD=shim, **fault)
    assert said == [f"{n} reserve" for n in range(6)]
    assert (around.mirror / "journal.spool").exists()
    check(around.folder, acknowledged(said))


@pytest.mark.parametrize("at", [1, 2, 4])
def test_when_neither_can_sync_it_says_so(around: Surroundings, shim: Path, at: int) -> None:
    """``.``: every file whose name ends so, from the n-th sync on."""
    fault = {"FAULT_FILE": "", "FAULT_AT": at, "FAULT_TIMES": FOREVER, "FAULT_ERRNO": errno.EIO}
    said, _ = write(around.folder, 0, 6, LD_PRELOAD=shim, **fault)
    assert set(said[at:]) == {"refused write_on_paper"}, said
    check(around.folder, acknowledged(said))
