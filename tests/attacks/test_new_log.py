# SPDX-License-Identifier: Apache-2.0
"""The way out of the alarm, and what nobody gains by provoking one: all on real tokens."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from console import wording
from console.actions.activation import lifecycle, prepared
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.journal import reading, renewal
from console.actions.keyholder import custody, enrolment, sheet_status
from console.actions.paper import mode
from console.domain.canonical import Object
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder.contact import Contact
from tests.support.activations import filed, opened_base, rotated_base
from tests.support.alarms import delete_journal, lose_mirror, older_journal, opened_again, renewed, shown
from tests.support.copies import copy_files, restore_files
from tests.support.prepared_request import TEMPLATE as PREPARED
from tests.support.prepared_request import hour
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.sheets import recovery_base, words_of

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station with an open activation."""
    with staged(opened_base()) as lent:
        yield lent


def alarm(scene: Scene) -> list[str]:
    with scene.console() as console:
        return console.journal.alarm()


def state(scene: Scene, name: str) -> str:
    with scene.console() as console:
        return str(versions.show(console, name)["state"])


def spoil_journal(scene: Scene) -> None:
    path = scene.home / "journal.db"
    path.write_bytes(path.read_bytes()[:16] + bytes(9000))


def plain_journal(scene: Scene) -> None:
    (scene.home / "journal.db").write_bytes(b"SQLite format 3\0" + bytes(4080))


def lose_database_key(scene: Scene) -> None:
    (scene.home / "database-key.json").unlink()


def older(scene: Scene) -> None:
    older_journal(scene)


BOTH = pytest.mark.parametrize("mirror", [False, pytest.param(True, marks=pytest.mark.long)])
"""Without the second medium nothing is proven: the harder case runs every day."""
WAYS: list[tuple[Callable[[Scene], object], str]] = [
    (older, "shorter_than_anchor"),
    (delete_journal, "journal_missing"),
    (spoil_journal, "journal_key_wrong"),
    (plain_journal, "journal_not_encrypted"),
    (lose_database_key, "database_key_missing"),
]


@pytest.mark.parametrize(
    ("provoke", "code"),
    [pytest.param(*way, id=way[1], marks=() if way[0] is older else pytest.mark.long) for way in WAYS],
)
def test_the_alarm_never_costs_the_emergency(scene: Scene, provoke: Callable[[Scene], object], code: str) -> None:
    provoke(scene)
    assert alarm(scene) == [code]
    with scene.console() as console, pytest.raises(Corrupt, match="journal_alarm"):
        filed(console, {"credential": PASSWORD})
    begun = renewed(scene)
    assert begun["in_force"] is True
    assert begun["alarm"] == [code]
    assert scene.act in begun["ended"]
    act = opened_again(scene, {"credential": PASSWORD})
    assert shown(scene, PASSWORD, act) == scene.sealed[PASSWORD]
    with scene.console() as console:
        assert reading.verify(console, deep=True)["ok"] is True
        before = cast(list[dict[str, Any]], console.journal.status()["before"])
        assert [past["alarm"] for past in before] == [[code]]
        first, second = console.journal.entries(limit=2)
        assert (first.type, second.type) == ("log.renewed", "station.alarm")
        assert first.log.endswith("/log-2")
        assert f"open-{scene.act}" not in console.hsm.keys()
    assert not any(path.name.endswith(".cut-0") for path in scene.home.iterdir())


@pytest.mark.long
def test_with_the_mirror_everything_is_said_again_exactly(scene: Scene) -> None:
    older_journal(scene)
    begun = renewed(scene)
    assert begun["found"]["source"] == "mirror"
    assert begun["found"]["proven"] is True
    assert begun["debts"] == [{"debt": "rotation", "credential": PASSWORD, "version": 1}]
    assert state(scene, PASSWORD) == "exposed"
    assert state(scene, "llm-admin-api-key") == "sealed"
    with scene.console() as console:
        assert set(console.people) == {"legal-1", "legal-2", "it-1", "it-2", "legal-ops-1"}


def test_without_any_proof_everything_counts_as_shown(scene: Scene) -> None:
    """An unexposed state does not come back: what nobody can rule out is owed."""
    older_journal(scene)
    lose_mirror(scene)
    begun = renewed(scene)
    assert begun["found"]["proven"] is False
    assert {c["restated_from"] for c in begun["credentials"]} == {"files"}
    for name in (PASSWORD, "llm-admin-api-key", "idp-admin-totp", "crm-client-certificate"):
        assert state(scene, name) == "exposed"
    with scene.console() as console:
        assert versions.show(console, "idp-admin-totp")["kind"] == "totp"


