# SPDX-License-Identifier: Apache-2.0
"""Writing down and reading on a real station: who may, what the journal says of it, and when."""

import base64
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.console import Console
from console.actions.journal import reading
from console.actions.keyholder import enrolment
from console.actions.policy import steps
from console.actions.record import counsel, drafts
from console.actions.record import notes as record
from console.actions.station import lifecycle as station_actions
from console.adapters.journal import export
from console.domain.errors import ConsoleError, Refused
from console.domain.keyholder.contact import Contact
from console.domain.record.note import About
from tests.support.activations import filed
from tests.support.scenes import Scene, sealed_base, staged
from tests.support.sheets import print_and_prove, sign_step
from tests.support.verifier import run

pytestmark = pytest.mark.real

MATTER = "M-2026-00117"
SECRET = "Der Mandant rechnet mit einer Klage der Gegenseite."
NOTE = {"title": "Einschätzung", "text": SECRET, "matter": MATTER}
FACT = {"title": "Ausfall", "text": "Um 14 Uhr fiel die Anmeldung aus."}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


@pytest.fixture
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


def texts(found: Any) -> list[str]:
    return [note["text"] for note in found["notes"]]


def types(console: Console, *, after: int) -> list[str]:
    return [entry.type for entry in console.journal.entries(after=after - 1)]


def opened_in(folder: Path, counsel_seqs: set[int]) -> set[tuple[str, str]]:
    """Return (track, field) of everything that an export opens."""
    found = json.loads((folder / "openings.json").read_bytes())["openings"]
    withheld = json.loads((folder / "withheld.json").read_bytes())["withheld"]
    assert not {(o["seq"], o["name"]) for o in found} & {(w["seq"], w["name"]) for w in withheld}
    return {("counsel" if o["seq"] in counsel_seqs else "facts", o["name"]) for o in found}


