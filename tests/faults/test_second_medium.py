# SPDX-License-Identifier: Apache-2.0
"""A second medium that cannot be written, is a new one, takes turns with another, or is another station's."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.activation import lifecycle as activation
from console.actions.activation import release
from console.actions.backup import copy
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.readiness import report
from console.actions.station import lifecycle as station
from console.domain.canonical import Object, decode_object, encode
from tests.faults.volumes import volume
from tests.support.activations import approve, approved_base, filed
from tests.support.scenes import CODES, PASSWORD, UNLOCKER, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real
CARD = {"target": "CRM", "account": "emergency", "rotate": "Set a new one, seal it here."}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def mirror_of(scene: Scene) -> Path:
    return scene.folder / "mirror"


def lacking(scene: Scene, medium: Path) -> list[str]:
    """Return what both media must have and this one has not, or not the same."""
    both = [
        path.relative_to(scene.home).as_posix()
        for path in scene.home.rglob("*")
        if path.is_file() and path.relative_to(scene.home).as_posix().startswith((*copy.TAKEN, *copy.LEFT))
    ]
    assert "genesis.json" in both and "station.toml" in both and len(both) > 10
    return [
        name
        for name in both
        if not (medium / name).is_file() or (medium / name).read_bytes() != (scene.home / name).read_bytes()
    ]


def row(console: Console, id_: str) -> Any:
    rows = cast(list[Any], report.readiness(console)["checks"])
    return next(one for one in rows if one["id"] == id_)


def test_a_new_medium_becomes_a_whole_copy(scene: Scene) -> None:
    medium = mirror_of(scene)
    medium.rename(scene.folder / "lost")
    medium.mkdir()
    with scene.console() as console:
        assert console.vault.unmirrored() == []
        assert row(console, "mirror")["ok"] is True
    assert lacking(scene, medium) == []


def test_media_that_take_turns_are_both_whole(scene: Scene) -> None:
    medium, other = mirror_of(scene), scene.folder / "other"
    other.mkdir()
    for name in ("first", "second", "third"):
        swap(medium, other)
        with scene.console() as console:
            versions.seal(console, name, "password", "standard", bytearray(b"hunter2"), CARD)
        with scene.console():
            pass
        assert lacking(scene, medium) == []


def swap(medium: Path, other: Path) -> None:
    aside = medium.with_name("aside")
    medium.rename(aside)
    other.rename(medium)
    aside.rename(other)


def test_another_station_s_medium_is_left_as_it_is(scene: Scene) -> None:
    medium = mirror_of(scene)
    medium.rename(scene.folder / "away")
    founded = decode_object((scene.home / "genesis.json").read_bytes())
    before = encode({**founded, "roster": {**cast(Object, founded["roster"]), "vault": "another"}})
    medium.mkdir()
    (medium / "genesis.json").write_bytes(before)
    with scene.console() as console:
        versions.seal(console, "crm-extra", "password", "standard", bytearray(b"hunter2"), CARD)
        assert row(console, "mirror")["ok"] is False
    assert (medium / "genesis.json").read_bytes() == before
    assert not (medium / "cards").exists() and not (medium / "station.toml").exists()
    shutil.rmtree(medium)
    (scene.folder / "away").rename(medium)
    with scene.console() as console:
        assert console.vault.unmirrored() == []
    assert lacking(scene, medium) == []


@pytest.mark.long
@pytest.mark.parametrize("is_bare", [False, True])
def test_a_medium_that_nobody_can_write_stops_no_emergency(tmp_path: Path, is_bare: bool) -> None:
    paper = Paper()
    with volume(tmp_path, "medium", 24) as lent, staged(approved_base()) as scene:
        medium = mirror_of(scene)
        if not is_bare:
            shutil.copytree(medium, lent.at, dirs_exist_ok=True)
        shutil.rmtree(medium)
        medium.symlink_to(lent.at)
        lent.protect()
        with scene.console() as console:
            activation.open_activation(console, scene.act)
            release.release(console, scene.act, PASSWORD, paper)
            release.release(console, scene.act, CODES, paper)
            activation.end(console, scene.act)
            assert row(console, "mirror")["ok"] is False
        station.lock(scene.station.locked)
        station.unlock(scene.station.locked, UNLOCKER)
        with scene.console() as console:
            approve(console, filed(console, {"credential": PASSWORD}), "legal-1", "it-1")
        assert len(paper.shown) == 2 and lacking(scene, medium) != []
        lent.unprotect()
        for _ in range(2):
            with scene.console() as console:
                left = console.vault.unmirrored()
        assert left == [] and lacking(scene, medium) == []