@pytest.mark.long
def test_nothing_at_all_can_be_read(scene: Scene) -> None:
    """No journal, no copy: the signed records and the state table are enough to go on."""
    delete_journal(scene)
    lose_mirror(scene)
    assert renewed(scene)["found"] is None
    act = opened_again(scene, {"credential": PASSWORD}, {"credential": CODES, "codes": 1})
    assert shown(scene, PASSWORD, act) == scene.sealed[PASSWORD]
    assert shown(scene, CODES, act) == scene.sealed[CODES].split()[0]


@BOTH
def test_a_burnt_code_does_not_come_back(scene: Scene, mirror: bool) -> None:
    codes = scene.sealed[CODES].split()
    assert older_journal(scene, CODES) == codes[0]
    if not mirror:
        lose_mirror(scene)
    renewed(scene)
    act = opened_again(scene, {"credential": CODES, "codes": 1})
    assert shown(scene, CODES, act) == codes[1]


@BOTH
def test_an_older_version_does_not_come_back(mirror: bool) -> None:
    with staged(rotated_base()) as scene:
        before = copy_files(scene.home)
        with scene.console() as console:
            versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        restore_files(scene.home, before)
        if not mirror:
            lose_mirror(scene)
        renewed(scene)
        act = opened_again(scene, {"credential": PASSWORD})
        assert shown(scene, PASSWORD, act) == b"second-secret"


@BOTH
def test_an_alarm_confirms_no_candidate(mirror: bool) -> None:
    """One person seals rubbish and provokes an alarm: the good version stays, and still needs a second person."""
    with staged(rotated_base()) as scene:
        delete_journal(scene)
        if not mirror:
            lose_mirror(scene)
        renewed(scene)
        act = opened_again(scene, {"credential": PASSWORD})
        assert shown(scene, PASSWORD, act) == scene.sealed[PASSWORD]
        with scene.console() as console:
            assert versions.show(console, PASSWORD)["candidate"] == 2
            versions.confirm(console, PASSWORD, "it-2", "ticket 17")
            assert versions.show(console, PASSWORD)["version"] == 2


@pytest.mark.long
def test_the_sealer_does_not_confirm_their_own_candidate_by_way_of_an_alarm() -> None:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            versions.rotate(console, PASSWORD, bytearray(b"second-secret"), sign_as="it-2")
        delete_journal(scene)
        lose_mirror(scene)
        renewed(scene)
        with scene.console() as console, pytest.raises(Refused, match="second_person_needed"):
            versions.confirm(console, PASSWORD, "it-2", "ticket 17")


# --- who may begin one ------------------------------------------------------------------------------------


def proposed_under_alarm(scene: Scene) -> str:
    older_journal(scene)
    with scene.console() as console:
        return str(renewal.propose(console)["renewal"])


@pytest.mark.long
@pytest.mark.long
def test_no_paper_form_has_a_number_that_an_older_log_reserved(scene: Scene) -> None:
    with scene.console() as console:
        assert mode.reserve(console, 2) == {"first": 1, "last": 2}
    older_journal(scene)
    renewed(scene)
    with scene.console() as console:
        assert mode.next_serial(console) is None
        assert mode.reserve(console, 2) == {"first": 10_001, "last": 10_002}
        assert mode.reserve(console, 1) == {"first": 10_003, "last": 10_003}


def forms_out(scene: Scene) -> Object:
    """Return what the log that is written now says of paper forms of older ones."""
    with scene.console() as console:
        (entry,) = console.journal.entries(type_=mode.OUTSTANDING)
    return entry.body


def test_paper_forms_that_are_out_are_told_by_files_when_the_journal_is_lost(scene: Scene) -> None:
    """They lie on both disks, signed by the station; what somebody writes beside them counts nothing."""
    with scene.console() as console:
        mode.reserve(console, 2)
        mode.reserve(console, 3)
    file = scene.home / "paper" / "000001.json"
    assert (scene.folder / "mirror" / "paper" / "000001.json").read_bytes() == file.read_bytes()
    forged = file.read_bytes().replace(b"[1,2]", b"[1,9]")
    assert forged != file.read_bytes()
    file.with_name("000009.json").write_bytes(forged)
    delete_journal(scene)
    lose_mirror(scene)
    begun = renewed(scene)
    assert begun["paper_outstanding"] == [{"first": 1, "last": 5}]
    assert "Paper forms of the old journal are still out: 1–5." in " ".join(wording.after_new_log(begun))
    assert forms_out(scene) == {"numbers": [{"first": 1, "last": 5}], "restated": {"from": "files"}}
    with scene.console() as console:
        assert mode.next_serial(console) is None
        mode.reserve(console, 1)
    # Lost once more, they are told again, with those of the second log.
    for path in scene.home.glob("journal.log-2.db*"):
        path.unlink()
    (scene.folder / "mirror" / "journal.log-2.mirror").unlink()
    again = [{"first": 1, "last": 5}, {"first": 10_001, "last": 10_001}]
    assert renewed(scene)["paper_outstanding"] == again


