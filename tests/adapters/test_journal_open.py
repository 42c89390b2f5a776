# SPDX-License-Identifier: Apache-2.0
"""What the journal refuses to open, the lease, and a full disk."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.adapters.journal.journal import create, open_journal
from console.adapters.journal.lease import lease
from console.domain.errors import Corrupt, Refused, Unavailable
from tests.support.journals import DATABASE_KEY, Surroundings, draft, findings

pytestmark = pytest.mark.real
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    result = Surroundings(tmp_path)
    result.create()
    return result


def test_it_is_made_once(around: Surroundings) -> None:
    with pytest.raises(Refused, match="journal_exists"):
        around.create()
    assert around.database.stat().st_mode & 0o777 == 0o600


def test_nothing_is_made_by_opening(around: Surroundings) -> None:
    around.database.unlink()
    with pytest.raises(Corrupt, match="journal_missing"):
        around.open()
    assert not around.database.exists()


def test_an_empty_file_is_no_journal(around: Surroundings) -> None:
    around.database.write_bytes(b"")
    with pytest.raises(Corrupt, match="journal_missing"):
        around.open()


def test_another_key_is_refused(around: Surroundings) -> None:
    with pytest.raises(Corrupt, match="journal_key_wrong"):
        open_journal(around.database, bytearray(32), around.needs())


def test_a_plaintext_database_is_refused(around: Surroundings) -> None:
    around.database.unlink()
    with sqlite3.connect(around.database) as db:
        db.execute("CREATE TABLE entry(seq)")
    db.close()
    with pytest.raises(Corrupt, match="journal_not_encrypted"):
        around.open()


@pytest.mark.parametrize("change", [{"log": "example.org/other/log-1"}, {"mode": "real"}])
def test_the_journal_of_another_station_is_refused(around: Surroundings, change: dict[str, str]) -> None:
    other = Surroundings(around.folder, **change)  # type: ignore[arg-type]
    with pytest.raises(Corrupt, match="journal_of_another_station"):
        other.open()


def test_a_text_file_is_refused(around: Surroundings) -> None:
    around.database.write_bytes(b"not a database at all, but long enough to be one" * 100)
    with pytest.raises(Corrupt):
        around.open()


def test_the_lease_excludes_and_names_its_holder(tmp_path: Path) -> None:
    with lease(tmp_path), pytest.raises(Unavailable, match="station_in_use") as caught, lease(tmp_path, 0.05):
        raise AssertionError
    assert caught.value.facts == {"holder": str(os.getpid())}
    with lease(tmp_path, 0):
        pass


def test_the_lease_waits_for_its_turn(tmp_path: Path) -> None:
    order: list[str] = []
    taken = threading.Event()

    def hold() -> None:
        with lease(tmp_path):
            taken.set()
            threading.Event().wait(0.1)
            order.append("first")

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    taken.wait()
    with lease(tmp_path):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


APPENDER = """
import sys
from pathlib import Path
from console.adapters.journal.lease import lease
from tests.support.journals import Surroundings, draft
folder, count = Path(sys.argv[1]), int(sys.argv[2])
around = Surroundings(folder)
note = folder / "anchor"
for number in range(count):
    with lease(folder):
        around.anchored[:] = [note.read_bytes()] if note.exists() else []
        with around.open() as journal:
            journal.append([draft(number)], critical=number % 5 == 0)
        note.write_bytes(around.anchored[0])
"""


def test_two_processes_append_side_by_side(around: Surroundings) -> None:
    command = [sys.executable, "-c", APPENDER, str(around.folder), "15"]
    children = [subprocess.Popen(command, cwd=PROJECT) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    around.anchored[:] = [(around.folder / "anchor").read_bytes()]
    with around.open() as journal:
        assert journal.size() == 30
        assert journal.verify(deep=True)["ok"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill_up(folder: Path) -> int:
    """Fill the disk to the last byte and return how much that was."""
    written = 0
    with (folder / "filler").open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    written += file.write(b"x" * size)
            except OSError:
                continue
    return written


def test_a_full_disk_loses_nothing_and_leaves_room_for_the_last_word(small_disk: Path, tmp_path: Path) -> None:
    around = Surroundings(small_disk)
    around.create()
    acknowledged = 0
    # The mirror lies on this disk too and takes from what the reserve sets free.
    with around.open(ballast_bytes=512 * 1024) as journal:
        with pytest.raises(Unavailable, match="disk_full"):
            for number in range(100_000):
                acknowledged = journal.append([draft(number)])[0].seq + 1
        assert journal.size() == acknowledged
        assert {"code": "disk_full"} in findings(journal.status())
        assert journal.append([draft(1)], critical=True)[0].seq == acknowledged
        assert journal.append([draft(2)])[0].seq == acknowledged + 1
        assert journal.verify(deep=True)["ok"]
    with around.open(ballast_bytes=1024 * 1024 * 1024) as journal:
        assert journal.size() == acknowledged + 2
        assert {"code": "disk_full"} in findings(journal.status())


def test_it_opens_for_reading_on_a_disk_without_one_free_byte(small_disk: Path) -> None:
    around = Surroundings(small_disk)
    around.create()
    with around.open(ballast_bytes=4096) as journal:
        journal.append([draft(number) for number in range(10)])
    fill_up(small_disk)
    journal = around.open(ballast_bytes=1024 * 1024 * 1024)
    assert len(list(journal.entries())) == 10
    with pytest.raises(Unavailable, match="disk_full"):
        for number in range(100):
            journal.append([draft(number)], critical=True)
    assert journal.verify()["size"] == journal.size()
    journal.close()


def test_making_a_journal_on_a_full_disk_leaves_none(small_disk: Path) -> None:
    fill_up(small_disk)
    around = Surroundings(small_disk)
    with pytest.raises(Unavailable):
        create(around.database, bytearray(DATABASE_KEY), around.needs())
    assert not around.database.exists()
