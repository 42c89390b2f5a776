# SPDX-License-Identifier: Apache-2.0
"""The journal verified by two processes over the closed file: the same verdict, no key to be seen, ended at once."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console.adapters.journal import checkers as apart
from console.adapters.journal.database import Connection, open_database
from console.adapters.journal.journal import Journal
from console.adapters.journal.verification import verify
from console.domain.canonical import Object
from console.domain.errors import Cancelled
from tests.support.journals import DATABASE_KEY, LOG, Surroundings, draft

pytestmark = pytest.mark.real
ENTRIES = 601


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Return a closed journal of more than two tiles, with fields in the stretches of both processes."""
    result = Surroundings(tmp_path)
    result.create()
    with result.open() as journal:
        fields = {n: {"note": f"text {n}"} for n in (5, 250, 512, 599)}
        journal.append([draft(n, fields=fields.get(n), act=f"act-{n % 3}") for n in range(ENTRIES)])
    return result


def by_two(
    around: Surroundings, journal: Journal, *, deep: bool = True, progress: Callable[[int, int], bool] | None = None
) -> Object:
    return verify(journal.thread, around.needs(), deep=deep, progress=progress, processes=2)


def found(around: Surroundings) -> list[tuple[object, object]]:
    with around.open() as journal:
        findings = by_two(around, journal)["findings"]
    assert isinstance(findings, list)
    return [(finding["code"], finding["seq"]) for finding in findings]


def change(around: Surroundings, work: Callable[[Connection], object]) -> None:
    """Do what somebody with the key can do."""
    db = open_database(around.database, bytearray(DATABASE_KEY), LOG, "drill")
    db.execute("DROP TRIGGER entry_update")
    work(db)
    db.close()


@pytest.mark.parametrize("deep", [False, True])
def test_two_find_what_one_finds(around: Surroundings, deep: bool) -> None:
    told: list[int] = []

    def progress(done: int, _: int) -> bool:
        told.append(done)
        return True

    with around.open() as journal:
        alone = journal.verify(deep=deep)
        assert alone["ok"]
        both = by_two(around, journal, deep=deep, progress=progress)
        assert both == alone and told[-1] == ENTRIES
        journal.append([draft(ENTRIES)])
        assert journal.size() == ENTRIES + 1 and journal.verify()["ok"]


def test_what_is_altered_in_either_stretch_is_named(around: Surroundings) -> None:
    change(
        around,
        lambda db: db.execute("UPDATE entry SET body=CAST(replace(body,'xx','xy') AS BLOB) WHERE seq IN (3,590)"),
    )
    assert {("entry_altered", 3), ("entry_altered", 590)} <= set(found(around))


def test_a_tile_before_the_second_stretch_that_does_not_fit_is_named(around: Surroundings) -> None:
    change(around, lambda db: db.execute("UPDATE tile SET root=zeroblob(32) WHERE n=0"))
    assert found(around)[0] == ("tile_differs", None)


def test_an_opening_swapped_under_the_second_process_is_named(around: Surroundings) -> None:
    change(around, lambda db: db.execute("UPDATE field SET sealed=zeroblob(80) WHERE seq=599"))
    assert found(around) == [("opening_swapped", 599)]


def test_the_key_reaches_no_argument_and_no_environment(around: Surroundings) -> None:
    seen: list[str] = []

    def progress(_: int, __: int) -> bool:
        seen.extend(checkers())
        return True

    with around.open() as journal:
        by_two(around, journal, progress=progress)
    assert seen and not any(DATABASE_KEY.hex() in line for line in seen)


def test_it_is_stopped_at_once_and_the_journal_goes_on(around: Surroundings) -> None:
    with around.open() as journal:
        with pytest.raises(Cancelled):
            by_two(around, journal, progress=lambda done, total: False)
        assert not checkers()
        journal.append([draft(ENTRIES)])


def checkers() -> list[str]:
    """Return the command lines and environments of the checking processes that live."""
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [
        Path(f"/proc/{pid}/cmdline").read_text() + _environment(pid)
        for pid in mine
        if apart.PROCESS in Path(f"/proc/{pid}/cmdline").read_text()
    ]


def _environment(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except PermissionError:  # It forbids being looked into, as it should.
        return ""