@pytest.mark.long
def test_paper_forms_that_are_out_are_told_by_a_proven_copy_without_any_file(scene: Scene) -> None:
    with scene.console() as console:
        mode.reserve(console, 4)
    shutil.rmtree(scene.home / "paper")
    older_journal(scene)
    renewed(scene)
    assert forms_out(scene) == {"numbers": [{"first": 1, "last": 4}], "restated": {"from": "mirror"}}


def test_without_an_alarm_there_is_no_new_log(scene: Scene) -> None:
    with scene.console() as console, pytest.raises(Refused, match="no_alarm"):
        renewal.propose(console)


def test_one_group_alone_begins_nothing(scene: Scene) -> None:
    id_ = proposed_under_alarm(scene)
    with scene.console() as console:
        for member in ("legal-1", "legal-2", "legal-1"):
            answer = renewal.sign(console, id_, member)
        assert answer["missing"] == {"it": 1, "legal": 0}
        with pytest.raises(Refused, match="not_a_keyholder"):
            renewal.sign(console, id_, "legal-ops-1")
    assert alarm(scene) == ["shorter_than_anchor"]
    assert not (scene.home / "renewals").exists()


def begun_file(scene: Scene) -> Path:
    (file,) = (scene.home / "renewals").iterdir()
    return file


@pytest.mark.long
def test_a_renewal_signed_by_one_group_only_is_no_renewal(scene: Scene) -> None:
    id_ = proposed_under_alarm(scene)
    with scene.console() as console:
        renewal.sign(console, id_, "legal-1")
    (scene.home / "renewals").mkdir()
    shutil.copy(scene.home / "proposed-renewals" / f"{id_}.json", scene.home / "renewals" / "000002.json")
    with pytest.raises(Corrupt, match="renewal_unsigned"):
        alarm(scene)


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"owes":true', b'"owes":false', "signature_wrong"),
        (b'"exposed":1', b'"exposed":0', "signature_wrong"),
        (b"/log-2", b"/log-3", "vkey_garbled"),
        (b"legal-2", b"legal-1", "signature_wrong"),
    ],
)
def test_an_edited_renewal_is_refused(scene: Scene, old: bytes, new: bytes, code: str) -> None:
    older_journal(scene)
    renewed(scene)
    file = begun_file(scene)
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))
    with pytest.raises(Corrupt) as caught:
        alarm(scene)
    assert caught.value.code == code


# --- forks and rollbacks of the new log -------------------------------------------------------------------


@pytest.mark.long
def test_the_new_log_deleted_with_its_renewal(scene: Scene) -> None:
    """The old journal would be the current one again, and the HSM remembers the newer: alarm, and log 3."""
    older_journal(scene)
    old = copy_files(scene.home)
    renewed(scene)
    opened_again(scene, {"credential": PASSWORD})
    begun_file(scene).unlink()
    restore_files(scene.home, old)
    assert alarm(scene) != []
    assert renewed(scene)["to"].endswith("/log-3")


def test_a_complete_proposal_put_back_begins_nothing_twice(scene: Scene) -> None:
    """Its new log was in use: to begin it again would roll it back."""
    older_journal(scene)
    begun = renewed(scene)
    file, again = begun_file(scene), scene.home / "proposed-renewals" / f"{begun['renewal']}.json"
    signed = file.read_bytes()
    act = opened_again(scene, {"credential": PASSWORD})
    file.unlink()
    again.write_bytes(signed)
    assert alarm(scene) != []
    with scene.console() as console:
        assert console.logs.current().number == 1
        with pytest.raises(Refused, match="renewal_overtaken"):
            renewal.sign(console, str(begun["renewal"]), "it-2")
    file.write_bytes(signed)
    with scene.console() as console:
        assert console.journal.alarm() == []
        assert lifecycle.show(console, act)["state"] == "open"
    assert not again.exists()


