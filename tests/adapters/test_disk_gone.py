# SPDX-License-Identifier: Apache-2.0
"""The disk goes away under a station that is open: found by power cuts, told here without one."""

import os
from pathlib import Path

import pytest

from console.adapters.journal import log
from console.adapters.journal.database import DatabaseError
from console.adapters.journal.lease import lease
from console.adapters.vault import FolderVault
from console.domain.errors import ConsoleError, Unavailable
from tests.support.journals import Surroundings, draft

pytestmark = pytest.mark.real


def test_a_database_that_does_not_open_again_is_an_answer_and_no_end_of_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit fails, and then the file cannot be read: reading says so each time, and the journal still closes."""
    around = Surroundings(tmp_path)
    around.create()
    journal = around.open()
    journal.append([draft(0)])

    def gone(*_: object, **__: object) -> None:
        raise Unavailable("journal_unavailable", why="Input/output error")

    def failing(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(log, "insert", failing)
    monkeypatch.setattr(log, "open_database", gone)
    with pytest.raises(ConsoleError):
        journal.append([draft(1)])
    for _ in range(2):
        with pytest.raises(Unavailable, match="journal_unavailable"):
            list(journal.entries(act="act-1"))
    with pytest.raises(Unavailable, match="journal_unavailable"):
        journal.append([draft(2)])
    journal.close()


def test_a_file_that_cannot_be_read_is_no_fault_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "00000001.json").mkdir()
    with pytest.raises(Unavailable, match="file_unreadable"):
        FolderVault(tmp_path, None).read("state/00000001.json")


def test_a_station_whose_folder_cannot_be_reached_is_not_available(tmp_path: Path) -> None:
    file = tmp_path / "station"
    file.write_bytes(b"")
    with pytest.raises(Unavailable, match="file_unreadable") as refused, lease(file):
        raise AssertionError("nobody holds it")
    assert os.fspath(file) in str(refused.value)
