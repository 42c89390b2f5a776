# SPDX-License-Identifier: Apache-2.0
"""What counsel wrote stays closed to IT and the station, outlives its authors, and nobody tampers with it unseen."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.activation import stand_in
from console.actions.console import Console
from console.actions.journal import reading as journal
from console.actions.journal import renewal
from console.actions.keyholder import enrolment
from console.actions.policy import steps
from console.actions.record import counsel as actions
from console.actions.record import drafts, notes
from console.actions.sealed import tables
from console.actions.station.lifecycle import open_database_key
from console.adapters.journal.database import open_database
from console.domain import keys
from console.domain.canonical import Object, decode_object, encode, from_base64, to_base64
from console.domain.entries import entry as entries
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.journal import opening
from console.domain.keys import RosterKey
from console.domain.record import counsel
from console.domain.record.counsel import Reader, Wrap
from console.domain.record.note import About
from console.ports.journal import Journal
from console.settings import read
from console.wiring.station import Station
from tests.attacks.sheets import lose_tokens
from tests.support.alarmed import proposed
from tests.support.newcomers import PIN, enrol_here, newcomer, section
from tests.support.scenes import Base, Scene, sealed_base, staged
from tests.support.sheets import recovery_base, words_of
from tests.support.stations import Pins, make_station

pytestmark = pytest.mark.real

MATTER = "M-2026-00117"
SECRET = "Der Mandant rechnet mit einer Klage der Gegenseite."
NOTE = {"title": "Einschätzung", "text": SECRET, "matter": MATTER}
IT = ("it-1", "it-2")
SIGNING = ("log", "request")


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station with one note of counsel's."""
    with staged(sealed_base()) as lent:
        with lent.console() as console:
            notes.add(console, "note", "counsel", NOTE)
        yield lent


def texts(console: Console, reader: str) -> list[str]:
    return [note["text"] for note in cast(Any, actions.read(console, reader))["notes"]]


# --- IT and the station ---------------------------------------------------------------------------------------


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every check out of this program: everybody is a reader, whatever comes out is what was sealed."""
    for owner, name in (
        (keys, "check_signature"),
        (entries, "check_opening"),
        (counsel, "check_opening"),
        (keys, "check_sealing_key"),
        (keys, "_check_encapsulation"),
    ):
        monkeypatch.setattr(owner, name, lambda *_, **__: None)
    monkeypatch.setattr(opening, "check_sealed", lambda _e, _n, sealed: sealed)


def openers(console: Console) -> Iterator[tuple[str, RosterKey, counsel.OpenPairs]]:
    """Yield every key that IT and the station's HSM can use."""
    station = [(name, partial(console.hsm.derive, name)) for name in console.hsm.keys() if name not in SIGNING]
    people = [(f"share of {it}", partial(console.token(it).decapsulate, "share")) for it in IT]
    for who, use in [*station, *people]:
        for key in known_points(console):
            yield who, RosterKey(key), partial(keys.open_sealed, use, key)


def known_points(console: Console) -> list[bytes]:
    roster = console.policy.roster
    reads = [member.read for member in roster.group("legal") if member.read]
    return [*reads, roster.station_point("journal"), *(roster.member(it).share for it in IT)]


@pytest.mark.usefixtures("patched")
def test_it_and_the_station_open_no_wrap_and_no_field(scene: Scene) -> None:
    """With every check patched away, each key of the HSM and of IT's tokens is tried on everything that is there."""
    tried = 0
    with scene.console() as console:
        wraps = [Wrap.parse(console.vault.read(name)) for name in console.vault.names("counsel/")]
        rows = sealed_rows(console, scene)
        assert (len(wraps), len(rows)) == (2, 4)
        for _, key, open_ in openers(console):
            for each in wraps:
                with pytest.raises(Corrupt, match="seal_broken"):
                    counsel.unwrap([replace(each, key=key)], open_)
                info = counsel._wrap_info(each.vault, each.point, each.key.public)
                with pytest.raises(Corrupt, match="seal_broken"):
                    open_([(each.blob, info)])
            for name, entry_id, sealed in rows:
                with pytest.raises(Corrupt, match="seal_broken"):
                    open_([(sealed, counsel._field_info(entry_id, name))])
                tried += 1
        assert tried >= 100
        # Nor is it under any opening key of the station's, nor does the HSM know a key for it.
        for key_ in tables.rows(console.hsm, console.vault, tables.OPENING_KEYS).values():
            for name, entry_id, sealed in rows:
                with pytest.raises(Corrupt, match="opening_garbled"):
                    opening.open_opening(key_, sealed, entry_id=entry_id, name=name)
        assert [name for name in console.hsm.keys() if "counsel" in name or name.startswith("c-")] == []


