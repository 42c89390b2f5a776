# SPDX-License-Identifier: Apache-2.0
"""Erasing without the right two people, erasing in words only, and bringing back what was erased."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from console.actions.activation import lifecycle
from console.actions.backup import copy, restore
from console.actions.console import Console
from console.actions.entries import THE_PROGRAM, by_token, list_keyholders
from console.actions.journal import reading, renewal
from console.actions.keyholder import enrolment
from console.actions.policy import steps
from console.actions.privacy import erasure, hold, notices
from console.actions.record import notes
from console.actions.sealed import tables
from console.actions.station.lifecycle import lock
from console.adapters.slip39 import WordSheets
from console.domain.canonical import Json, Object, encode, to_base64
from console.domain.entries.entry import Entry, scope_of
from console.domain.errors import Corrupt, Refused
from console.domain.journal.opening import open_opening
from console.domain.keyholder.contact import Contact
from console.domain.privacy.erasure import APPROVED, BEGUN, ERASED, PROPOSED
from console.ports.journal import Journal
from tests.support.alarmed import proposed
from tests.support.changes import WITHOUT_IT_2
from tests.support.erasures import SAID, erasing_base, is_readable
from tests.support.forgery import draft
from tests.support.restoration import bare, closed, first_release, medium
from tests.support.scenes import UNLOCKER, Scene, staged
from tests.support.sheets import recovery_base, sign_step, words_of
from tests.support.verifier import run

pytestmark = pytest.mark.real
SECRET = b"Zwetschgenmus"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(erasing_base()) as lent:
        yield lent


def the_one(console: Console) -> str:
    (made,) = erasure.proposals(console)
    return made.id


def codes(console: Console) -> set[object]:
    verdict = reading.verify(console, deep=True)
    return {row["code"] for row in verdict["findings"]}  # type: ignore[union-attr,index,call-overload]


def test_who_may_not_erase(scene: Scene) -> None:
    """One person twice, two of one group, somebody suspended or of no group: nothing is erased."""
    with scene.console() as console:
        id_ = the_one(console)
        for member, code in (("legal-1", "already_approved"), (UNLOCKER, "not_a_keyholder")):
            with pytest.raises(Refused) as error:
                erasure.approve(console, id_, member)
            assert error.value.code == code
        assert erasure.approve(console, id_, "legal-2")["missing"] == ["another"]
        assert is_readable(console, scene.act)
        # Nobody agrees to erasing what is about themselves, and nobody in force is erased everywhere.
        own = str(erasure.propose(console, "request", subject="legal-2", act=scene.act)["erasure"])
        with pytest.raises(Refused) as error:
            erasure.approve(console, own, "legal-2")
        assert error.value.code == "own_erasure"
        for code, asked in (
            ("person_in_force", {"subject": "it-1"}),
            ("nothing_to_erase", {"subject": "nobody"}),
            ("nothing_to_erase", {"subject": "station"}),
        ):
            with pytest.raises(Refused) as error:
                erasure.propose(console, "request", **asked)
            assert error.value.code == code
        with pytest.raises(Refused) as error:
            erasure.propose(console, "retention", act=scene.act)
        assert error.value.code == "kept_until"


def test_a_forged_and_a_replayed_approval_erase_nothing(scene: Scene) -> None:
    with scene.console() as console:
        id_ = the_one(console)
        other = str(erasure.propose(console, "request", act=scene.act)["erasure"])
        (true,) = console.journal.entries(type_=APPROVED)
        fields = console.journal.open_fields(true)
        for target, member, group in ((other, "legal-1", "legal"), (id_, "it-1", "it")):
            forged = draft(
                console,
                APPROVED,
                by_token(member),
                {"erasure": target, "group": group},
                fields={**fields, "member": member},
                subject=console.people[member],
            )
            console.journal.append([forged])
        for target in (other, id_):
            with pytest.raises(Corrupt, match="signature_wrong"):
                erasure.approve(console, target, "it-2")
        scopes = list(erasure.find(console, id_).scopes)
        console.journal.append([draft(console, BEGUN, THE_PROGRAM, {"erasure": id_, "scopes": scopes})])
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert codes(console) == {"erasure_unauthorised"}


def test_while_the_log_takes_no_entries_nothing_is_erased(scene: Scene) -> None:
    with scene.console() as console:
        status = {**console.journal.status(), "recording": {"light": "reserve"}}

        class Retreated:
            """The journal as it is while entries go to the spool."""

            def __getattr__(self, name: str) -> object:
                return getattr(console.journal, name)

            def status(self) -> Object:
                return status

        with pytest.raises(Refused, match="erasure_waits"):
            erasure.approve(replace(console, journal=cast(Journal, Retreated())), the_one(console), "it-1")
        assert is_readable(console, scene.act)


def test_words_alone_erase_nothing_and_are_found(scene: Scene, tmp_path: Path) -> None:
    """``privacy.erased`` without two signatures: the key stays, and the deep verification says so."""
    with scene.console() as console:
        made = erasure.find(console, the_one(console))
        body = {"erasure": made.id, "scopes": list(made.scopes), "basis": "request", "approved": [], "destroys": "yes"}
        console.journal.append([draft(console, ERASED, THE_PROGRAM, body)])
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert codes(console) == {"erasure_unauthorised"}
        assert erasure.describe(console, made)["erased"] is None
        assert erasure.approve(console, made.id, "it-1")["erased"]


def test_entries_that_say_nothing_keep_nobody_outside_and_are_found(scene: Scene) -> None:
    """Types of ours with bodies of somebody else: the unlock settles past them, and a true erasure goes on."""
    with scene.console() as console:
        id_ = the_one(console)
        forged: list[Object] = [{}, {"erasure": id_}, {"erasure": 7, "scopes": "all"}]
        console.journal.append(
            [
                draft(console, type_, THE_PROGRAM, body)
                for type_ in (PROPOSED, APPROVED, BEGUN, ERASED)
                for body in forged
            ]
        )
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert len([each for each in erasure.findings(console) if each["code"] == "erasure_unauthorised"]) == 6
        assert notices.status(console)["erasures"]
        assert erasure.approve(console, id_, "it-1")["erased"]


def test_what_holds_the_station_together_is_erased_by_nobody(scene: Scene) -> None:
    """A proposal that another program wrote: whoever is asked to sign it would not see what goes."""
    with scene.console() as console:
        true = erasure.find(console, the_one(console))
        for scope in ("station", "counsel:c-1", "act:"):
            made = replace(true, scopes=(scope,))
            body: dict[str, Json] = {"erasure": made.id, "document": made.to_json()}
            console.journal.append([draft(console, PROPOSED, THE_PROGRAM, body)])
            with pytest.raises(Refused, match="nothing_to_erase"):
                erasure.approve(console, made.id, "legal-2")


def test_people_made_up_and_erased_by_the_same_entry_authorise_nothing(scene: Scene) -> None:
    """Approvals without a signature, of pseudonyms that the very erasure they approve says were erased."""
    with scene.console() as console:
        true = erasure.find(console, the_one(console))
        scopes = tuple(sorted({*true.scopes, "subject:made-up-1", "subject:made-up-2"}))
        made = replace(true, scopes=scopes, nonce=bytes(16))
        said: dict[str, Json] = {"erasure": made.id, "scopes": list(scopes)}
        agreed = [
            replace(
                draft(
                    console,
                    APPROVED,
                    THE_PROGRAM,
                    {"erasure": made.id, "group": group},
                    subject=who,
                    fields={"member": who, "signature": to_base64(bytes(64))},
                ),
                actor=who,
                proof="token",
            )
            for who, group in (("made-up-1", "legal"), ("made-up-2", "it"))
        ]
        drafts = [
            draft(console, PROPOSED, THE_PROGRAM, {"erasure": made.id, "document": made.to_json()}),
            *agreed,
            draft(console, BEGUN, THE_PROGRAM, said),
            draft(console, ERASED, THE_PROGRAM, {**said, "basis": "request", "approved": [], "destroys": "yes"}),
        ]
        # Nobody can read the signatures: the keys that opened them are gone.
        console.journal.append(drafts)
        tables.burn(
            console.hsm, console.vault, tables.OPENING_KEYS, {"subject:made-up-1", "subject:made-up-2"}, keep=None
        )
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert "erasure_unauthorised" in codes(console)


def test_an_erasure_said_again_by_nobody_erases_nothing(scene: Scene) -> None:
    """``restated`` in the entry is a word; whether the renewal of this log carries it decides."""
    with scene.console() as console:
        made = erasure.find(console, the_one(console))
        body: dict[str, Json] = {
            "erasure": made.id,
            "scopes": list(made.scopes),
            "basis": "request",
            "approved": [],
            "destroys": "yes",
            "restated": {"seq": 1, "at": "2026-01-01T00:00:00.000Z"},
        }
        console.journal.append([draft(console, ERASED, THE_PROGRAM, body)])
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert codes(console) == {"erasure_unauthorised"}
        assert erasure.erased_scopes(console) == set()


@pytest.mark.long
def test_an_erasure_in_words_only_is_not_carried_into_a_new_log(scene: Scene) -> None:
    """Written without authority, then an alarm provoked: the renewal's two signatures do not make it good."""
    (before,) = [(scene.home / "journal.db").read_bytes()]
    with scene.console() as console:
        made = erasure.find(console, the_one(console))
        said: dict[str, Json] = {"erasure": made.id, "scopes": list(made.scopes), "basis": "request"}
        body: dict[str, Json] = {**said, "approved": [], "destroys": "yes"}
        console.journal.append([draft(console, ERASED, THE_PROGRAM, body)], critical=True)
    (scene.home / "journal.db").write_bytes(before)
    with scene.console() as console:
        assert console.journal.alarm()
        renewal.propose(console)
        for member in ("legal-1", "it-1"):
            renewal.sign(console, proposed(console), member)
    with scene.console() as console:
        assert console.logs.current().number == 2
        assert list(console.journal.entries(type_=ERASED)) == []
        assert set(made.scopes) <= set(erasure.scopes(console))


