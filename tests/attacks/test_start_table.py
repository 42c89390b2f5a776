# SPDX-License-Identifier: Apache-2.0
"""What a start concludes, row by row, with the real journal in its SQLCipher file: goes on, or alarms; never heals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from console.adapters.journal.journal import Journal
from console.domain.errors import Corrupt
from console.domain.journal import checkpoint
from tests.support.copies import copy_files, restore_files
from tests.support.journals import LOG, Surroundings, draft

pytestmark = pytest.mark.real
ENTRIES = 20


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Return a journal of 20 entries, closed in order and anchored."""
    result = Surroundings(tmp_path)
    result.create()
    with result.open() as journal:
        journal.append([draft(n) for n in range(ENTRIES)])
    return result


def grown(around: Surroundings, count: int = 5) -> bytes:
    """Append some entries, and return the note that is anchored then."""
    with around.open() as journal:
        journal.append([draft(n) for n in range(count)], critical=True)
    return around.anchored[0]


def cut(around: Surroundings) -> None:
    """Leave the journal as a crash does: entries that are durable, nothing closed, the anchor from before."""
    anchored = around.anchored[:]
    journal = around.open()
    journal.append([draft(99)])
    files = copy_files(around.folder)
    journal.close()
    restore_files(around.folder, files)
    around.anchored[:] = anchored


def alarmed(around: Surroundings) -> list[str]:
    """Return the alarm, and check that nothing is written, signed or anchored under it."""
    anchored = around.anchored[:]
    with around.open() as journal:
        if found := journal.alarm():
            for critical in (False, True):
                with pytest.raises(Corrupt, match="journal_alarm"):
                    journal.append([draft(0)], critical=critical)
            with pytest.raises(Corrupt, match="journal_alarm"):
                journal.checkpoint()
            list(journal.entries())
    if found:
        assert around.anchored == anchored
    return found


def note_of(size: int, root: bytes, around: Surroundings) -> bytes:
    """Return a state that the log key has signed."""
    text = checkpoint.text(around.log, size, root)
    return checkpoint.assemble(text, around.key, around.sign(text))


@dataclass(frozen=True)
class Row:
    """One row: what happened before the start, and the alarm that it gives; empty: it goes on."""

    name: str
    happened: Callable[[Surroundings], object]
    alarm: Sequence[str] = ()
    finding: str = ""


def put_back(around: Surroundings) -> None:
    files = copy_files(around.folder)
    grown(around)
    restore_files(around.folder, files)


def rewritten(around: Surroundings) -> None:
    """A journal of the same key and length that tells another story."""
    kept = around.anchored[:]
    for path in around.folder.glob("journal.db*"):
        path.unlink()
    (around.mirror / "journal.mirror").unlink()
    around.anchored.clear()
    around.create()
    with around.open() as journal:
        journal.append([draft(n + 1000) for n in range(ENTRIES)])
    around.anchored[:] = kept


def two(around: Surroundings) -> None:
    """A crash between the new anchor and the end of the old one."""
    old = around.anchored[0]
    around.anchored[:] = [old, grown(around)]


def two_forked(around: Surroundings) -> None:
    around.anchored.append(note_of(ENTRIES, bytes(32), around))


def of_another_log(around: Surroundings) -> None:
    other = Surroundings(around.folder, log=LOG.replace("log-1", "log-2"))
    around.anchored[:] = [note_of(ENTRIES, bytes(32), other)]


def unanchored(around: Surroundings) -> None:
    around.anchored.clear()


def unanchored_after_a_crash(around: Surroundings) -> None:
    cut(around)
    around.anchored.clear()


def on_a_module_that_anchors(around: Surroundings) -> None:
    unanchored_after_a_crash(around)
    around.anchors_hold = True


def forged(around: Surroundings) -> None:
    stranger = Surroundings(around.folder, signing_key=ec.derive_private_key(8, ec.SECP256R1()))
    around.anchored[:] = [note_of(ENTRIES, bytes(32), stranger)]


def longer_outside(around: Surroundings) -> None:
    around.outside.append(note_of(ENTRIES + 7, bytes(32), around))


def another_outside(around: Surroundings) -> None:
    around.outside.append(note_of(ENTRIES - 7, bytes(32), around))


def same_outside(around: Surroundings) -> None:
    with around.open() as journal:
        around.outside.append(note_of(7, journal.root_at(7), around))


def strange_outside(around: Surroundings) -> None:
    stranger = Surroundings(around.folder, signing_key=ec.derive_private_key(8, ec.SECP256R1()))
    around.outside.append(note_of(ENTRIES + 7, bytes(32), stranger))


def put_back_with_its_hsm(around: Surroundings) -> None:
    """Journal and anchor agree about the past; what somebody took along does not."""
    files, anchored = copy_files(around.folder), around.anchored[:]
    around.outside.append(grown(around))
    restore_files(around.folder, files)
    around.anchored[:] = anchored


ROWS = [
    Row("the database is where the anchor is", lambda _: None),
    Row("the database is ahead of the anchor", cut),
    Row("the database is shorter than the anchor", put_back, ["shorter_than_anchor"]),
    Row("the database has another root", rewritten, ["root_differs"]),
    Row("two anchors, the smaller a prefix", two),
    Row("two anchors of one size", two_forked, ["root_differs", "anchors_fork"]),
    Row("the anchor is of another log", of_another_log, ["checkpoint_unsigned"]),
    Row("the anchor is of another key", forged, ["checkpoint_unsigned"]),
    Row("no anchor after a clean stop", unanchored, ["anchor_missing"]),
    Row("no anchor after a crash, files as HSM", unanchored_after_a_crash, finding="anchor_unavailable"),
    Row("no anchor after a crash, a module that anchors", on_a_module_that_anchors, ["anchor_missing"]),
    Row("a longer state came back", longer_outside, ["shorter_than_outside"]),
    Row("another state came back", another_outside, ["outside_differs"]),
    Row("the same state came back", same_outside),
    Row("a state that nobody signed came back", strange_outside),
    Row("put back together with its HSM", put_back_with_its_hsm, ["shorter_than_outside"]),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_of_the_table(around: Surroundings, row: Row) -> None:
    row.happened(around)
    if row.alarm:
        assert alarmed(around) == list(row.alarm)
        assert alarmed(around) == list(row.alarm), "an alarm never heals by itself"
        return
    with around.open() as journal:
        assert journal.alarm() == []
        assert (row.finding in codes(journal)) == bool(row.finding)
        journal.append([draft(1)], critical=True)
        assert journal.verify(deep=True)["ok"]


def test_an_empty_database_is_normal_without_an_anchor_only(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        assert journal.alarm() == []
    around.anchored[:] = [note_of(1, bytes(32), around)]
    assert alarmed(around) == ["shorter_than_anchor"]


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0" + bytes(4096), bytes(4096)])
def test_a_missing_or_strange_database_is_never_made_anew(around: Surroundings, content: bytes | None) -> None:
    for path in around.folder.glob("journal.db*"):
        path.unlink()
    if content is not None:
        around.database.write_bytes(content)
    with pytest.raises(Corrupt, match=r"journal_(missing|not_encrypted|of_another_station)"):
        around.open()
    assert around.database.exists() == (content is not None)


def codes(journal: Journal) -> list[str]:
    findings = journal.status()["findings"]
    assert isinstance(findings, list)
    return [str(found["code"]) for found in findings]
