# SPDX-License-Identifier: Apache-2.0
"""Window and command at the same time on one station: they take turns by the lease, and nobody loses an entry."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.actions.journal import reading
from console.actions.station import lifecycle
from console.adapters.journal.lease import lease
from tests.support.stations import make_station, opened

pytestmark = [pytest.mark.real, pytest.mark.long]
BREAKGLASS = [sys.executable, "-m", "console"]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "BREAKGLASS_STATION": str(folder / "station")}
    return subprocess.Popen(
        [*BREAKGLASS, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_face_that_stays_open_and_commands_share_one_station(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    face = opened(settings, pins, "legal-1")
    commands = [start(tmp_path, "journal", "list", "--json") for _ in range(4)]
    for _ in range(20):
        with face.console() as console:
            lifecycle.note_unlock(console)
    ended = [(command.communicate(timeout=60), command.returncode) for command in commands]
    assert [(errors, status) for (_, errors), status in ended] == [("", 0)] * 4
    with face.console() as console:
        assert reading.verify(console, deep=True)["ok"] is True
        assert len(list(console.journal.entries(type_="station.unlocked"))) == 21
    lifecycle.lock(face.locked)
    face.close()


def test_a_command_waits_five_seconds_then_names_who_holds_the_station(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    face = opened(settings, pins, "legal-1")
    with lease(settings.folder):
        told = start(tmp_path, "journal", "list")
        _, errors = told.communicate(timeout=60)
    lifecycle.lock(face.locked)
    face.close()
    assert told.returncode == 3
    assert str(os.getpid()) in errors
    assert "Traceback" not in errors
