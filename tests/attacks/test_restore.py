# SPDX-License-Identifier: Apache-2.0
"""A backup, and a bare laptop that becomes the station again: with the old HSM, and without it from the sheets."""

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.backup import copy, restore
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.journal import reading
from console.actions.policy import steps as policy_actions
from console.actions.record import counsel, drafts
from console.actions.record import notes as record
from console.adapters.slip39 import WordSheets
from console.adapters.vault import BackupFolder
from console.demo.station import card, found_station
from console.domain.canonical import decode_object, encode, to_base64
from console.domain.errors import Corrupt, Refused, Unavailable
from console.settings import read
from console.wiring import founding
from console.wiring.station import Station
from console.wording import explain
from tests.support.activations import filed
from tests.support.notes import NOTE, SECRET
from tests.support.restoration import bare, closed, first_release, medium
from tests.support.scenes import CODES, PASSWORD, UNLOCKER, Scene, pins_of, sealed_base, staged
from tests.support.sheets import NEW_CODES, recovery_base, words_of
from tests.support.stations import Pins

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def backed_up(scene: Scene) -> BackupFolder:
    target = medium(scene)
    with scene.console() as console:
        copy.make(console, target)
    return target


def test_a_backup_verifies_and_holds_neither_tokens_nor_opening_keys(scene: Scene) -> None:
    target = backed_up(scene)
    verdict = copy.verify(scene.station.locked.vault, target)
    assert verdict["ours"] is True
    names = {name.split("/")[0] for name in target.names("")}
    assert not names & {"hsm", "tokens", "table", "run"}
    assert "journal.db" in names
    with scene.console() as console:
        assert [entry.type for entry in console.journal.entries(type_="station.backed_up")]


def test_every_folder_of_the_station_is_either_taken_or_left_on_purpose(scene: Scene) -> None:
    """A new kind of file has to be placed in the list."""
    machine = ("hsm/", "run/", "journal.db", "station.lock", "unmirrored", "last-medium")
    with scene.console() as console:
        known = (*copy.TAKEN, *copy.LEFT, *machine, "station.toml")
        assert [name for name in console.vault.names("") if not name.startswith(known)] == []


@pytest.mark.parametrize("name", ["records/salesforce-emergency-admin/000001-000.json", "journal.db", "genesis.json"])
def test_an_altered_backup_is_refused(scene: Scene, name: str) -> None:
    target = backed_up(scene)
    path = target.folder / name
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    for damaged in (bytes(data), bytes(range(256)), b""):
        path.write_bytes(damaged)
        with pytest.raises(Corrupt, match="backup_altered") as caught:
            copy.verify(None, target)
        assert caught.value.facts["name"] == name
        assert "Take another backup" in explain(caught.value).now


@pytest.mark.parametrize("written", [b"", b"{}", bytes(range(256)), b'{"manifest":{"files":[]},"signature":1}'])
def test_a_list_that_is_none_is_a_bad_backup_and_no_alarm(scene: Scene, written: bytes) -> None:
    target = backed_up(scene)
    (target.folder / copy.MANIFEST).write_bytes(written)
    with pytest.raises(Corrupt, match="backup_shape"):
        copy.verify(None, target)


def test_a_list_that_somebody_wrote_anew_is_not_signed(scene: Scene) -> None:
    target = backed_up(scene)
    record = "records/salesforce-emergency-admin/000001-000.json"
    (target.folder / record).write_bytes(b"{}")
    value = decode_object(target.read(copy.MANIFEST))
    manifest = cast(dict[str, Any], value["manifest"])
    manifest["files"] = [
        [name, to_base64(target.sha256(name)) if name == record else hash_] for name, hash_ in manifest["files"]
    ]
    (target.folder / copy.MANIFEST).write_bytes(encode(value))
    with pytest.raises(Corrupt, match="signature_wrong"):
        copy.verify(None, target)


def test_a_file_more_or_less_is_named(scene: Scene) -> None:
    target = backed_up(scene)
    (target.folder / "slots" / "legal-1.json").unlink()
    with pytest.raises(Corrupt, match="backup_altered") as caught:
        copy.verify(None, target)
    assert caught.value.facts["name"] == "slots/legal-1.json"


def test_half_a_backup_is_not_taken_for_a_second_medium(scene: Scene) -> None:
    """The list is written last: without it nobody knows what is missing, and nothing is put back in silence."""
    target, mirror = backed_up(scene), medium(scene, "mirror")
    (target.folder / copy.MANIFEST).unlink()
    (target.folder / "records" / PASSWORD / "000001-000.json").unlink()
    station = bare(scene, with_hsm=True)
    try:
        with pytest.raises(Refused, match="backup_unfinished") as refused:
            restore.put_back(station.locked, target, medium(scene, "nowhere"))
        assert "it lacks backup.json" in explain(refused.value).what
        assert station.locked.vault.names("records/") == []
        restore.put_back(station.locked, mirror, mirror)
        station.unlock(UNLOCKER)
    finally:
        closed(station)


