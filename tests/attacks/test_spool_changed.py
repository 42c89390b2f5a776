# SPDX-License-Identifier: Apache-2.0
"""Attacks on the spool: on the second medium (cut, edited, reordered, replayed) and in the log. Each has its name."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.adapters.journal import mirror
from console.adapters.journal.mirror_journal import MirrorJournal
from console.adapters.journal.recorder import Recorder
from console.domain import canonical
from console.domain.canonical import Json, to_base64
from console.domain.entries import entry as journal
from console.domain.entries.entry import Entry, Reading
from console.domain.errors import Corrupt, Unavailable
from console.domain.journal import spool as rules
from console.domain.journal.spool import Merged, Signed
from tests.support import verifier
from tests.support.journals import LOG, Surroundings, draft, findings, log_full, new_id, recording

pytestmark = pytest.mark.real
SEALED = b"sealed:"


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    result = Surroundings(tmp_path)
    result.create()
    with result.record() as recorder:
        recorder.append([draft(0)], critical=True)
    spool(result, 3)
    return result


def spool(around: Surroundings, count: int) -> None:
    with around.record() as recorder, log_full(recorder):
        for number in range(count):
            recorder.append([draft(number)], critical=True)


def frames(around: Surroundings) -> list[mirror.Record]:
    with (around.mirror / "journal.spool").open("rb") as file:
        found = []
        while record := mirror.record_at(file, file.tell()):
            found.append(record)
        return found


def put(around: Surroundings, records: list[mirror.Record]) -> None:
    whole = b"".join(mirror.frame(*record) for record in records)
    (around.mirror / "journal.spool").write_bytes(whole)


def alarm(around: Surroundings) -> list[str]:
    with around.record() as recorder:
        found = recorder.alarm()
        if found:
            with pytest.raises(Corrupt, match="journal_alarm"):
                recorder.append([draft(9)])
            assert not recorder.verify(deep=True)["ok"]
        return found


def test_untouched_it_goes_into_the_log(around: Surroundings) -> None:
    assert alarm(around) == []
    assert around.heads == []


@pytest.mark.parametrize("left", [0, 1, 3])
def test_cut(around: Surroundings, left: int) -> None:
    put(around, frames(around)[:left])
    assert alarm(around) == ["spool_cut"]


def test_taken_away(around: Surroundings) -> None:
    """It may be another medium: that is said until the right one is back, and then nothing is forgotten."""
    (around.mirror / "journal.spool").rename(around.mirror / "hidden")
    with around.record() as recorder:
        assert {"code": "spool_missing", "owed": 4} in findings(recorder.status())
        assert recording(recorder.status())["incomplete"]
        with log_full(recorder), pytest.raises(Unavailable, match="write_on_paper"):
            recorder.append([draft(5)], critical=True)
    (around.mirror / "hidden").rename(around.mirror / "journal.spool")
    with around.record() as recorder:
        assert recorder.alarm() == [] and recorder.size() == 6


def test_a_torn_end_is_no_attack(around: Surroundings) -> None:
    path = around.mirror / "journal.spool"
    path.write_bytes(path.read_bytes() + b"\0" * 17)
    assert alarm(around) == []


def edited(record: mirror.Record) -> mirror.Record:
    n, leaf, sealed = record
    value = canonical.decode_object(sealed.removeprefix(SEALED))
    data = canonical.from_base64(value["record"]).replace(b"program", b"nobody1")
    return n, leaf, SEALED + canonical.encode({**value, "record": to_base64(data)})


def unsealed(record: mirror.Record) -> mirror.Record:
    n, leaf, sealed = record
    return n, leaf, b"x" + sealed[1:]


@pytest.mark.parametrize("change", [edited, unsealed])
def test_edited(around: Surroundings, change: Callable[[mirror.Record], mirror.Record]) -> None:
    first, *rest = frames(around)
    put(around, [change(first), *rest])
    assert alarm(around) == ["spool_edited"]


def test_reordered(around: Surroundings) -> None:
    first, second, third, fourth = frames(around)
    put(around, [first, third, second, fourth])
    assert alarm(around) == ["spool_reordered"]


def test_a_record_twice(around: Surroundings) -> None:
    records = frames(around)
    put(around, [*records, records[-1]])
    assert alarm(around) == ["spool_reordered"]


def test_an_old_spool_replayed(around: Surroundings) -> None:
    old = frames(around)
    assert alarm(around) == []
    spool(around, 2)
    put(around, old)
    assert alarm(around) == ["spool_replayed"]


def test_a_settled_spool_put_back_is_taken_away_again(around: Surroundings) -> None:
    old = frames(around)
    assert alarm(around) == []
    put(around, old)
    with around.record() as recorder:
        assert recorder.alarm() == [] and recorder.size() == 6
    assert not (around.mirror / "journal.spool").exists()


def unread(around: Surroundings) -> Recorder:
    """Open the recorder while neither the log nor its copy can be read."""
    for file in around.mirror.glob("journal.mirror"):
        file.rename(around.folder / "mirror-away")
    needs = around.needs()
    log = MirrorJournal("journal_unavailable", "Input/output error", needs, needs.reserve.open)
    return Recorder(log, needs, new_id)


def test_a_settled_spool_gone_on_with_while_the_log_could_not_be_read(around: Surroundings, tmp_path: Path) -> None:
    """A crash left file and head of a settled spool; what is recorded behind it then is not forgotten with it."""
    old, head = frames(around), list(around.heads)
    assert alarm(around) == []
    put(around, old)
    around.heads[:] = head
    with unread(around) as recorder:
        (entry,) = recorder.append([draft(7)], critical=True)
    (around.folder / "mirror-away").rename(around.mirror / "journal.mirror")
    with around.record() as recorder:
        assert recorder.alarm() == [] and recorder.verify(deep=True)["ok"]
        assert [told.id for told in recorder.entries(type_="activation.noted")].count(entry.id) == 1
        recorder.export(tmp_path / "export", audience="auditor")
    status, report = verifier.run(
        tmp_path / "export/verify.py", tmp_path / "export", "--key", around.key.vkey(), "--deep"
    )
    assert (status, report["spool_open"]) == (0, None)
    assert not (around.mirror / "journal.spool").exists() and around.heads == []


@pytest.mark.parametrize("left", [1, 4])
@pytest.mark.parametrize("more", [1, 6])
def test_a_settled_spool_put_back_while_the_log_could_not_be_read(around: Surroundings, left: int, more: int) -> None:
    """Whoever swaps the medium for an old copy of it hides nothing: all of it is told, or it is the alarm."""
    old = frames(around)
    assert alarm(around) == []
    put(around, old[:left])
    with unread(around) as recorder:
        made = [recorder.append([draft(n)], critical=True)[0].id for n in range(more)]
    (around.folder / "mirror-away").rename(around.mirror / "journal.mirror")
    with around.record() as recorder:
        if left < len(old):
            assert recorder.alarm() == ["spool_replayed"]
            assert (around.mirror / "journal.spool").exists()
        else:
            assert {*made} <= {told.id for told in recorder.entries()}


def test_the_head_forged(around: Surroundings) -> None:
    around.heads[:] = [around.heads[0].replace(b"\n4\n", b"\n2\n")]
    assert alarm(around) == ["spool_head"]


# --- in the log -----------------------------------------------------------------------------------------------


def merged(tmp_path: Path) -> tuple[Surroundings, list[Entry]]:
    around = Surroundings(tmp_path)
    around.create()
    spool(around, 2)
    with around.record() as recorder:
        return around, [e for e in recorder.inner.entries() if e.type.startswith("spool.")]


def judged(around: Surroundings, entries: list[Entry]) -> str | None:
    def root_at(size: int) -> bytes:
        with around.record() as recorder:
            return next(e.prev for e in recorder.inner.entries() if e.seq == size)

    check = Merged(around.key, root_at)
    try:
        for entry in entries:
            check.check(entry)
    except Corrupt as error:
        return error.code
    return None


def body(entry: Entry, **changes: Json) -> Entry:
    return replace(entry, body={**entry.body, **changes})


def signed_anew(around: Surroundings, outer: Entry, change: Callable[[bytes], bytes]) -> Entry:
    data = change(canonical.from_base64(outer.body["record"]))
    return body(outer, record=to_base64(data), sig=to_base64(around.sign(rules.message(data))))


def _quoting(note: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b'"checkpoint":null', b'"checkpoint":' + note)


def test_in_the_log_each_forgery_has_its_name(tmp_path: Path) -> None:
    around, (first, second, third, settled) = merged(tmp_path)
    whole = [first, second, third, settled]
    assert judged(around, whole) is None
    assert judged(around, [first, third, settled]) == "spool_chain"
    assert judged(around, [second, third, settled]) == "spool_chain"
    assert judged(around, [first, first]) == "spool_chain"
    assert judged(around, [*whole, first]) == "spool_chain"
    assert judged(around, [first, second, settled]) == "spool_head"
    assert judged(around, [settled]) == "spool_head"
    assert judged(around, [first, second, third, body(settled, count=2)]) == "spool_head"
    assert judged(around, [first, second, third, body(settled, anchor=to_base64(b"x"))]) == "spool_head"
    assert judged(around, [body(first, more=1)]) == "spool_shape"
    assert judged(around, [body(first, record="%")]) == "spool_shape"
    assert judged(around, [body(first, n=1)]) == "spool_shape"
    assert judged(around, [body(first, n=False)]) == "spool_shape"
    assert judged(around, [body(first, sig=second.body["sig"])]) == "spool_signature"
    for wrong in (
        replace(first, actor="p-1"),
        replace(first, proof="token"),
        replace(first, act="act-2"),
        replace(first, subject="p-2"),
        replace(first, id=second.id),
        replace(first, blob=((bytes(32), 1),)),
    ):
        assert judged(around, [wrong]) == "spool_entry"
    wrong = signed_anew(
        around, first, lambda data: data.replace(b'"type":"recording.reserve"', b'"type":"spool.merged"')
    )
    assert judged(around, [wrong]) == "spool_entry"
    other_log = signed_anew(around, first, lambda data: data.replace(b"/log-1", b"/log-2"))
    assert judged(around, [other_log]) == "spool_entry"
    assert second.body["record"] != first.body["record"]
    unknown = signed_anew(around, first, lambda data: data.replace(b'"checkpoint":null', b'"checkpoint":"x"'))
    assert judged(around, [unknown]) == "spool_checkpoint"
    for root, code in ((first.prev, None), (bytes(32), "spool_checkpoint")):
        note = json.dumps(around.note(first.seq, root).decode(), ensure_ascii=False).encode()
        assert judged(around, [signed_anew(around, first, _quoting(note))]) == code


ENTRY = journal.compose(
    draft(0), log=LOG, mode="drill", seq=0, prev=bytes(32), reading=Reading(1_795_435_200_000, "b", 1), commitments={}
)
RECORD = rules.compose("0" * 32, 0, None, None, ENTRY)


@given(st.integers(0, len(RECORD) - 1), st.binary(min_size=0, max_size=3))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_crash_the_parser(at: int, put_there: bytes) -> None:
    """Whatever the bytes are, they are a record or ``Corrupt``."""
    for data in (put_there, RECORD[:at], RECORD[:at] + put_there + RECORD[at + len(put_there) :]):
        try:
            rules.parse(data).as_entry(3, bytes(32))
        except Corrupt:
            continue
        assert canonical.encode(canonical.decode_object(data, depth=7), depth=7) == data


def test_a_record_of_another_key_is_none(around: Surroundings) -> None:
    signed = Signed(RECORD, around.sign(RECORD))
    with pytest.raises(Corrupt, match="spool_signature"):
        rules.check_signature(signed, around.key)