def test_a_file_that_two_people_signed_and_the_station_did_not_erases_nothing(scene: Scene) -> None:
    """Two who may agree, or could once, sign on computers of their own, around a hold: no file of theirs counts."""
    with scene.console() as console:
        made = replace(erasure.find(console, the_one(console)), nonce=bytes(16))
        rows: list[Json] = [
            [member, to_base64(console.token(member).sign("sign", made.signed_digest()))]
            for member in ("it-1", "legal-1")
        ]
        said: dict[str, Json] = {"document": made.to_json(), "signatures": rows}
        for name, more in (("a", {"v": 1}), ("b", {"v": 2, "station": to_base64(bytes(64))})):
            (scene.home / "erasures").mkdir(exist_ok=True)
            (scene.home / "erasures" / f"{name}.json").write_bytes(encode({**said, **more}))  # type: ignore[dict-item]
    with scene.console() as console:
        assert is_readable(console, scene.act)


def test_nothing_is_said_under_what_was_erased(scene: Scene) -> None:
    """Its key would be taken for an old one put back, and be destroyed with what was said."""
    with scene.console() as console:
        made = erasure.propose(console, "request", act=scene.act)
        scopes = {"act:" + scene.act, *cast(list[str], made["scopes"])}
        note = {"title": "Danach", "text": "Noch etwas dazu.", "activation": scene.act}
        notes.add(console, "note", "facts", note)
        id_ = str(erasure.propose(console, "request", act=scene.act)["erasure"])
        assert scopes <= set(erasure.find(console, id_).scopes)
        for member in ("legal-1", "it-1"):
            erasure.approve(console, id_, member)
        for track in ("facts", "counsel"):
            with pytest.raises(Refused, match="activation_erased"):
                notes.add(console, "note", track, note)


