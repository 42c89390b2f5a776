# SPDX-License-Identifier: Apache-2.0
"""A carrier brings a medium with links where a request will be written: the station's own files stay as they are."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from console.actions.activation import release
from console.actions.backup import copy
from console.actions.journal import reading as journal
from console.cli import files, handover
from console.domain.errors import Refused, Unavailable
from console.gui.kit.files import read_all, read_wipeable, write_all
from console.gui.shell.pictures import handed_over
from console.wiring.station import backup_folder, codes
from tests.support.activations import opened_base
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real
STEM = "request-it-2"


def by_command(folder: Path, data: bytes) -> None:
    handover.bring_out(str(folder), STEM, data)


def by_window(folder: Path, data: bytes) -> None:
    write_all(str(folder), handed_over(codes(), STEM, data).files())


FACES = pytest.mark.parametrize("bring_out", [by_command, by_window])


def emergency_goes_on(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console:
        release.release(console, scene.act, PASSWORD, paper)
    assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]


@FACES
def test_a_link_to_a_file_of_the_station_is_not_written_through(
    tmp_path: Path, bring_out: Callable[[Path, bytes], None]
) -> None:
    with staged(opened_base()) as scene:
        (tmp_path / f"{STEM}-1.png").symlink_to(scene.home / "state" / "00000001.json")
        with pytest.raises(Unavailable, match="not_written"):
            bring_out(tmp_path, bytes(100))
        emergency_goes_on(scene)


@FACES
def test_a_folder_that_is_a_link_into_the_station_gets_nothing(
    tmp_path: Path, bring_out: Callable[[Path, bytes], None]
) -> None:
    with staged(opened_base()) as scene:
        (tmp_path / "out").symlink_to(scene.home / "state")
        with pytest.raises(Unavailable, match="not_written"):
            bring_out(tmp_path / "out", bytes(100))
        emergency_goes_on(scene)


def test_neither_export_nor_backup_goes_into_the_station_by_a_link(tmp_path: Path) -> None:
    with staged(opened_base()) as scene:
        (scene.home / "proposals").mkdir()
        (tmp_path / "out").symlink_to(scene.home / "proposals")
        with scene.console() as console, pytest.raises(Unavailable, match="not_written"):
            journal.export(console, tmp_path / "out")
        with scene.console() as console, pytest.raises(Unavailable, match="not_written"):
            copy.make(console, backup_folder(tmp_path / "out", scene.home, same_disk=True))
        emergency_goes_on(scene)


def test_a_folder_of_ones_own_may_be_a_link_and_what_lay_there_open_to_all_is_its_owners(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "documents").symlink_to(tmp_path / "disk")
    written = tmp_path / "disk" / "request.bg"
    written.write_bytes(b"something longer than what comes")
    written.chmod(0o644)
    files.write(str(tmp_path / "documents" / "request.bg"), b"request")
    assert written.read_bytes() == b"request"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_a_link_to_a_pipe_is_still_a_way_out(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    (tmp_path / "stdout").symlink_to(f"/proc/self/fd/{writing}")
    files.write(str(tmp_path / "stdout"), b"request")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"request"


def test_a_name_that_leads_to_a_pipe_or_to_no_end_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(Unavailable, match="file_unreadable"):
            read_wipeable(str(tmp_path / name))
        with pytest.raises(Unavailable, match="file_unreadable"):
            read_all([str(tmp_path / name)])
    with pytest.raises(Refused, match="files_too_large"):
        files.read(str(tmp_path / "endless"))
