# SPDX-License-Identifier: Apache-2.0
"""The order of retreat: what the log cannot take goes to the spool, and from there into the log."""

from pathlib import Path

import pytest

from console.adapters.journal.database import open_database
from console.adapters.journal.mirror_journal import MirrorJournal
from console.adapters.journal.recorder import Recorder
from console.domain.errors import Unavailable
from console.domain.journal.spool import MERGED, REFERENCE, SETTLED
from tests.support import verifier
from tests.support.journals import Surroundings, draft, findings, log_full, new_id, recording

pytestmark = pytest.mark.real


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    result = Surroundings(tmp_path)
    result.create()
    with result.record() as recorder:
        recorder.append([draft(n, fields={"why": "vorher"}) for n in range(3)], critical=True)
    return result


def waits(recorder: Recorder) -> int:
    return int(str(recording(recorder.status())["waiting"]))


def spooled(around: Surroundings, count: int = 2) -> None:
    with around.record() as recorder, log_full(recorder):
        for number in range(count):
            recorder.append([draft(number, body={"number": number}, fields={"why": "Frist"})], critical=True)


def test_what_the_log_cannot_take_is_kept_and_read(around: Surroundings) -> None:
    with around.record() as recorder:
        with log_full(recorder):
            (entry,) = recorder.append([draft(7, fields={"why": "Frist"})], critical=True)
        assert entry.seq >= REFERENCE and recorder.size() == 3
        assert recorder.light() == "reserve" and waits(recorder) == 2
        assert [e.type for e in recorder.entries()][3:] == ["recording.reserve", "activation.noted"]
        assert list(recorder.entries(act="act-1"))[-1] == entry
        assert recorder.open_fields(entry) == {"why": "Frist"}
        assert b"Frist" not in (around.mirror / "journal.spool").read_bytes()


def test_it_is_put_into_the_log_as_soon_as_that_takes_entries(around: Surroundings) -> None:
    spooled(around)
    with around.record() as recorder:
        assert (recorder.light(), waits(recorder), recorder.size()) == ("recording", 0, 7)
        told = list(recorder.entries())
        assert [e.type for e in told[3:]] == ["recording.reserve", "activation.noted", "activation.noted", SETTLED]
        assert [e.seq for e in told] == list(range(7))
        assert [recorder.open_fields(e) for e in recorder.entries(act="act-1")][3:] == [{"why": "Frist"}] * 2
        assert len(list(recorder.entries(type_=MERGED))) == 3
        assert [e.body["number"] for e in recorder.entries(type_="activation.noted")][3:] == [0, 1]
        assert [e.seq for e in recorder.entries(type_="activation.noted", newest_first=True, limit=3)] == [5, 4, 2]
        assert recorder.verify(deep=True)["ok"]
    assert not (around.mirror / "journal.spool").exists()
    assert around.heads == []


def test_entries_that_name_one_in_the_spool_follow_it(around: Surroundings) -> None:
    with around.record() as recorder, log_full(recorder):
        (intent,) = recorder.append([draft(0, type_="release.intended")], critical=True)
        recorder.append([draft(1, type_="release.outcome", body={"intent": intent.seq})], critical=True)
    with around.record() as recorder:
        (intent,) = recorder.entries(type_="release.intended")
        (outcome,) = recorder.entries(type_="release.outcome")
        assert outcome.body["intent"] == intent.seq < outcome.seq
        with log_full(recorder):
            (late,) = recorder.append([draft(2, type_="release.intended")], critical=True)
    with around.record() as recorder:
        recorder.append([draft(3, type_="release.outcome", body={"intent": late.seq})])
        outcomes = list(recorder.entries(type_="release.outcome"))
        assert [e.body["intent"] for e in outcomes] == [e.seq for e in recorder.entries(type_="release.intended")]


def test_without_any_medium_nothing_is_acknowledged(around: Surroundings) -> None:
    with around.record() as recorder:
        around.mirror.rename(around.mirror.with_name("unplugged"))
        with log_full(recorder):
            with pytest.raises(Unavailable, match="write_on_paper"):
                recorder.append([draft(0)], critical=True)
            assert recorder.light() == "paper"
            around.mirror.with_name("unplugged").rename(around.mirror)
            recorder.append([draft(1)], critical=True)
            assert recorder.light() == "reserve"


def test_a_medium_that_is_away_is_said_and_merged_when_it_is_back(around: Surroundings) -> None:
    spooled(around)
    away = around.mirror.with_name("unplugged")
    around.mirror.rename(away)
    with around.record() as recorder:
        assert {"code": "spool_missing", "owed": 3} in findings(recorder.status())
        recorder.append([draft(9)])
    away.rename(around.mirror)
    with around.record() as recorder:
        assert recorder.size() == 8 and recorder.verify(deep=True)["ok"]
        assert [e.body["number"] for e in recorder.entries(type_="activation.noted")] == [0, 1, 2, 9, 0, 1]


@pytest.mark.parametrize("call", ["sign", "head"])
def test_without_the_hsm_nothing_is_acknowledged_and_nothing_is_lost(around: Surroundings, call: str) -> None:
    with around.record() as recorder, log_full(recorder):
        recorder.append([draft(0, body={"number": 10})], critical=True)
        around.fail[call] = Unavailable("station_locked")
        with pytest.raises(Unavailable, match="station_locked"):
            recorder.append([draft(1, body={"number": 11})], critical=True)
        recorder.append([draft(2, body={"number": 12})], critical=True)
    with around.record() as recorder:
        numbers = [e.body["number"] for e in recorder.entries(type_="activation.noted")][3:]
        assert numbers == ([10, 12] if call == "sign" else [10, 11, 12])
        assert recorder.verify(deep=True)["ok"]


def test_a_stranger_verifies_what_came_back_from_the_reserve(around: Surroundings, tmp_path: Path) -> None:
    """The verifier of an export shares no code with the program: it accepts it, its fields opened."""
    folder = tmp_path / "export"
    for _ in range(2):
        spooled(around)
        with around.record() as recorder:
            recorder.append([draft(9)], critical=True)
    with around.record() as recorder:
        recorder.export(folder, audience="auditor")
    status, report = verifier.run(folder / "verify.py", folder, "--key", around.key.vkey(), "--deep")
    assert (status, report["verdict"], report["size"]) == (0, "verified", 13), report
    assert report["spool_open"] is None
    assert report["fields"]["opened"] >= 7


def test_a_database_that_does_not_answer_is_read_from_the_second_medium(around: Surroundings) -> None:
    needs = around.needs()
    with pytest.raises(Unavailable, match="journal_unavailable"):
        open_database(around.mirror, bytearray(32), around.log, around.mode)  # a folder: it cannot be read
    inner = MirrorJournal("journal_unavailable", "EIO", needs, needs.reserve.open)
    with Recorder(inner, needs, new_id) as recorder:
        assert [entry.seq for entry in recorder.entries()] == [0, 1, 2]
        assert [recorder.open_fields(entry) for entry in recorder.entries()] == [{"why": "vorher"}] * 3
        recorder.append([draft(5, fields={"why": "Frist"})], critical=True)
        assert recorder.status()["recording"] == {
            "light": "reserve",
            "why": "journal_unavailable",
            "waiting": 2,
            "incomplete": True,
        }
        assert recorder.checkpoint().size == 3
        with pytest.raises(Unavailable, match="journal_unavailable"):
            recorder.verify()
    with around.record() as recorder:
        assert recorder.size() == 6 and recorder.verify(deep=True)["ok"]