@pytest.mark.long
def test_the_backup_of_another_station_is_not_this_ones(scene: Scene, tmp_path: Path) -> None:
    target = backed_up(scene)
    found_station(tmp_path)
    other = Station(read(tmp_path / "station"), Pins({}))
    with pytest.raises(Corrupt, match="backup_of_another_station"):
        copy.verify(other.locked.vault, target)


@pytest.mark.long
def test_a_used_folder_and_the_same_disk_are_refused(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match="backup_same_disk"):
            copy.make(console, medium(scene, same_disk=False))
        (scene.folder / "used").mkdir()
        (scene.folder / "used" / "x").touch()
        with pytest.raises(Refused, match="folder_not_empty"):
            copy.make(console, medium(scene, "used"))


def test_who_finds_the_hsm_lost_restores_once_more(scene: Scene) -> None:
    """Files alone first; what is missing is named, and they may be put back again until somebody has unlocked."""
    target, mirror = backed_up(scene), medium(scene, "mirror")
    with pytest.raises(Unavailable, match=r"backup_absent \(.*elsewhere, name=backup.json\)"):
        copy.verify(None, medium(scene, "elsewhere"))
    station = bare(scene, with_hsm=False)
    try:
        with pytest.raises(Unavailable, match=r"backup_absent"):
            restore.put_back(station.locked, medium(scene, "elsewhere"), medium(scene, "nowhere"))
        restore.put_back(station.locked, target, mirror)
        with pytest.raises(Unavailable, match="hsm_absent"):
            station.unlock(UNLOCKER)
        restore.put_back(station.locked, target, mirror)
        shutil.copytree(scene.folder / "lost" / "hsm", scene.home / "hsm")
        station.unlock(UNLOCKER)
        with pytest.raises(Refused, match="station_exists"):
            restore.put_back(station.locked, target, mirror)
    finally:
        closed(station)


@pytest.mark.long
def test_a_bare_laptop_with_the_old_hsm(scene: Scene) -> None:
    """The older journal of the backup raises the alarm; the second medium tells all that came after it."""
    target = backed_up(scene)
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
    station = bare(scene, with_hsm=True)
    try:
        restore.put_back(station.locked, target, medium(scene, "mirror"))
        assert first_release(station) == b"second-secret"
    finally:
        closed(station)


@pytest.mark.long
def test_a_station_that_is_there_is_not_overwritten(scene: Scene) -> None:
    target = backed_up(scene)
    with pytest.raises(Refused, match="station_exists"):
        restore.put_back(scene.station.locked, target, medium(scene, "mirror"))


