# SPDX-License-Identifier: Apache-2.0
"""Old or foreign files put back, with the HSM as it is now: what is burnt stays burnt."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, release
from console.actions.credential import versions
from console.actions.journal import reading
from console.actions.sealed import tables
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import Json, decode_object, encode, from_base64
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.sealed import envelope
from tests.support.activations import opened_base
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

FILES = ("records", "state", "table", "cards")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(opened_base()) as lent:
        yield lent


def kept(scene: Scene, *names: str) -> Path:
    """Copy files of the station away."""
    copy = scene.folder / "kept"
    for name in names:
        source = scene.home / name
        copy.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    return copy


def put_back(scene: Scene, *names: str) -> None:
    """Put the copies in place of what is there now, a file that is new staying beside them."""
    for name in names:
        source, target = scene.folder / "kept" / name, scene.home / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def released(scene: Scene, name: str) -> bytes:
    paper = Paper()
    with scene.console() as console:
        release.release(console, scene.act, name, paper)
    return paper.shown[0][1]


def test_an_old_state_table_does_not_bring_a_code_back(scene: Scene) -> None:
    """Beside the new one, and in its place."""
    kept(scene, "state")
    codes = scene.sealed[CODES].split()
    assert released(scene, CODES) == codes[0]
    put_back(scene, "state")
    assert released(scene, CODES) == codes[1]
    for file in (scene.home / "state").iterdir():
        file.unlink()
    put_back(scene, "state")
    with pytest.raises(Corrupt, match="table_missing"), scene.console():
        pass


def test_an_old_table_under_a_newer_number(scene: Scene) -> None:
    """Its bytes under names that would be newer, and once with the living key's number: both are cleared away."""
    old = (kept(scene, "state") / "state" / "00000001.json").read_bytes()
    codes = scene.sealed[CODES].split()
    assert released(scene, CODES) == codes[0]
    (scene.home / "state" / "99999999.json").write_bytes(old)
    forged = {**decode_object(old), "number": 2}
    (scene.home / "state" / "99999998.json").write_bytes(encode(forged))
    assert released(scene, CODES) == codes[1]
    assert [file.name for file in (scene.home / "state").iterdir()] == ["00000003.json"]


def test_a_forged_table_brings_nothing_back(scene: Scene) -> None:
    """Anybody can seal rows to a public key; what they cannot know is the burnt row."""
    codes = scene.sealed[CODES].split()
    assert released(scene, CODES) == codes[0]
    with scene.console() as console:
        rows = tables.rows(console.hsm, console.vault, tables.STATE)
        table = decode_object((scene.home / "state" / "00000002.json").read_bytes())
    wanted = {**rows, versions.row_name(CODES, 1, 0): bytes(32)}
    point, vault = from_base64(table["point"]), str(table["vault"])
    forged = envelope.seal_table("state", vault, 2, point, wanted)
    (scene.home / "state" / "00000002.json").write_bytes(forged)
    with pytest.raises(Corrupt, match="glass_intact"):
        released(scene, CODES)


@pytest.mark.parametrize("field", ["kind", "vault", "number", "point", "blob"])
def test_an_edited_table_does_not_open(scene: Scene, field: str) -> None:
    """Its kind, its vault, its number and its key are part of what is sealed."""
    file = scene.home / "state" / "00000001.json"
    other = decode_object((scene.home / "table" / "00000001.json").read_bytes())
    edits: dict[str, Json] = {
        "kind": "table",
        "vault": "another",
        "number": 2,
        "point": other["point"],
        "blob": other["blob"],
    }
    edited: dict[str, Json] = {**decode_object(file.read_bytes()), field: edits[field]}
    with scene.console() as console, pytest.raises(Corrupt, match="seal_broken"):
        envelope.open_table(edited, lambda points: console.hsm.derive("state-1", points))
    file.write_bytes(encode(edited))
    with pytest.raises(Corrupt):
        released(scene, CODES)


def test_a_table_of_another_kind_in_its_place(scene: Scene) -> None:
    """The key table's file among the state tables."""
    shutil.copy(scene.home / "table" / "00000001.json", scene.home / "state" / "00000009.json")
    assert released(scene, CODES) == scene.sealed[CODES].split()[0]


def test_old_files_with_the_hsm_of_today(scene: Scene) -> None:
    """A whole old vault under a live HSM and a live journal: nothing that was shown once comes again."""
    kept(scene, *FILES)
    codes = scene.sealed[CODES].split()
    assert [released(scene, CODES) for _ in range(2)] == codes[:2]
    put_back(scene, *FILES)
    assert released(scene, CODES) == codes[2]
    assert released(scene, PASSWORD) == scene.sealed[PASSWORD]


def test_an_old_database_with_the_hsm_of_today(scene: Scene) -> None:
    """The HSM holds the newest checkpoint: an older journal is an alarm, and takes no entry."""
    kept(scene, "journal.db")
    released(scene, CODES)
    for file in scene.home.glob("journal.db-*"):
        file.unlink()
    put_back(scene, "journal.db")
    paper = Paper()
    with pytest.raises(Corrupt, match="journal_alarm"), scene.console() as console:
        verdict = reading.verify(console)
        assert not verdict["ok"]
        release.release(console, scene.act, CODES, paper)
    assert paper.shown == []


def test_an_old_disk_with_the_hsm_of_today_after_the_end(scene: Scene) -> None:
    """Journal and vault from when the activation was open; its request key is gone all the same."""
    kept(scene, "journal.db", *FILES)
    with scene.console() as console:
        lifecycle.end(console, scene.act)
    for file in scene.home.glob("journal.db-*"):
        file.unlink()
    put_back(scene, "journal.db", *FILES)
    with pytest.raises(ConsoleError) as refused:
        released(scene, PASSWORD)
    assert refused.value.code == "journal_alarm"


# --- the way in -------------------------------------------------------------------------------------------


def test_the_slot_of_another_person(scene: Scene) -> None:
    """Under one's own name, and renamed inside as well."""
    slots = scene.home / "slots"
    theirs = decode_object((slots / "it-1.json").read_bytes())
    (slots / "legal-ops-1.json").write_bytes(encode(theirs))
    with pytest.raises(Corrupt, match="slot_of_another"):
        station_actions.open_slot(scene.station.locked, "legal-ops-1")
    (slots / "legal-ops-1.json").write_bytes(encode({**theirs, "member": "legal-ops-1"}))
    with pytest.raises(Corrupt, match="seal_broken"):
        station_actions.open_slot(scene.station.locked, "legal-ops-1")


def test_a_wrong_station_pin() -> None:
    """No keeper, and the station is locked."""
    with staged(sealed_base()) as scene:
        station_actions.lock(scene.station.locked)
        with pytest.raises(Refused, match="pin_wrong"):
            scene.station.locked.keepers.start(bytearray(b"not-the-station-pin-at-all"), "legal-ops-1")
        with pytest.raises(Unavailable, match="station_locked"), scene.console():
            pass


def test_a_wrong_persons_pin() -> None:
    """It is not tried again by the program."""
    with staged(sealed_base()) as scene:
        pins = scene.station.operator.pins  # type: ignore[attr-defined]
        pins["legal-ops-1"] = "000000" if pins["legal-ops-1"] != "000000" else "000001"
        with pytest.raises(Refused, match="pin_wrong"):
            station_actions.open_slot(scene.station.locked, "legal-ops-1")
