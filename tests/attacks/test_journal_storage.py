# SPDX-License-Identifier: Apache-2.0
"""Attacks on the stored journal: without its key, with its key, and by kill -9. Each must be evident."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.adapters.journal.database import Connection, open_database
from console.adapters.journal.placement import Prepared, place
from console.domain.entries.entry import Entry
from console.domain.errors import ConsoleError, Corrupt
from console.domain.journal import checkpoint, merkle
from console.domain.journal.merkle import CompactRange
from tests.support.copies import copy_files, restore_files
from tests.support.journals import DATABASE_KEY, Surroundings, draft

pytestmark = pytest.mark.real
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Return a journal of 300 entries, closed in order, anchored; entry 7 has a committed field."""
    result = Surroundings(tmp_path)
    result.create()
    with result.open() as journal:
        journal.append([draft(n, fields={"why": "geheim", "who": "x"} if n == 7 else None) for n in range(300)])
    return result


def findings(around: Surroundings) -> list[str]:
    """Return what ``verify --deep`` finds, or the error that opening raised."""
    try:
        with around.open() as journal:
            verdict = journal.verify(deep=True)
    except ConsoleError as error:
        return [error.code]
    found = verdict["findings"]
    assert isinstance(found, list)
    assert verdict["ok"] is (not found)
    assert found == [] or verdict["vouched_until"] is None
    return [finding["code"] for finding in found]


def with_key(around: Surroundings, attack: Callable[[Connection], object]) -> None:
    """Change the database as somebody who has its key."""
    db = open_database(around.database, bytearray(DATABASE_KEY), around.log, around.mode)
    for trigger in ("entry_update", "entry_delete"):
        db.execute(f"DROP TRIGGER {trigger}")
    attack(db)
    db.close()


def test_the_untouched_journal_has_no_findings(around: Surroundings) -> None:
    assert findings(around) == []


# Without the key.


@pytest.mark.parametrize("page", range(2, 60, 6))
def test_a_bit_flipped_in_any_page(around: Surroundings, page: int) -> None:
    data = bytearray(around.database.read_bytes())
    data[(page * 4096 + 1234) % len(data)] ^= 1
    around.database.write_bytes(data)
    assert findings(around)


def crashed(around: Surroundings) -> dict[Path, bytes]:
    """Return the files as a power cut would leave them after 20 more critical entries: a database and its WAL."""
    journal = around.open()
    for number in range(20):
        journal.append([draft(number)], critical=True)
    files = copy_files(around.folder)
    journal.close()
    kept = around.anchored[:]
    restore_files(around.folder, files)
    around.anchored[:] = kept
    return files


def test_after_a_crash_the_wal_is_recovered(around: Surroundings) -> None:
    crashed(around)
    assert findings(around) == []
    with around.open() as journal:
        assert journal.size() == 320