@pytest.mark.long
def test_a_bare_laptop_with_a_backup_and_the_sheets(tmp_path: Path) -> None:
    """No HSM: files, sheets, one new log signed by the quorum, first secret; the whole old history stays provable."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            record.add(console, "note", "counsel", NOTE)
            drafts.save(console, "facts", {"title": "Unfertig"})
        target = backed_up(scene)
        names = target.names("")
        assert (any(n.startswith("counsel/") for n in names), any(n.startswith("drafts/") for n in names)) == (
            True,
            False,
        )
        words = words_of(scene)["station"]
        station, began = bare(scene, with_hsm=False), time.monotonic()
        try:
            restore.put_back(station.locked, target, medium(scene, "mirror"))
            made = restore.new_hsm(station.locked, WordSheets(), words)
            assert made["items"]
            assert first_release(station) == scene.sealed[PASSWORD]
            seconds = time.monotonic() - began
            sys.stdout.write(f"bare laptop to first secret: {seconds:.1f} s of machine time\n")
            assert seconds < 30 * 60
            check_old_history(station, tmp_path / "export", withheld=4)
            check_what_stands(station)
            check_old_notes(station)
        finally:
            closed(station)


@pytest.mark.long
def test_a_restore_that_was_cut_starts_again() -> None:
    """Cut while the new HSM was made: files and sheets once more, and it stands."""
    with staged(recovery_base()) as scene:
        target, words = backed_up(scene), words_of(scene)["station"]
        station = bare(scene, with_hsm=False)
        try:
            restore.put_back(station.locked, target, medium(scene, "mirror"))
            restore.new_hsm(station.locked, WordSheets(), words)
            restore.put_back(station.locked, target, medium(scene, "mirror"))
            restore.new_hsm(station.locked, WordSheets(), words)
            restore.done(station.locked)
            with pytest.raises(Refused, match="station_exists"):
                restore.put_back(station.locked, target, medium(scene, "mirror"))
            assert first_release(station) == scene.sealed[PASSWORD]
        finally:
            closed(station)


@pytest.mark.long
def test_wrong_sheets_make_no_hsm() -> None:
    with staged(recovery_base()) as scene:
        target, words = backed_up(scene), words_of(scene)["legal"]
        own, empty = words_of(scene)["station"], scene.folder / "empty"
        with pytest.raises(Refused, match="sheet_of_another_set"):
            founding.check_sheets(empty, target.folder, [own[0], words[0]])
        with pytest.raises(Refused, match="sheet_twice"):
            founding.check_sheets(empty, target.folder, [own[0], own[0]])
        founding.check_sheets(empty, target.folder, own[:2])
        founding.check_sheets(empty, empty, [words[0]])  # Nothing is known yet: the words alone.
        station = bare(scene, with_hsm=False)
        try:
            restore.put_back(station.locked, target, medium(scene, "mirror"))
            with pytest.raises(Refused):
                restore.new_hsm(station.locked, WordSheets(), words)
            assert not (scene.home / "hsm").exists()
        finally:
            closed(station)


@pytest.mark.long
def test_a_new_hsm_while_the_old_one_works(scene: Scene) -> None:
    """Nothing counts as shown that was not, codes come along, and the old HSM opens nothing any more."""
    other = scene.folder / "other"
    other.mkdir()
    shutil.copy(scene.home / "station.toml", other)
    with scene.console() as console:
        taken, anchors = restore.take_over(console)
    station = Station(read(other), Pins(pins_of(scene.folder)))
    try:
        restore.put_back(station.locked, medium(scene, "station"), medium(scene, "mirror"))
        restore.fill(station.locked, taken, anchors)
        restore.done(station.locked)
        with scene.console() as console:
            restore.retire(console)
        with pytest.raises(Corrupt, match="table_missing"), scene.console():
            pass
        assert first_release(station, CODES) == scene.sealed[CODES].split()[0]
        with station.console() as console:
            assert console.logs.alarms()[0]["alarm"] == ["hsm_replaced"]
            assert {c["state"] for c in listed(console)} == {"sealed", "open"}
    finally:
        closed(station)


@pytest.mark.long
def test_an_open_activation_is_not_moved(scene: Scene) -> None:
    with scene.console() as console:
        filed(console, {"credential": PASSWORD})
        with pytest.raises(Refused, match="activations_open"):
            restore.take_over(console)


def check_old_history(station: Station, folder: Path, *, withheld: int = 0) -> None:
    with station.console() as console, console.logs.older(1) as old:
        (first,) = old.entries(limit=1)
        assert first.type == "station.founded"
        found = [finding["code"] for finding in cast(list[Any], old.verify(deep=True)["findings"])]
        assert set(found) <= {"anchor_missing"}
        assert old.export(folder, audience="auditor")["withheld"] == withheld


def check_old_notes(station: Station) -> None:
    """What counsel wrote before still opens, from the old log, with a reader's token alone."""
    with station.console() as console, reading.of_log(console, 1) as old:
        assert counsel.findings(console, old.journal) == []
        read_ = cast(Any, counsel.read(console, "legal-2", journal=old.journal))
        assert [note["text"] for note in read_["notes"]] == [SECRET]
        # A draft was sealed to the HSM that is gone. It is said, and can be cleared away.
        assert drafts.list_drafts(console) == {"drafts": [], "of_others": 0, "lost": 1, "damaged": []}
        drafts.discard(console, console.vault.names("drafts/")[0][len("drafts/") : -len(".json")])
        assert console.vault.names("drafts/") == []


def check_what_stands(station: Station) -> None:
    with station.console() as console:
        assert console.journal.alarm() == []
        assert reading.verify(console, deep=True)["ok"] is True
        assert console.logs.alarms()[0]["alarm"] == ["hsm_replaced"]
        states = {str(c["name"]): c["state"] for c in listed(console)}
        assert states[CODES] == states[NEW_CODES] == "burnt"
        assert {state for name, state in states.items() if "codes" not in name} == {"exposed"}
        assert console.policy.number == 3
        assert policy_actions.show(console.policy)["number"] == 3
        assert console.logs.new_keys is None
        versions.seal(console, "new-one", "password", "standard", bytearray(b"first-secret"), card("new-one"))


def listed(console: Console) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], versions.list_credentials(console)["credentials"])