def test_while_the_second_medium_is_away_nothing_is_erased(scene: Scene) -> None:
    """It holds the copy of the keys for the recovery sheets: whoever pulled it would keep what the receipt denies."""
    mirror = scene.folder / "mirror"
    kept = (mirror / "escrow" / "table.json").read_bytes()
    mirror.rename(scene.folder / "pulled")
    with scene.console() as console:
        for _ in range(2):  # the first finds out, once both have signed
            with pytest.raises(Refused, match="erasure_waits_for_copy"):
                erasure.approve(console, the_one(console), "it-1")
    with scene.console() as console:
        assert is_readable(console, scene.act)
        assert list(console.journal.entries(type_=ERASED)) == []
    (scene.folder / "pulled").rename(mirror)
    for _ in range(2):  # the first copies what the medium lacks, the second erases
        with scene.console():
            pass
    with scene.console() as console:
        assert not is_readable(console, scene.act)
        assert len(list(console.journal.entries(type_=ERASED))) == 1
        assert codes(console) == set()
    assert (mirror / "escrow" / "table.json").read_bytes() != kept


def test_a_hold_holds_what_it_names(scene: Scene) -> None:
    """A matter that only a note names; and what nothing here is called is refused, for it would hold nothing."""
    why = "Eine Klage ist am Landgericht anhängig."
    with scene.console() as console:
        for target in ("act:no-such-one", "subject:nobody", "matter:117", "matter: ", f"activation:{scene.act}"):
            with pytest.raises(Refused, match="hold_target"):
                hold.place(console, [target], "legal-1", why)
        matter = "M-2026-00999"
        note = {"title": "Danach", "text": "Noch etwas dazu.", "activation": scene.act, "matter": matter}
        notes.add(console, "note", "facts", note)
        hold.place(console, [f" matter:{matter} "], "legal-1", why)
        with pytest.raises(Refused, match="legal_hold"):
            erasure.approve(console, the_one(console), "it-1")