def test_a_bit_flipped_in_the_wal(around: Surroundings) -> None:
    crashed(around)
    wal = around.database.with_name("journal.db-wal")
    data = bytearray(wal.read_bytes())
    data[len(data) // 2] ^= 1
    wal.write_bytes(data)
    assert "shorter_than_anchor" in findings(around)


def test_the_wal_deleted(around: Surroundings) -> None:
    crashed(around)
    around.database.with_name("journal.db-wal").unlink()
    assert "shorter_than_anchor" in findings(around)


def test_one_old_page_replayed(around: Surroundings) -> None:
    old = around.database.read_bytes()
    with around.open() as journal:
        journal.append([draft(number) for number in range(40)])
        everything = list(journal.entries())
    new = bytearray(around.database.read_bytes())
    changed = [at for at in range(4096, len(old), 4096) if old[at : at + 4096] != new[at : at + 4096]]
    assert changed
    found = []
    for at in changed:
        around.database.write_bytes(new[:at] + old[at : at + 4096] + new[at + 4096 :])
        anchored = around.anchored[:]
        found.append(findings(around))
        if not found[-1]:
            # Pages of ``projected`` and of the newest stored range: a start replays a longer tail, nothing is lost.
            with around.open() as journal:
                assert list(journal.entries(type_="activation.noted")) == everything
        around.anchored[:] = anchored
    assert found.count([]) <= 2


def test_the_whole_folder_rolled_back(around: Surroundings) -> None:
    old = copy_files(around.folder)
    with around.open() as journal:
        journal.append([draft(1)], critical=True)
    restore_files(around.folder, old)
    assert "shorter_than_anchor" in findings(around)


def test_the_database_and_its_wal_gone(around: Surroundings) -> None:
    restore_files(around.folder, {})
    assert findings(around) == ["journal_missing"]


def test_a_fresh_database_in_its_place(around: Surroundings) -> None:
    restore_files(around.folder, {})
    around.create()
    assert "shorter_than_anchor" in findings(around)


def test_the_anchor_gone(around: Surroundings) -> None:
    around.anchored.clear()
    assert findings(around) == ["anchor_missing"]


def test_the_anchor_forged(around: Surroundings) -> None:
    around.anchored[0] = around.anchored[0].replace(b"\n300\n", b"\n200\n")
    assert findings(around) == ["checkpoint_signature"]


def test_while_the_alarm_is_on_nothing_is_written_and_all_is_read(around: Surroundings) -> None:
    old = copy_files(around.folder)
    with around.open() as journal:
        journal.append([draft(1)], critical=True)
    restore_files(around.folder, old)
    anchored = around.anchored[:]
    with around.open() as journal:
        for critical in (False, True):
            with pytest.raises(Corrupt, match="journal_alarm") as caught:
                journal.append([draft(2)], critical=critical)
            assert caught.value.facts["why"] == "shorter_than_anchor"
        with pytest.raises(Corrupt, match="journal_alarm"):
            journal.checkpoint()
        assert len(list(journal.entries())) == 300
        assert journal.status()["alarm"] == ["shorter_than_anchor"]
    assert copy_files(around.folder).keys() == old.keys()
    assert around.anchored == anchored


# With the database key, but without the log key.


def edited(around: Surroundings, seq: int) -> bytes:
    with around.open() as journal:
        (entry,) = journal.entries(after=seq - 1, before=seq + 1)
    return entry.data.replace(b"xxx", b"yyy", 1)


def test_a_body_edited(around: Surroundings) -> None:
    body = edited(around, 100)
    with_key(around, lambda db: db.execute("UPDATE entry SET body=? WHERE seq=100", (body,)))
    assert "entry_altered" in findings(around)


def test_a_body_edited_with_its_leaf(around: Surroundings) -> None:
    body = edited(around, 100)
    row = (body, merkle.leaf_hash(body))
    with_key(around, lambda db: db.execute("UPDATE entry SET body=?, leaf=? WHERE seq=100", row))
    found = findings(around)
    assert {"entry_out_of_place", "checkpoint_differs", "anchor_differs", "tile_differs"} <= set(found)


@pytest.mark.parametrize("seq", [0, 100, 299])
def test_an_entry_deleted(around: Surroundings, seq: int) -> None:
    with_key(around, lambda db: db.execute("DELETE FROM entry WHERE seq=?", (seq,)))
    assert findings(around)


def rewrite(around: Surroundings, count: int, *, forge: bool) -> None:
    """Replace the log by another consistent one of ``count`` entries, its checkpoints dropped or self-signed."""
    forger = Surroundings(around.folder / "forged")
    forger.folder.mkdir()
    if forge:
        from cryptography.hazmat.primitives.asymmetric import ec

        forger.signing_key = ec.derive_private_key(8, ec.SECP256R1())
    forger.create()
    with forger.open() as journal:
        journal.append([draft(number) for number in range(count)])
    shutil.copyfile(forger.database, around.database)
    if not forge:
        with_key(around, lambda db: db.execute("DELETE FROM checkpoint"))


@pytest.mark.parametrize("count", [300, 301, 10])
@pytest.mark.parametrize("forge", [True, False])
def test_the_whole_log_rewritten(around: Surroundings, count: int, forge: bool) -> None:
    rewrite(around, count, forge=forge)
    assert set(findings(around)) & {
        "root_differs",
        "shorter_than_anchor",
        "checkpoint_signature",
        "checkpoint_unsigned",
    }


def cut(db: Connection, size: int) -> None:
    for table, column in (("entry", "seq"), ("stream", "seq"), ("kind", "seq"), ("field", "seq")):
        db.execute(f"DELETE FROM {table} WHERE {column}>=?", (size,))
    db.execute("DELETE FROM checkpoint")
    db.execute("DELETE FROM tile WHERE (n+1)*256>?", (size,))


@pytest.mark.parametrize("size", [299, 256, 10, 0])
def test_the_tail_cut_with_its_checkpoints(around: Surroundings, size: int) -> None:
    with_key(around, lambda db: cut(db, size))
    assert "shorter_than_anchor" in findings(around)


def test_an_entry_added_behind_the_anchor_is_not_hidden(around: Surroundings) -> None:
    """Whoever has the database key can append; the chain shows it, and nobody else's checkpoint covers it."""
    needs = around.needs()

    def add(db: Connection) -> None:
        rows = db.execute("SELECT leaf FROM entry ORDER BY seq").fetchall()
        tree = CompactRange()
        for (leaf,) in rows:
            tree = tree.append(leaf)
        ((placed,), _) = place(
            needs, [Prepared(draft(9), {}, {})], CompactRange(tree.size, (*tree.hashes[:-1], bytes(32)))
        )
        db.execute("INSERT INTO entry VALUES (?,?,NULL,?)", (placed.seq, placed.leaf, placed.data))

    with_key(around, add)
    assert "tail_differs" in findings(around)


def test_an_opening_swapped_for_another_entrys(around: Surroundings) -> None:
    with_key(around, lambda db: db.execute("UPDATE field SET sealed=(SELECT sealed FROM field WHERE name='who')"))
    assert findings(around) == ["opening_swapped"]
    with around.open() as journal:
        (entry,) = journal.entries(after=6, before=8)
        with pytest.raises(Corrupt, match="opening_swapped"):
            journal.open_fields(entry)


def test_an_opening_deleted(around: Surroundings) -> None:
    with_key(around, lambda db: db.execute("DELETE FROM field WHERE name='why'"))
    assert findings(around) == ["opening_lost"]
    with around.open() as journal:
        (entry,) = journal.entries(after=6, before=8)
        with pytest.raises(Corrupt, match="opening_lost"):
            journal.open_fields(entry)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stream WHERE seq=5",
        "INSERT INTO stream VALUES ('act-9', 5)",
        "DELETE FROM kind WHERE seq=5",
        "INSERT INTO kind VALUES ('record.added', 5)",
        "INSERT INTO stream VALUES ('act-1', 5000)",
    ],
)
def test_a_projection_that_says_otherwise(around: Surroundings, statement: str) -> None:
    with_key(around, lambda db: db.execute(statement))
    assert findings(around) == ["projection_differs"]