@pytest.mark.long
def test_two_new_logs_of_one_old_one_are_told_apart(scene: Scene) -> None:
    """A copy of the station begins its own log 2: neither passes as the other."""
    older_journal(scene)
    renewed(scene)
    mine = begun_file(scene).read_bytes()
    begun_file(scene).unlink()
    (scene.home / "journal.log-2.db").rename(scene.folder / "journal.log-2.db")
    with scene.console() as console:
        id_ = str(renewal.propose(console, "Zweimal begonnen, mit anderen Worten.")["renewal"])
        assert console.logs.highest() == 2
        answer = renewal.sign(console, id_, "legal-1")
        assert str(answer["to"]).endswith("/log-3")
    (scene.folder / "journal.log-2.db").rename(scene.home / "journal.log-2.db")
    (scene.home / "renewals" / "000002.json").write_bytes(mine.replace(b'"text":"', b'"text":"x', 1))
    with pytest.raises(Corrupt, match="signature_wrong"):
        alarm(scene)


@pytest.mark.long
def test_a_second_alarm_begins_a_third_log(scene: Scene) -> None:
    older_journal(scene)
    renewed(scene)
    opened_again(scene, {"credential": PASSWORD})
    for path in scene.home.glob("journal.log-2.db*"):
        path.unlink()
    assert alarm(scene) == ["journal_missing"]
    begun = renewed(scene)
    assert begun["to"].endswith("/log-3")
    assert begun["found"]["proven"] is True
    with scene.console() as console:
        before = cast(list[dict[str, Any]], console.journal.status()["before"])
        assert [past["alarm"] for past in before] == [["shorter_than_anchor"], ["journal_missing"]]


# --- the old log stays ------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_old_log_is_still_read_verified_and_exported(scene: Scene) -> None:
    older_journal(scene)
    renewed(scene)
    with scene.console() as console, console.logs.older(1) as old:
        assert [entry.type for entry in old.entries(limit=1)] == ["station.founded"]
        verdict = old.verify(deep=True)
        found = [finding["code"] for finding in cast(list[Any], verdict["findings"])]
        assert found == ["shorter_than_anchor", "shorter_than_checkpoint"]
        with pytest.raises(Corrupt, match="journal_alarm"):
            old.append([])
        old.export(scene.folder / "export", audience="auditor")
    assert (scene.folder / "export" / "checkpoint").read_text().startswith("demo.example/console-demo/log-1\n")
    assert_unknown(scene)


def assert_unknown(scene: Scene) -> None:
    with scene.console() as console, pytest.raises(Refused, match="unknown_log"), console.logs.older(7):
        pass


# --- what was agreed on and tried before ----------------------------------------------------------------------

AGREED_ON = "sign-on-down"


def remembered(console: Console) -> dict[str, Any]:
    """Return since when things stand by the journal: sheets, tokens, prepared requests."""
    sheets = cast(list[Any], sheet_status.status(console)["recovery"])
    tokens = cast(list[Any], custody.register(console)["tokens"])
    return {
        "tried": [(row["slot"], row["drilled"]) for row in sheets],
        "held": [(row["member"], row["since"]) for row in tokens],
        "dealt": {(r["member"], s["credential"], s["since"]) for r in tokens for s in r["shares"]},
        "prepared": {known.prepared.name: (known.state, known.signed) for known in prepared.load(console)},
    }


def agreed_and_tried(scene: Scene) -> dict[str, Any]:
    """Agree on a request and try the sheets, then raise the alarm; return what was remembered before."""
    with scene.console() as console:
        prepared.propose(console, AGREED_ON, {**PREPARED, "items": [{"credential": PASSWORD}]})
        for member in ("legal-1", "it-1"):
            prepared.sign(console, AGREED_ON, member)
        sheet_status.drill(console, "legal", words_of(scene)["legal"])
        then = remembered(console)
    before = copy_files(scene.home)
    with scene.console() as console:
        enrolment.set_contact(console, "legal-1", Contact(phone="+49 40 555 0117"))
    restore_files(scene.home, before)
    return then


def test_what_was_agreed_and_tried_keeps_its_time_in_a_new_log() -> None:
    with staged(recovery_base()) as scene:
        then = agreed_and_tried(scene)
        assert then["prepared"][AGREED_ON][0] == "agreed"
        assert renewed(scene)["prepared_stay"] is True
        with scene.console() as console:
            assert remembered(console) == then
            assert prepared.request(console, AGREED_ON, hour())["state"] == "requested"


def test_without_proof_a_prepared_request_lapses_and_this_is_said() -> None:
    with staged(recovery_base()) as scene:
        then = agreed_and_tried(scene)
        lose_mirror(scene)
        begun = renewed(scene)
        assert begun["prepared_stay"] is False
        assert any("prepare them again" in line for line in wording.after_new_log(begun))
        with scene.console() as console:
            # What shares were dealt when is told by signed files then, and they tell no time.
            told = {**remembered(console), "dealt": then["dealt"]}
            assert told == {**then, "prepared": {}}