def test_said_with_authority_but_not_done_is_done_by_whoever_comes_next(scene: Scene) -> None:
    with scene.console() as console:
        made = erasure.find(console, the_one(console))
        person = console.policy.roster.member("it-1")
        signature = console.token("it-1").sign("sign", made.signed_digest())
        person.check(signature, made.signed_digest())
        agreed = draft(
            console,
            APPROVED,
            by_token("it-1"),
            {"erasure": made.id, "group": "it"},
            fields={"member": "it-1", "signature": to_base64(signature)},
            subject=console.people["it-1"],
        )
        body = {"erasure": made.id, "scopes": list(made.scopes), "basis": "request", "approved": [], "destroys": "yes"}
        console.journal.append([agreed, draft(console, ERASED, THE_PROGRAM, body)])
        assert is_readable(console, scene.act)
    with scene.console() as console:
        assert not is_readable(console, scene.act)
        assert codes(console) == set()


def test_a_key_that_is_gone_without_authority_is_lost(scene: Scene, tmp_path: Path) -> None:
    """Here and to a stranger."""
    with scene.console() as console:
        scopes = set(erasure.find(console, the_one(console)).scopes)
        tables.burn(console.hsm, console.vault, tables.OPENING_KEYS, scopes, keep=None)
    with scene.console() as console:
        assert codes(console) == {"opening_key_lost"}
        reading.export(console, tmp_path / "out")
        key = console.logs.current().key
    status, report = run(tmp_path / "out" / "verify.py", tmp_path / "out", "--key", key, "--deep")
    assert (status, report["verdict"], report["findings"][0]["code"]) == (4, "corrupt", "field_lost")


