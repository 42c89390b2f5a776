# SPDX-License-Identifier: Apache-2.0
"""What is left of a journal under the alarm: its copy on the second medium, the log left behind, nothing at all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from console.adapters.journal.alarm import AbsentJournal
from console.adapters.journal.journal import open_journal
from console.adapters.journal.mirror import MIRROR_NAME
from console.adapters.journal.mirror_log import MirrorLog
from console.domain.errors import Corrupt, Refused
from tests.support.journals import BALLAST_BYTES, DATABASE_KEY, Surroundings, draft

pytestmark = pytest.mark.real
SIZE = 300
PREFIX = b"sealed:"


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Return a journal of 300 entries, all on the mirror; entry 7 is of a type of its own, with a field."""
    result = Surroundings(tmp_path)
    result.create()
    with result.open() as journal:
        drafts = [
            draft(
                n,
                type_="activation.noted" if n != 7 else "activation.kept",
                fields={"why": "geheim"} if n == 7 else None,
            )
            for n in range(SIZE)
        ]
        journal.append(drafts, critical=True)
    return result


def opened(sealed: Sequence[bytes]) -> list[bytes]:
    if not all(each.startswith(PREFIX) for each in sealed):
        raise Corrupt("seal_broken")
    return [each.removeprefix(PREFIX) for each in sealed]


def told(around: Surroundings, *sizes: int) -> MirrorLog:
    return MirrorLog(around.needs(), opened, kinds=("activation.kept",), sizes=sizes)


def test_a_whole_copy_tells_what_the_journal_told(around: Surroundings) -> None:
    copy = told(around, 100)
    with around.open() as journal:
        assert copy.size() == journal.size() == SIZE
        for size in (0, 100, SIZE):
            assert copy.root_at(size) == journal.root_at(size)
    (kept,) = copy.entries(type_="activation.kept")
    assert kept.seq == 7
    assert copy.open_fields(kept) == {"why": "geheim"}
    assert list(copy.entries(type_="activation.noted")) == []


@pytest.mark.parametrize("seq", [0, 5, 130, 299])
def test_a_changed_record_ends_it_and_what_came_before_counts(around: Surroundings, seq: int) -> None:
    file = around.mirror / MIRROR_NAME
    data = bytearray(file.read_bytes())
    at = -1
    for _ in range(seq + 1):
        at = data.index(PREFIX, at + 1)
    data[at] ^= 1
    file.write_bytes(data)
    assert told(around).size() == seq


def test_a_torn_end_and_no_file(around: Surroundings) -> None:
    file = around.mirror / MIRROR_NAME
    file.write_bytes(file.read_bytes()[:-3])
    assert told(around).size() == SIZE - 1
    file.unlink()
    assert told(around).size() == 0


def test_records_of_another_log_tell_nothing(around: Surroundings) -> None:
    other = replace(around, log="example.org/other/log-1")
    assert told(other).size() == 0


def test_a_log_left_behind_is_read_and_never_written(around: Surroundings, tmp_path: Path) -> None:
    before = list(around.anchored)
    needs = replace(around.needs(), barred="log_retired")
    key = bytearray(DATABASE_KEY)
    with open_journal(around.database, key, needs, ballast_bytes=BALLAST_BYTES) as old:
        assert old.alarm() == ["log_retired"]
        assert old.verify(deep=True)["ok"] is True
        with pytest.raises(Corrupt, match="journal_alarm"):
            old.append([draft(1)])
        assert old.export(tmp_path / "out", audience="auditor")["size"] == SIZE
    assert around.anchored == before


def test_a_new_log_must_name_its_renewal(around: Surroundings) -> None:
    needs = replace(around.needs(), renewal=bytes(32))
    with open_journal(around.database, bytearray(DATABASE_KEY), needs, ballast_bytes=BALLAST_BYTES) as other:
        assert other.alarm() == ["renewal_differs"]


def test_an_unsigned_log_is_not_exported(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    needs = replace(around.needs(), barred="log_retired")
    with (
        open_journal(around.database, bytearray(DATABASE_KEY), needs, ballast_bytes=BALLAST_BYTES) as empty,
        pytest.raises(Refused, match="nothing_signed"),
    ):
        empty.export(tmp_path / "out", audience="auditor")


def test_where_there_is_no_journal_everything_says_so(around: Surroundings) -> None:
    with AbsentJournal("journal_missing", around.needs()) as absent:
        assert absent.alarm() == ["journal_missing"]
        assert absent.status()["alarm"] == ["journal_missing"]
        assert absent.verify()["ok"] is False
        for ask in (
            lambda: absent.append([draft(1)]),
            lambda: list(absent.entries(type_="x")),
            absent.checkpoint,
            lambda: absent.export(around.folder / "out", audience="auditor"),
        ):
            with pytest.raises(Corrupt, match="journal_alarm"):
                ask()