@pytest.mark.parametrize("statement", ["DELETE FROM tile", "UPDATE tile SET root=zeroblob(32)"])
def test_tile_roots_that_differ(around: Surroundings, statement: str) -> None:
    with_key(around, lambda db: db.execute(statement))
    assert "tile_differs" in findings(around)


def test_a_stored_signature_replaced(around: Surroundings) -> None:
    with around.open() as journal:
        journal.append([draft(1)], critical=True)
        journal.append([draft(2)], critical=True)
    with_key(around, lambda db: db.execute("UPDATE entry SET sig=zeroblob(64) WHERE seq=301"))
    assert findings(around) == ["checkpoint_signature"]


def test_the_key_of_the_database_is_not_the_key_of_the_log(around: Surroundings) -> None:
    with_key(around, lambda db: db.execute("UPDATE checkpoint SET sig=zeroblob(64)"))
    assert "checkpoint_signature" in findings(around)


# kill -9 in the middle of appends.

WRITER = """
import sys
from pathlib import Path
from tests.support.journals import Surroundings, draft
folder = Path(sys.argv[1])
around = Surroundings(folder)
anchor = folder / "anchor"
around.anchored[:] = [anchor.read_bytes()] if anchor.exists() else []
remember = around.set_anchor
def set_anchor(note):
    (folder / "anchor.new").write_bytes(note)
    (folder / "anchor.new").rename(anchor)
    remember(note)
around.set_anchor = set_anchor
journal = around.open()
number = 0
while True:
    entry, = journal.append([draft(number)], critical=number % 4 == 0)
    sys.stdout.buffer.write(entry.seq.to_bytes(8, "big") + entry.data[-40:].rjust(40) )
    sys.stdout.buffer.flush()
    number += 1
"""


def kill_in_the_middle(around: Surroundings, after_s: float) -> int:
    """Run a writer, kill it, and return the number of entries that it had acknowledged in all."""
    command = [sys.executable, "-c", WRITER, str(around.folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        output = child.stdout.read(48)
        time.sleep(after_s)
        os.kill(child.pid, signal.SIGKILL)
        output += child.stdout.read()
    last = len(output) // 48 - 1
    return int.from_bytes(output[last * 48 : last * 48 + 8], "big") + 1


def killed(around: Surroundings, times: int) -> None:
    before: list[Entry] = []
    for round_ in range(times):
        acknowledged = kill_in_the_middle(around, 0.003 * (round_ * 7 % 11))
        around.anchored[:] = [(around.folder / "anchor").read_bytes()]
        journal = around.open()
        assert journal.size() >= acknowledged
        assert journal.status()["alarm"] == []
        now = list(journal.entries(after=len(before) - 1))
        assert [entry.seq for entry in now] == list(range(len(before), journal.size()))
        before += now
        (around.folder / "anchor").write_bytes(around.anchored[0])
        journal.close()
        (around.folder / "anchor").write_bytes(around.anchored[0])
    with around.open() as journal:
        verdict = journal.verify(deep=True)
        assert verdict["ok"], verdict["findings"]
    newest = checkpoint.open_note(around.anchored[0], [around.key])
    assert newest.size == len(before)


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    killed(around, 10)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_by_200_times_kill_9(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    killed(around, 200)