def test_anybody_writes_and_only_a_reader_reads_and_the_reading_is_written_down_first(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = console.journal.size()
    written = record.add(console, "note", "counsel", NOTE)
    assert types(console, after=size) == ["counsel.key_made", "counsel.entry"]
    entry = next(console.journal.entries(type_="counsel.entry"))
    assert (entry.subject, set(entry.body), entry.proof) == (None, {"key"}, "unlock")
    assert set(entry.c) == {"kind", "title", "text", "matter"}
    assert console.journal.open_fields(entry) == {}
    assert reading.show_entry(console, entry.seq)["fields"] == {}
    assert SECRET not in json.dumps(record.list_notes(console), ensure_ascii=False)
    size = console.journal.size()
    found = counsel.read(console, "legal-2")
    assert texts(found) == [SECRET]
    (said,) = console.journal.entries(type_="counsel.opened")
    assert (said.proof, said.body["purpose"], said.body["entries"]) == ("token", "read", [entry.seq])
    assert said.actor == console.people["legal-2"]
    assert cast(Any, written["entries"]) == [{"seq": entry.seq, "track": "counsel"}]

    def full(*_: object, **__: object) -> None:
        raise ConsoleError("disk_full")

    # Without the entry nothing is shown: the journal cannot take it, so the text does not come out.
    monkeypatch.setattr(counsel, "write", full)
    with pytest.raises(ConsoleError, match="disk_full"):
        counsel.read(console, "legal-2")


def test_a_matter_keeps_its_key_and_one_use_of_a_token_opens_all_of_it(console: Console) -> None:
    act = filed(console, {"credential": "salesforce-emergency-admin"})
    for fields in (
        NOTE,
        {**NOTE, "text": "Zweite Notiz.", "activation": act},
        {**NOTE, "matter": None, "activation": act},
    ):
        record.add(console, "note", "counsel", fields)
    first, second, third = console.journal.entries(type_="counsel.entry")
    assert first.body["key"] == second.body["key"] != third.body["key"]
    assert (first.act, second.act, third.act) == (None, act, act)
    assert len(console.vault.names("counsel/")) == 4
    with pytest.raises(Refused, match="one_matter_at_a_time"):
        counsel.read(console, "legal-1")
    assert texts(counsel.read(console, "legal-1", about=About(matter=MATTER))) == [SECRET, "Zweite Notiz."]
    assert texts(counsel.read(console, "legal-1", about=About(activation=act))) == [SECRET]
    assert texts(counsel.read(console, "legal-1", seq=third.seq)) == [SECRET]
    rows = cast(Any, record.list_notes(console, About(matter=MATTER))["notes"])
    assert [row["seq"] for row in rows] == [first.seq, second.seq]


@pytest.mark.long
def test_whoever_is_no_reader_is_refused_and_a_wrong_pin_is_written_down(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match="nothing_to_read"):
            counsel.read(console, "legal-1")
        record.add(console, "note", "counsel", NOTE)
        for member, code in (("it-1", "not_a_reader"), ("legal-ops-1", "not_a_reader"), ("nobody", "unknown_member")):
            with pytest.raises(Refused, match=code):
                counsel.read(console, member)
        with pytest.raises(Refused, match="about_nothing"):
            record.add(console, "note", "counsel", FACT)
        with pytest.raises(Refused, match="unknown_activation"):
            record.add(console, "note", "facts", {**FACT, "activation": "none"})
        assert list(console.journal.entries(type_="counsel.opened")) == []
    pins = cast(Any, scene.station.operator).pins
    right, pins["legal-1"] = pins["legal-1"], "000000"
    with scene.console() as console:
        with pytest.raises(Refused, match="pin_wrong"):
            counsel.read(console, "legal-1")
        (refused,) = console.journal.entries(type_="ceremony.refused")
        assert (refused.body["code"], refused.body["member"]) == ("pin_wrong", console.people["legal-1"])
    pins["legal-1"] = right
    scene.station.forget_pins()
    with scene.console() as console:
        assert texts(counsel.read(console, "legal-1")) == [SECRET]


def test_who_is_suspended_gets_no_new_key_and_reads_nothing(console: Console) -> None:
    record.add(console, "note", "counsel", {**NOTE, "text": "Vorher."})
    policy_ = replace(console.policy, suspended=frozenset({"legal-2"}))
    less = replace(console, policy=policy_)
    record.add(less, "note", "counsel", NOTE)
    before, after = less.journal.entries(type_="counsel.entry")
    assert before.body["key"] != after.body["key"]
    assert len([name for name in console.vault.names("counsel/") if str(after.body["key"]) in name]) == 1
    with pytest.raises(Refused, match="keyholder_suspended"):
        counsel.read(less, "legal-2")
    # Back again, they read what was written before; the rest, once another reader has admitted them.
    found = counsel.read(console, "legal-2")
    assert (texts(found), found["closed"]) == (["Vorher."], [after.seq])
    counsel.admit(console, ["legal-2"], "legal-1")
    assert texts(counsel.read(console, "legal-2")) == ["Vorher.", SECRET]


def test_exports_never_mix_the_tracks(console: Console, tmp_path: Path) -> None:
    record.add(console, "note", "counsel", NOTE)
    record.add(console, "note", "facts", FACT)
    record.add(console, "note", "counsel", {**NOTE, "matter": "M-2026-00118", "text": "Andere Sache."})
    notes = {entry.seq for entry in console.journal.entries(type_="counsel.entry")}
    for audience in ("facts", "auditor"):
        reading.export(console, tmp_path / audience, audience=audience)
        assert {track for track, _ in opened_in(tmp_path / audience, notes)} == {"facts"}
        with pytest.raises(Refused, match="reader_for_facts"):
            reading.export(console, tmp_path / "none", audience=audience, reader="legal-1")
    with pytest.raises(Refused, match="counsel_needs_reader"):
        reading.export(console, tmp_path / "none", audience="counsel")
    with pytest.raises(Refused, match="not_a_reader"):
        reading.export(console, tmp_path / "none", audience="counsel", reader="it-1")
    size = console.journal.size()
    reading.export(console, tmp_path / "one", audience="counsel", reader="legal-1", about=About(matter=MATTER))
    assert types(console, after=size) == ["counsel.opened", "journal.exported"]
    assert opened_in(tmp_path / "one", notes) == {("counsel", name) for name in ("kind", "title", "text", "matter")}
    assert b"Andere" not in (tmp_path / "one" / "openings.json").read_bytes()
    reading.export(console, tmp_path / "all", audience="counsel", reader="legal-2")
    both = (tmp_path / "all" / "openings.json").read_text()
    assert SECRET in both
    assert "Andere Sache." in both
    assert FACT["text"] not in both
    assert not (tmp_path / "none").exists()


def test_an_export_is_its_owners_only_and_withholds_how_people_are_reached(console: Console, tmp_path: Path) -> None:
    enrolment.set_contact(console, "it-2", Contact("+49 40 5550199", "it-2@kanzlei.example", "zweimal", "it-1"))
    (card,) = console.journal.entries(type_="keyholder.contact")
    before = os.umask(0)
    try:
        reading.export(console, tmp_path / "on" / "a stick", audience="auditor")
    finally:
        os.umask(before)
    made = [tmp_path / "on", *(tmp_path / "on").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
    reading.export(console, tmp_path / "facts", audience="facts")
    said, _ = reading.prove(console, card.seq)
    assert (said["opened"], said["withheld"]) == (["deputy", "member"], ["mail", "phone", "reach"])
    for folder in (tmp_path / "on" / "a stick", tmp_path / "facts"):
        withheld = json.loads((folder / "withheld.json").read_bytes())["withheld"]
        assert withheld == [{"seq": card.seq, "name": name} for name in ("mail", "phone", "reach")]
        assert "5550199" not in (folder / "openings.json").read_text()
        status, report = run(folder / "verify.py", folder, "--key", console.logs.current().key, "--deep")
        assert (status, report["verdict"]) == (0, "verified")


def test_a_proof_of_a_note_opens_it_by_a_reader_alone(console: Console, tmp_path: Path) -> None:
    record.add(console, "note", "counsel", NOTE)
    record.add(console, "note", "facts", FACT)
    (note,) = console.journal.entries(type_="counsel.entry")
    said, closed = reading.prove(console, note.seq)
    assert (said["opened"], said["withheld"]) == ([], ["kind", "matter", "text", "title"])
    assert SECRET.encode() not in base64.b64decode(closed.split(b"\n")[1].removeprefix(b"extra "))
    with pytest.raises(Refused, match="not_a_reader"):
        reading.prove(console, note.seq, reader="it-1")
    with pytest.raises(Refused, match="nothing_to_read"):
        reading.prove(console, note.seq - 1, reader="legal-1")
    size = console.journal.size()
    said, data = reading.prove(console, note.seq, reader="legal-1")
    assert types(console, after=size) == ["counsel.opened", "journal.proved"]
    assert (said["opened"], said["size"]) == (["kind", "matter", "text", "title"], console.journal.size())
    (tmp_path / "note.tlog-proof").write_bytes(data)
    key = console.logs.current().key
    status, report = run(export.VERIFIER, tmp_path / "note.tlog-proof", "--key", key)
    assert (status, report["seq"], report["fields"]["opened"]) == (0, note.seq, 4)


# --- drafts -----------------------------------------------------------------------------------------------


def test_a_draft_is_no_entry_and_its_key_goes_when_it_becomes_one(scene: Scene) -> None:
    with scene.console() as console:
        size = console.journal.size()
        saved = drafts.save(console, "facts", {**FACT, "text": f"{FACT['text']} {SECRET}", "matter": MATTER})
        id_ = str(saved["draft"])
        moved = drafts.move(console, id_, SECRET)
        assert (moved["tracks"], console.journal.size()) == (["facts", "counsel"], size)
        assert SECRET not in json.dumps(drafts.list_drafts(console), ensure_ascii=False)
        with pytest.raises(Refused, match="counsel_in_facts"):
            drafts.save(console, "facts", {**FACT, "text": SECRET.upper()}, id_)
        assert f"draft-{id_}-2" in console.hsm.keys()
    # Another process, or the next morning.
    with scene.console() as console:
        shown = cast(Any, drafts.show(console, id_))
        assert (shown["facts"]["text"], shown["counsel"]["text"]) == (FACT["text"], SECRET)
        entries = cast(Any, drafts.finish(console, id_)["entries"])
        assert [row["track"] for row in entries] == ["facts", "counsel"]
        assert not any(id_ in name for name in console.hsm.keys())
        assert console.vault.names("drafts/") == []
        with pytest.raises(Refused, match="unknown_draft"):
            drafts.finish(console, id_)
        fact = next(console.journal.entries(type_="record.added"))
        assert console.journal.open_fields(fact)["text"] == FACT["text"]
        assert texts(counsel.read(console, "legal-1", about=About(matter=MATTER))) == [SECRET]


@pytest.mark.long
def test_a_damaged_draft_is_named_and_hides_no_other(scene: Scene) -> None:
    with scene.console() as console:
        spoiled, whole = (str(drafts.save(console, "counsel", NOTE)["draft"]) for _ in range(2))
        name = f"drafts/{spoiled}.json"
        console.vault.write(name, console.vault.read(name)[:-2])
        told = drafts.list_drafts(console)
        assert (told["damaged"], [row["draft"] for row in cast(Any, told["drafts"])]) == ([spoiled], [whole])
        drafts.discard(console, spoiled)
        assert drafts.list_drafts(console)["damaged"] == []


@pytest.mark.long
def test_a_draft_is_its_authors_and_can_be_destroyed(scene: Scene) -> None:
    with scene.console() as console:
        id_ = str(drafts.save(console, "counsel", NOTE)["draft"])
    station_actions.lock(scene.station.locked)
    scene.station.unlock("it-1")
    with scene.console() as console:
        for verb in (drafts.show, drafts.finish, drafts.discard):
            with pytest.raises(Refused, match="draft_of_another"):
                verb(console, id_)
        assert drafts.list_drafts(console) == {"drafts": [], "of_others": 1, "lost": 0, "damaged": []}
    station_actions.lock(scene.station.locked)
    scene.station.unlock("legal-ops-1")
    with scene.console() as console:
        drafts.discard(console, id_)
        assert not any(id_ in name for name in console.hsm.keys())
        assert [entry.body["draft"] for entry in console.journal.entries(type_="draft.discarded")] == [id_]
        assert list(console.journal.entries(type_="counsel.entry")) == []


# --- readers who came later ---------------------------------------------------------------------------------


@pytest.mark.long
def test_sheets_that_came_later_are_admitted_by_a_reader_and_each_addition_is_an_entry(scene: Scene) -> None:
    with scene.console() as console:
        record.add(console, "note", "counsel", NOTE)
        with pytest.raises(Refused, match="no_sheets"):
            counsel.admit(console, ["sheets"], "legal-1")
        _, proposal = print_and_prove(console, scene.folder / "printed", ["legal"])
        sign_step(console, proposal)
    with scene.console() as console:
        assert counsel.reader_check(console) == {
            "id": "counsel_readers",
            "ok": False,
            "level": "warning",
            "detail": "sheets: keys that lack: 1",
            "said": [{"text": "{who}: keys that lack: {count}", "facts": {"who": "sheets", "count": 1}}],
            "mend": "counsel_readers",
        }
        size = console.journal.size()
        assert counsel.admit(console, ["sheets"], "legal-1") == {"admitted": ["sheets"], "keys": 1, "wraps": 1}
        assert types(console, after=size) == ["counsel.opened", "counsel.wrapped"]
        assert len(console.vault.names("counsel/")) == 3
        assert counsel.reader_check(console)["ok"]
        with pytest.raises(Refused, match="admitted_already"):
            counsel.admit(console, ["sheets", "legal-2"], "legal-1")
        # Now everybody has it again: the matter goes on under the same key.
        record.add(console, "note", "counsel", NOTE)
        assert len({entry.body["key"] for entry in console.journal.entries(type_="counsel.entry")}) == 1
        assert reading.verify(console, deep=True)["ok"]
        assert steps.show(console.policy, [])["number"] == 2