def test_what_is_erased_is_in_no_file_and_every_proof_holds(scene: Scene, tmp_path: Path) -> None:
    """The station's folder, the second medium opened, every page of the database, an export made later."""
    with scene.console() as console:
        (requested,) = console.journal.entries(act=scene.act, type_="activation.requested")
        salts = salts_of(console, scene, requested)
        erasure.approve(console, the_one(console), "it-1")
    with scene.console() as console:
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
        summary = reading.export(console, tmp_path / "out")
        assert summary["erased"] == 1
        key, origin = console.logs.current().key, console.logs.current().origin
        pages = b"".join(pages_of(console))
        told = console.logs.mirrored(("activation.requested",), ())
        mirrored = str([told.open_fields(e) for e in told.entries(type_="activation.requested")]).encode()
    searched = [path for top in (scene.home, scene.folder / "mirror", tmp_path / "out") for path in top.rglob("*")]
    for data in (pages, mirrored, *(path.read_bytes() for path in searched if path.is_file())):
        assert SECRET not in data
        assert SAID.encode() not in data
        assert not any(salt in data for salt in salts)
    status, report = run(tmp_path / "out" / "verify.py", tmp_path / "out", "--key", key, "--deep")
    assert (status, report["verdict"]) == (0, "verified"), report
    assert report["fields"]["erased"] == 1
    assert origin


def salts_of(console: Console, scene: Scene, entry: Entry) -> list[bytes]:
    """Return the salts of an entry's fields, and check that they would be found."""
    key = tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)[scope_of(entry)]
    thread = console.journal.inner.thread  # type: ignore[attr-defined]
    rows = thread.run(lambda log: log.db.execute("SELECT name, sealed FROM field WHERE seq=?", (entry.seq,)).fetchall())
    opened = [open_opening(key, sealed, entry_id=entry.id, name=name) for name, sealed in rows]
    assert SECRET.decode() in str(opened[0].value)
    return [key, *(opening.salt for opening in opened)]


def pages_of(console: Console) -> list[bytes]:
    """Return everything that stands in the opened database."""
    thread = console.journal.inner.thread  # type: ignore[attr-defined]

    def read(log: object) -> list[bytes]:
        db = log.db  # type: ignore[attr-defined]
        pages = db.execute("SELECT count(*) FROM pragma_module_list WHERE name='sqlite_dbpage'").fetchone()[0]
        if pages:
            return [row[0] for row in db.execute("SELECT data FROM sqlite_dbpage")]
        # Built without: then every cell of every table.
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        rows = [row for name in names for row in db.execute(f"SELECT * FROM {name}")]
        return [cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row]

    return list(thread.run(read))


def test_an_old_key_table_put_back_is_destroyed_again(scene: Scene) -> None:
    """With the software module an old copy of HSM and table together opens again: the receipt says so, and the next
    process destroys it once more."""
    lock(scene.station.locked)
    for name in ("hsm", "table", "escrow"):
        shutil.copytree(scene.home / name, scene.folder / "old" / name)
    scene.restart()
    with scene.console() as console:
        receipt = erasure.approve(console, the_one(console), "it-1")
        assert receipt["destroys"] == "unproven"
    lock(scene.station.locked)
    for name in ("hsm", "table", "escrow"):
        shutil.rmtree(scene.home / name)
        shutil.copytree(scene.folder / "old" / name, scene.home / name)
    scene.restart()
    with scene.console() as console:
        scopes = set(erasure.find(console, the_one(console)).scopes)
        assert not scopes & set(erasure.scopes(console))
        assert not is_readable(console, scene.act)


@pytest.mark.long
def test_a_hold_beats_an_erasure(scene: Scene) -> None:
    with scene.console() as console:
        placed = hold.place(console, ["M-2026-00117"], "legal-2", "Eine Klage ist am Landgericht anhängig.")
        with pytest.raises(Refused) as error:
            erasure.approve(console, the_one(console), "it-1")
        assert error.value.code == "legal_hold"
        assert is_readable(console, scene.act)
        id_ = str(placed["holds"][0]["hold"])  # type: ignore[index,call-overload]
        why = "Der Rechtsstreit ist durch Vergleich beendet."
        assert hold.lift(console, id_, "legal-1", why)["holds"][0]["lifting_missing"] == ["another"]  # type: ignore[index,call-overload]
        with pytest.raises(Refused):
            erasure.approve(console, the_one(console), "it-1")
        assert hold.lift(console, id_, "it-2", why)["holds"] == []
        assert erasure.approve(console, the_one(console), "it-1")["erased"]
        with pytest.raises(Refused) as error:
            hold.place(console, [f"act:{scene.act}"], "it-1", why)
        assert error.value.code == "not_of_legal"


