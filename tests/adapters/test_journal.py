# SPDX-License-Identifier: Apache-2.0
"""The journal on a real SQLCipher file: append, read, sign, anchor, mirror, verify."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.adapters.journal import mirror
from console.adapters.journal.database import check_versions, open_database
from console.adapters.journal.journal import Journal, open_journal
from console.adapters.journal.log import Log
from console.adapters.journal.thread import JournalThread, _Request
from console.domain import canonical
from console.domain.canonical import to_base64
from console.domain.errors import Cancelled, Corrupt, Misused, Refused, Unavailable
from console.domain.journal import checkpoint
from tests.support.journals import BALLAST_BYTES, DATABASE_KEY, Surroundings, draft, findings
from tests.support.waits import wait_until

pytestmark = pytest.mark.real


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    result = Surroundings(tmp_path)
    result.create()
    return result


@pytest.fixture
def journal(around: Surroundings) -> Iterator[Journal]:
    with around.open() as opened:
        yield opened


def test_a_critical_entry_is_signed_anchored_and_mirrored_before_the_answer(
    journal: Journal, around: Surroundings
) -> None:
    journal.append([draft(0)])
    (entry,) = journal.append([draft(1, fields={"why": "geheim"})], critical=True)
    assert around.calls == ["sign", "anchor"]
    anchored = checkpoint.open_note(around.anchored[0], [around.key])
    assert anchored.size == 2
    copied = dict(mirror.read_records(around.mirror / mirror.MIRROR_NAME))
    sealed = copied[1]
    record = json.loads(sealed.removeprefix(b"sealed:"))
    assert list(copied) == [0, 1]
    assert canonical.from_base64(record["entry"]) == entry.data
    assert record["openings"].keys() == {"why"}
    assert record["checkpoint"].encode() == around.anchored[0]
    assert b"geheim" not in sealed


def test_ordinary_entries_are_signed_within_a_second(journal: Journal, around: Surroundings) -> None:
    journal.append([draft(0)])
    wait_until(lambda: bool(around.calls), "it was not signed")
    assert around.calls == ["sign"]


def test_ordinary_entries_are_signed_after_64(journal: Journal, around: Surroundings) -> None:
    journal.append([draft(number) for number in range(64)])
    assert journal.size() == 64  # an answer comes before the signature; the next request comes after it
    assert journal.status()["signed"] == 64
    assert around.calls == ["sign"]


def test_projections_that_a_killed_process_left_behind_are_made_up_for(around: Surroundings) -> None:
    drafts = [draft(n, type_="record.added" if n % 3 else "activation.noted") for n in range(300)]
    with around.open() as journal:
        written = journal.append(drafts)
    db = open_database(around.database, bytearray(DATABASE_KEY), around.log, around.mode)
    db.executescript("DELETE FROM stream WHERE seq>=70; DELETE FROM kind WHERE seq>=70")
    db.execute("UPDATE meta SET value='70' WHERE name='projected'")
    db.close()
    for _ in range(2):
        with around.open() as journal:
            assert list(journal.entries(act="act-1")) == written
            assert list(journal.entries(act="act-1", after=60, before=80)) == written[61:80]
            assert list(journal.entries(type_="activation.noted")) == written[::3]
            assert journal.verify(deep=True)["ok"]


def test_many_producers_share_commits_and_lose_nothing(journal: Journal) -> None:
    places: list[int] = []

    def produce() -> None:
        places.extend(journal.append([draft(number)])[0].seq for number in range(20))

    threads = [threading.Thread(target=produce) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(places) == list(range(320))
    assert journal.verify(deep=True)["ok"]


def test_a_signature_of_another_key_is_not_accepted(around: Surroundings) -> None:
    needs = replace(around.needs(), signer=lambda text: around.sign(text + b"x"))
    journal = open_journal(around.database, bytearray(DATABASE_KEY), needs, ballast_bytes=BALLAST_BYTES)
    with pytest.raises(Corrupt, match="checkpoint_signature"):
        journal.append([draft(0)], critical=True)
    with pytest.raises(Corrupt, match="checkpoint_signature"):
        journal.close()
    assert around.anchored == []


def test_a_missing_mirror_is_said_and_made_up_for(journal: Journal, around: Surroundings) -> None:
    around.mirror.rename(around.mirror.with_name("unplugged"))
    journal.append([draft(0)], critical=True)
    journal.append([draft(1)], critical=True)
    assert {"code": "mirror_missing", "owed": 2} in findings(journal.status())
    around.mirror.with_name("unplugged").rename(around.mirror)
    journal.append([draft(2)], critical=True)
    assert journal.status()["findings"] == []
    assert [seq for seq, _ in mirror.read_records(around.mirror / mirror.MIRROR_NAME)] == [0, 1, 2]


def test_a_torn_mirror_record_is_cut_before_the_next(around: Surroundings) -> None:
    path = around.mirror / mirror.MIRROR_NAME
    with around.open() as journal:
        journal.append([draft(0)], critical=True)
        journal.append([draft(1)], critical=True)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(Corrupt, match="mirror_torn"):
        list(mirror.read_records(path))
    with around.open() as journal:
        journal.append([draft(2)], critical=True)
    assert [seq for seq, _ in mirror.read_records(path)] == [0, 1, 2]


def test_a_closed_journal_says_so(around: Surroundings) -> None:
    journal = around.open()
    journal.close()
    journal.close()
    with pytest.raises(Misused, match="journal_closed"):
        journal.checkpoint()


def test_old_libraries_are_refused() -> None:
    check_versions((3, 51, 3), "4.19.0 community")
    for sqlite, cipher in (((3, 51, 2), "4.19.0 community"), ((3, 53, 4), "4.12.0"), ((3, 53, 4), "")):
        with pytest.raises(Unavailable, match="sqlcipher_too_old"):
            check_versions(sqlite, cipher)


def test_a_mirror_that_knows_more_than_the_log_is_evidence_and_is_left_alone(
    around: Surroundings, tmp_path: Path
) -> None:
    with around.open() as journal:
        journal.append([draft(0)], critical=True)
    old = {file: file.read_bytes() for file in tmp_path.rglob("journal.db*") if file.is_file()}
    anchored = list(around.anchored)
    with around.open() as journal:
        journal.append([draft(1)], critical=True)
    kept = (around.mirror / mirror.MIRROR_NAME).read_bytes()
    for file, data in old.items():
        file.write_bytes(data)
    around.anchored[:] = anchored  # an HSM that does not anchor: its folder was put back as well
    with around.open() as journal:
        assert {"code": "mirror_differs"} in findings(journal.status())
        journal.append([draft(2)], critical=True)
        journal.append([draft(3)], critical=True)
        assert {"code": "mirror_differs"} in findings(journal.status())
    with around.open() as journal:
        assert {"code": "mirror_differs"} in findings(journal.status())
    assert (around.mirror / mirror.MIRROR_NAME).read_bytes() == kept


def test_an_export_that_is_called_off_leaves_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.append([draft(n, fields={"why": "x"}) for n in range(300)])
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        seen.append((done, total))
        return done < total

    with pytest.raises(Cancelled):
        journal.export(tmp_path / "out", audience="auditor", progress=progress)
    assert seen == [(256, 300), (300, 300)]
    assert list((tmp_path / "out").iterdir()) == []
    assert journal.export(tmp_path / "out", audience="auditor")["openings"] == 300


class Late:
    """A lock whose time is over just before the journal thread answers and ends."""

    def __init__(self, thread: JournalThread) -> None:
        self._thread, self._lock, self._waited = thread, threading.Lock(), False

    def acquire(self, timeout: float = -1) -> bool:
        if timeout > 0 and not self._waited:
            self._waited = True
            self._thread._thread.join()
            return False
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()


def test_an_answer_in_the_moment_in_which_the_wait_ends_is_heard(around: Surroundings) -> None:
    journal = around.open()
    late = cast(Any, Late(journal.thread))
    assert journal.thread._ask(_Request(job=Log.close, last=True, done=late)) is None
    assert not journal.thread._thread.is_alive()


def test_one_entry_is_found_in_the_newest_signed_state_and_a_changed_one_is_not(around: Surroundings) -> None:
    with around.open() as journal:
        journal.append([draft(n) for n in range(300)], critical=True)
        found = journal.verify(entry=7)
        assert found["root"] == to_base64(journal.root_at(cast(int, found["size"]))) and found["steps"] == 9
        with pytest.raises(Refused, match="nothing_signed"):
            journal.verify(entry=journal.size())
    db = open_database(around.database, bytearray(DATABASE_KEY), around.log, around.mode)
    db.execute("DROP TRIGGER entry_update")
    db.execute("UPDATE entry SET body=CAST(replace(CAST(body AS TEXT), 'xxx', 'yyy') AS BLOB) WHERE seq=7")
    db.close()
    with around.open() as journal, pytest.raises(Corrupt, match="inclusion_not_proven"):
        journal.verify(entry=7)