@pytest.mark.usefixtures("patched")
def test_the_patched_program_still_opens_with_a_reader(scene: Scene) -> None:
    """The attack above is a fair one."""
    with scene.console() as console:
        assert texts(console, "legal-1") == [SECRET]


@pytest.mark.long
def test_it_with_its_share_key_is_no_reader(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that takes IT for readers lets them be admitted by nobody and read nothing."""
    monkeypatch.setattr(counsel, "reader_of", lambda known, id_: Reader(id_, known.roster.member(id_).share_key))
    with scene.console() as console:
        with pytest.raises(Refused, match="not_admitted"):
            actions.read(console, "it-1")
        with pytest.raises(Refused, match="admitted_already"):
            actions.admit(console, ["it-1"], "it-2")


def sealed_rows(console: Console, scene: Scene) -> list[tuple[str, str, bytes]]:
    """Return (field, entry id, sealed) of counsel's notes, from the database itself."""
    ids = {entry.seq: entry.id for entry in console.journal.entries(type_="counsel.entry")}
    with database(console, scene) as db:
        rows = db.execute("SELECT seq, name, sealed FROM field").fetchall()
    return [(name, ids[seq], sealed) for seq, name, sealed in rows if seq in ids]


@contextmanager
def database(console: Console, scene: Scene) -> Iterator[Any]:
    """Lend a copy of the journal's database, opened with its key."""
    copy = scene.folder / "copy.db"
    for part in ("", "-wal"):
        if (scene.home / f"journal.db{part}").exists():
            shutil.copy(scene.home / f"journal.db{part}", f"{copy}{part}")
    key = open_database_key(console.vault, console.hsm, console.policy.roster)
    db = open_database(copy, key, console.logs.current().origin, "drill")
    try:
        yield db
    finally:
        db.close()
        copy.unlink()


# --- found by somebody who cannot read it ---------------------------------------------------------------------


def spoilt(scene: Scene, *statements: tuple[str, Sequence[object]]) -> None:
    """Change the database itself, between two leases."""
    with scene.console() as console:
        key = open_database_key(console.vault, console.hsm, console.policy.roster)
        origin = console.logs.current().origin
    db = open_database(scene.home / "journal.db", key, origin, "drill")
    for statement, values in statements:
        db.execute(statement, values)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()


def found(scene: Scene) -> list[tuple[str, Any]]:
    """Verify by a program whose people have no token at all; return code and seq of each finding."""
    station = Station(read(scene.home), Pins({}))
    try:
        with station.console() as console:
            verdict = cast(Any, journal.verify(console, deep=True))
    finally:
        station.close()
    assert verdict["ok"] == (verdict["findings"] == [])
    return [(finding["code"], finding["seq"]) for finding in verdict["findings"]]


def seq_of(scene: Scene, type_: str) -> int:
    with scene.console() as console:
        return next(console.journal.entries(type_=type_)).seq


def test_a_deleted_opening_is_found_without_its_key(scene: Scene) -> None:
    seq = seq_of(scene, "counsel.entry")
    assert found(scene) == []
    spoilt(scene, ("DELETE FROM field WHERE seq=? AND name='text'", (seq,)))
    assert found(scene) == [("opening_lost", seq)]


def test_a_swapped_opening_is_found_without_its_key(scene: Scene) -> None:
    """Another note's text, sealed to the same key by the same program, in the place of the first."""
    seq = seq_of(scene, "counsel.entry")
    with scene.console() as console:
        notes.add(console, "note", "counsel", {**NOTE, "text": "Etwas Harmloses."})
    swap = "UPDATE field SET sealed=(SELECT sealed FROM field WHERE seq=? AND name='text') WHERE seq=? AND name='text'"
    spoilt(scene, (swap, (seq + 1, seq)))
    assert found(scene) == [("opening_swapped", seq)]
    with scene.console() as console, pytest.raises(Corrupt, match="opening_swapped"):
        actions.read(console, "legal-1")


def put(scene: Scene, name: str, data: bytes | None) -> None:
    for medium in ("station", "mirror"):
        file = scene.folder / medium / name
        file.unlink()
        if data is not None:
            file.write_bytes(data)


def test_a_deleted_or_swapped_wrap_is_found_without_its_key(scene: Scene) -> None:
    with scene.console() as console:
        names = console.vault.names("counsel/")
        theirs = {name: console.vault.read(name) for name in names}
    seq = seq_of(scene, "counsel.key_made")
    put(scene, names[0], None)
    assert found(scene) == [("counsel_wrap_lost", seq)]
    # One for a key of the attacker's own, in the right place and form: the next note would go to them.
    honest = Wrap.parse(theirs[names[1]])
    (scene.home / names[0]).write_bytes(theirs[names[0]])
    (scene.folder / "mirror" / names[0]).write_bytes(theirs[names[0]])
    own = counsel.wrap(bytes(32), honest.vault, Reader("x", honest.key))
    put(scene, names[1], replace(honest, blob=own.blob).encode())
    assert found(scene) == [("counsel_wrap_swapped", seq)]
    with scene.console() as console:
        with pytest.raises(Corrupt, match=r"seal_broken|counsel_wrap_differs"):
            for reader in ("legal-1", "legal-2"):
                actions.read(console, reader)
        # Nothing more is sealed under a key whose wraps are not the ones that were made.
        notes.add(console, "note", "counsel", NOTE)
        first, second = console.journal.entries(type_="counsel.entry")
        assert first.body["key"] != second.body["key"]


@pytest.mark.long
def test_a_wrap_of_another_matter_in_its_place_is_found_and_opens_nothing(scene: Scene) -> None:
    with scene.console() as console:
        notes.add(console, "note", "counsel", {**NOTE, "matter": "M-2026-00118"})
        first, second = (str(entry.body["key"]) for entry in console.journal.entries(type_="counsel.entry"))
        names = [name for name in console.vault.names("counsel/") if first in name]
        others = {name: console.vault.read(name.replace(first, second)) for name in names}
    for name, data in others.items():
        put(scene, name, data)
    assert {code for code, _ in found(scene)} == {"counsel_wrap_swapped"}
    with scene.console() as console, pytest.raises(Corrupt, match="counsel_wrap_swapped"):
        actions.read(console, "legal-1", about=About(matter=MATTER))


@pytest.mark.long
def test_a_note_under_a_key_that_nobody_made_is_found(scene: Scene) -> None:
    """Written by a program that seals to a point of its own."""
    with scene.console() as console:
        point = counsel.CounselKey(bytes(32), "mine").point
        entry = entries.Draft(
            "counsel.entry",
            "program",
            "program",
            console.machine.new_id(),
            {"key": counsel.name_of(point)},
            {"text": "x"},
            track="counsel",
            sealed_to=point,
        )
        (made,) = console.journal.append([entry])
    assert found(scene) == [("counsel_key_unknown", made.seq)]


def test_one_use_of_a_token_opens_one_matter_though_nobody_can_tell_which(scene: Scene) -> None:
    """What the keys are for was erased: two of them are two matters still."""

    class Erased:
        """The journal, once no field of the facts can be opened."""

        def __init__(self, journal: Journal) -> None:
            self._journal = journal

        def __getattr__(self, name: str) -> object:
            return getattr(self._journal, name)

        def open_fields(self, entry: entries.Entry, key: counsel.CounselKey | None = None) -> Any:
            return {} if key is None else self._journal.open_fields(entry, key)

    with scene.console() as console:
        notes.add(console, "note", "counsel", {**NOTE, "matter": "M-2026-00118"})
        journal_ = cast(Journal, Erased(console.journal))
        with pytest.raises(Refused, match="one_matter_at_a_time"):
            actions.read(console, "legal-1", journal=journal_)
        seq = next(console.journal.entries(type_="counsel.entry")).seq
        assert cast(Any, actions.read(console, "legal-1", seq=seq, journal=journal_))["notes"]


# --- it outlives its authors ------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_sheets_of_legal_admit_who_comes_after_the_last_reader() -> None:
    """Every token of Legal is lost: a newcomer joins by the sheets, and the sheets open what was written before."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            notes.add(console, "note", "counsel", NOTE)
            assert len(console.vault.names("counsel/")) == 3
        lose_tokens(scene, "legal")
        with scene.console() as console:
            member = console.policy.roster.member("legal-1")
            new = section(scene, "legal-3", "Fritz Gabler")
            with pytest.raises(Unavailable, match="token_absent"):
                actions.read(console, member.id)
        with joined(scene, [new], sheets="legal") as after, after.console() as console:
            with pytest.raises(Refused, match="not_admitted"):
                actions.read(console, "legal-3")
            words = words_of(after)["legal"]
            with pytest.raises(Refused, match="sheets_spent"):
                actions.admit_by_sheets(console, ["legal-3"], words)
            reason = "Alle Karten von Legal sind verbrannt, die Blätter öffnen die Notizen der neuen Leserin."
            answer = actions.admit_by_sheets(console, ["legal-3"], words, again=reason)
            assert answer == {"admitted": ["legal-3"], "keys": 1, "wraps": 1}
            used = list(console.journal.entries(type_="recovery.used"))[-1]
            assert (used.body["purpose"], used.body["again"]) == ("counsel", True)
            assert texts(console, "legal-3") == [SECRET]
            assert journal.verify(console, deep=True)["ok"]


@contextmanager
def joined(scene: Scene, new: Sequence[Any], *, sheets: str | None = None) -> Iterator[Scene]:
    """Lend the station once these people are in its roster, in one step signed by Legal (or its sheets) and IT."""
    with scene.console() as console:
        onto = None
        if sheets:
            onto = str(steps.propose_change(console, {"remove": [{"sheets": sheets}]})["proposal"])
        for each in new:
            with newcomer(scene, each) as place:
                enrolled = enrolment.enrol_here(console, place.locked, each.id, onto=onto)
                onto = str(cast(Object, enrolled["proposal"])["proposal"])
    assert onto is not None
    with with_people(scene, *(each.id for each in new)) as later:
        with later.console() as console:
            if sheets:
                stand_in.sign(console, onto, sheets, words_of(scene)[sheets], "it-1")
        yield later


@contextmanager
def with_people(scene: Scene, *ids: str) -> Iterator[Scene]:
    """Lend the station as the next face finds it, whose file names the newcomers."""
    station = Station(read(scene.home), Pins({**cast(Any, scene.station.operator).pins, **dict.fromkeys(ids, PIN)}))
    try:
        yield replace(scene, station=station)
    finally:
        station.close()


def sign(scene: Scene, proposal: str, *members: str) -> None:
    for member in members:
        with scene.console() as console:
            answer = steps.sign(console, proposal, member)
    assert answer["in_force"]


@contextmanager
def replaced(scene: Scene, leaves: str, comes: Any, *signers: str) -> Iterator[Scene]:
    """Lend the station after one has joined, and then one has left: two steps, each signed."""
    with scene.console() as console:
        proposal = str(cast(Object, enrol_here(scene, console, comes)["proposal"])["proposal"])
    with with_people(scene, comes.id) as later:
        sign(later, proposal, *signers)
        if comes.role == "legal":
            with later.console() as console:
                actions.admit(console, [comes.id], leaves)
        with later.console() as console:
            change: Object = {"remove": [{"member": leaves}]}
            proposal = str(steps.propose_change(console, change)["proposal"])
        sign(later, proposal, *signers)
        yield later


@pytest.mark.long
def test_all_founders_leave_and_a_newcomer_of_the_third_roster_reads_what_the_first_wrote(tmp_path: Path) -> None:
    """Nobody who could read the note when it was written is left, nobody of the founders is; IT of today cannot."""
    make_station(tmp_path / "founded")
    with staged(Base(tmp_path / "founded", {})) as scene:
        with scene.console() as console:
            notes.add(console, "note", "counsel", NOTE)
        legal = [section(scene, f"legal-{n}", name, "legal") for n, name in ((3, "Fritz Gabler"), (4, "Gerda Hahn"))]
        it = [section(scene, f"it-{n}", name, "it") for n, name in ((3, "Hatice Iversen"), (4, "Ivo Jansen"))]
        with (
            replaced(scene, "legal-1", legal[0], "legal-1", "legal-2", "it-1") as one,
            replaced(one, "legal-2", legal[1], "legal-2", "legal-3", "it-1") as two,
            replaced(two, "it-1", it[0], "legal-3", "legal-4", "it-2") as three,
            replaced(three, "it-2", it[1], "legal-3", "legal-4", "it-3") as last,
            last.console() as console,
        ):
            assert console.policy.number == 9
            assert {m.id for m in console.policy.roster.keyholders()} == {"legal-3", "legal-4", "it-3", "it-4"}
            assert texts(console, "legal-4") == [SECRET]
            admitted = list(console.journal.entries(type_="counsel.wrapped"))
            assert [entry.actor for entry in admitted] == [console.people["legal-1"], console.people["legal-2"]]
            for gone, code in (("legal-1", "unknown_member"), ("it-3", "not_a_reader")):
                with pytest.raises(Refused, match=code):
                    actions.read(console, gone)
            # What comes now is nothing for those who left.
            notes.add(console, "note", "counsel", NOTE)
            newest = str(list(console.journal.entries(type_="counsel.entry"))[-1].body["key"])
            mine = [name for name in console.vault.names("counsel/") if newest in name]
            holders = {Wrap.parse(console.vault.read(name)).reader for name in mine}
            assert holders == {"legal-3", "legal-4"}
            assert journal.verify(console, deep=True)["ok"]


# --- after an alarm ---------------------------------------------------------------------------------------------


@pytest.mark.long
def test_after_an_alarm_the_old_notes_are_read_from_the_old_log(scene: Scene) -> None:
    """The journal is put back to an older state and a new log begins: what stands in the old one still opens."""
    before = (scene.home / "journal.db").read_bytes()
    with scene.console() as console:
        notes.add(console, "note", "facts", {"title": "Später", "text": "Das fehlt in der alten Abschrift."})
    (scene.home / "journal.db").write_bytes(before)
    with scene.console() as console:
        assert console.journal.alarm()
        with pytest.raises(Corrupt, match="journal_alarm"):
            actions.read(console, "legal-1")
        renewal.propose(console)
        for member in ("legal-1", "it-1"):
            renewal.sign(console, proposed(console), member)
    with scene.console() as console:
        assert console.logs.current().number == 2
        with pytest.raises(Refused, match="nothing_to_read"):
            actions.read(console, "legal-1")
        with journal.of_log(console, 1) as old:
            seen = cast(Any, actions.read(console, "legal-1", journal=old.journal))
            assert [note["text"] for note in seen["notes"]] == [SECRET]
            assert actions.findings(console, old.journal) == []
        (said,) = console.journal.entries(type_="counsel.opened")
        assert str(said.body["in_log"]).endswith("/log-1")
        notes.add(console, "note", "counsel", NOTE)
        assert texts(console, "legal-2") == [SECRET]
        assert journal.verify(console, deep=True)["ok"]


def test_a_draft_moves_to_counsel_and_never_back(scene: Scene) -> None:
    """By no verb: not by saving, not by moving, not by finishing; and not by an edited file."""
    with scene.console() as console:
        fields: Object = {"title": "Lage", "text": f"Erstens. {SECRET}", "matter": MATTER}
        id_ = str(drafts.save(console, "facts", fields)["draft"])
        drafts.move(console, id_, SECRET)
        with pytest.raises(Refused, match="counsel_in_facts"):
            drafts.save(console, "facts", {**fields, "text": SECRET.lower()}, id_)
        with pytest.raises(Refused, match="passage_not_found"):
            drafts.move(console, id_, SECRET)
        name = f"drafts/{id_}.json"
        value = decode_object(console.vault.read(name))
        blob = bytearray(from_base64(value["blob"]))
        blob[-20] ^= 1
        console.vault.write(name, encode({**value, "blob": to_base64(bytes(blob))}))
        with pytest.raises(Corrupt, match="seal_broken"):
            drafts.finish(console, id_)
        assert list(console.journal.entries(type_="record.added")) == []