@pytest.mark.long
def test_somebody_who_left_is_erased_everywhere() -> None:
    """Name, contact card, proofs; whoever joins under their id afterwards is somebody new."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            enrolment.set_contact(console, "it-2", Contact(phone="+49 40 5550199"))
            sign_step(console, str(steps.propose_change(console, WITHOUT_IT_2)["proposal"]))
        with scene.console() as console:
            pseudonym = console.people["it-2"]
            id_ = str(erasure.propose(console, "request", subject="it-2")["erasure"])
            erasure.approve(console, id_, "legal-1")
            assert erasure.approve(console, id_, "it-1")["erased"]
        with scene.console() as console:
            assert "it-2" not in console.people
            assert "it-2" not in enrolment.contacts(console)
            assert pseudonym not in str(list_keyholders(console))
            assert reading.verify(console, deep=True)["ok"]
            lifecycle.list_activations(console)


@pytest.mark.long
def test_what_somebody_agreed_to_stays_agreed_when_they_are_erased_themselves(scene: Scene) -> None:
    with scene.console() as console:
        erasure.approve(console, the_one(console), "it-2")
        sign_step(console, str(steps.propose_change(console, WITHOUT_IT_2)["proposal"]))
    with scene.console() as console:
        id_ = str(erasure.propose(console, "request", subject="it-2")["erasure"])
        for member in ("legal-1", "it-1"):
            erasure.approve(console, id_, member)
    with scene.console() as console:
        assert codes(console) == set()
        assert len(list(console.journal.entries(type_=ERASED))) == 2
        assert f"act:{scene.act}" in {scope.partition("/")[0] for scope in erasure.erased_scopes(console)}


@pytest.mark.long
@pytest.mark.parametrize("with_hsm", [True, False], ids=["old HSM", "sheets"])
def test_a_backup_made_before_and_restored_after(scene: Scene, tmp_path: Path, *, with_hsm: bool) -> None:
    """The erased field is read nowhere: not under the alarm, in the new log or the old one; the proof holds."""
    target, words = medium(scene), words_of(scene)["station"]
    with scene.console() as console:
        copy.make(console, target)
        erasure.approve(console, the_one(console), "it-1")
    station = bare(scene, with_hsm=with_hsm)
    try:
        restore.put_back(station.locked, target, medium(scene, "mirror"))
        if not with_hsm:
            restore.new_hsm(station.locked, WordSheets(), words)
        restore.done(station.locked)
        assert first_release(station)
        with station.console() as console, reading.of_log(console, 1) as old:
            assert not is_readable(old, scene.act)
            assert {"opening_key_lost"} & codes(old) == set()
        with station.console() as console:
            assert erasure.erased_scopes(console)
            reading.export(console, tmp_path / "out", log=1)
        for path in (tmp_path / "out").rglob("*"):
            assert not path.is_file() or SECRET not in path.read_bytes()
    finally:
        closed(station)


@pytest.mark.long
def test_an_escrow_from_before_is_read_by_nobody(scene: Scene) -> None:
    """The copy for the sheets from before, put back by whoever restores: destroyed again before anything is read."""
    target, words = medium(scene), words_of(scene)["station"]
    old = (scene.folder / "mirror" / "escrow" / "table.json").read_bytes()
    with scene.console() as console:
        erasure.approve(console, the_one(console), "it-1")
        copy.make(console, target)
    (scene.folder / "mirror" / "escrow" / "table.json").write_bytes(old)
    station = bare(scene, with_hsm=False)
    try:
        restore.put_back(station.locked, target, medium(scene, "mirror"))
        restore.new_hsm(station.locked, WordSheets(), words)
        restore.done(station.locked)
        assert station.unlock(UNLOCKER)["alarm"]
        with station.console() as console:
            assert not is_readable(console, scene.act)
            assert renewal.propose(console)
    finally:
        closed(station)
