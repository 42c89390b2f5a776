# SPDX-License-Identifier: Apache-2.0
"""Whoever has the second medium in hands plants on it what is no file of ours: nobody stays outside for that."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from console.actions.activation import release
from tests.support.activations import opened_base
from tests.support.scenes import CODES, PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real
WITHIN_SECONDS = 20


@contextmanager
def in_time() -> Iterator[None]:
    """Fail where something waits for ever."""

    def late(*_: object) -> None:
        pytest.fail("it waits for what is planted there")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(WITHIN_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def emergency_goes_on(scene: Scene) -> None:
    paper = Paper()
    with in_time(), scene.console() as console:
        release.release(console, scene.act, PASSWORD, paper)
    assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]


@pytest.mark.parametrize("name", ["medium", "journal.mirror", "journal.spool", "genesis.json"])
def test_a_pipe_that_nobody_feeds_holds_up_no_emergency(name: str) -> None:
    with staged(opened_base()) as scene:
        planted = scene.folder / "mirror" / name
        planted.unlink(missing_ok=True)
        os.mkfifo(planted)
        emergency_goes_on(scene)


@pytest.mark.parametrize("name", ["medium", "journal.mirror", "journal.spool"])
@pytest.mark.parametrize("target", ["journal.db", "state/00000001.json"])
def test_a_link_into_the_station_destroys_nothing_there(name: str, target: str) -> None:
    with staged(opened_base()) as scene:
        planted = scene.folder / "mirror" / name
        planted.unlink(missing_ok=True)
        planted.symlink_to(scene.home / target)
        emergency_goes_on(scene)


def test_a_folder_that_is_a_link_to_another_one_of_the_station_destroys_nothing_there() -> None:
    with staged(opened_base()) as scene:
        keys = (scene.home / "table" / "00000001.json").read_bytes()
        shutil.rmtree(scene.folder / "mirror" / "state")
        (scene.folder / "mirror" / "state").symlink_to(scene.home / "table")
        with in_time(), scene.console() as console:
            release.release(console, scene.act, CODES, Paper())
        assert (scene.home / "table" / "00000001.json").read_bytes() == keys
        emergency_goes_on(scene)


def test_a_link_in_the_place_of_a_copy_is_replaced_by_one() -> None:
    with staged(opened_base()) as scene:
        (scene.folder / "mirror" / "medium").unlink()
        copy = scene.folder / "mirror" / "genesis.json"
        copy.unlink()
        copy.symlink_to(scene.home / "genesis.json")
        emergency_goes_on(scene)
        with scene.console() as console:
            assert console.vault.unmirrored() == []
        assert copy.is_file()
        assert not copy.is_symlink()


def test_a_copy_of_the_log_that_is_a_link_is_said_to_be_missing() -> None:
    with staged(opened_base()) as scene:
        copy = scene.folder / "mirror" / "journal.mirror"
        copy.unlink()
        copy.symlink_to(scene.folder / "elsewhere")
        with scene.console() as console:
            found = cast(list[dict[str, str]], console.journal.status()["findings"])
        assert [row["code"] for row in found] == ["mirror_missing"]
        assert not (scene.folder / "elsewhere").exists()


def test_a_link_in_the_place_of_what_what_is_written_first_destroys_nothing() -> None:
    with staged(opened_base()) as scene:
        keys = scene.home / "table" / "00000001.json"
        before = keys.read_bytes()
        planted = scene.folder / "mirror" / "state" / f".00000002.json.{os.getpid()}.new"
        planted.symlink_to(keys)
        with in_time(), scene.console() as console:
            release.release(console, scene.act, CODES, Paper())
        assert keys.read_bytes() == before
        emergency_goes_on(scene)
