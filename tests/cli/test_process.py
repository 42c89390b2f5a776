# SPDX-License-Identifier: Apache-2.0
"""The command as a process of its own: what it never loads, and that it cannot reach a network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.transcript import HERE, Result, Run, odd_files, play

WATCHED = Path(__file__).with_name("breakglass_watched.py")
NEVER_LOADED = {"pkcs11", "httpx", "ssl", "http", "urllib.request", "asyncio", "PySide6.QtNetwork", "PySide6"}


def watched(argv: list[str], stdin: bytes = b"") -> Result:
    """Run the command in a session of its own, so that it has no terminal; nothing forbidden may be loaded."""
    report = Path("watched.json").absolute()
    found = subprocess.run(
        [sys.executable, WATCHED, *argv],
        input=stdin,
        capture_output=True,
        check=False,
        start_new_session=True,
        env={**os.environ, "WATCHED": str(report)},
    )
    seen = json.loads(report.read_text())
    assert NEVER_LOADED & set(seen["modules"]) == set(), argv
    assert set(seen["sockets"].values()) == {"Address family not supported by protocol"}, argv
    return Result(found.returncode, found.stdout.decode(), found.stderr.decode())


@pytest.mark.real
@pytest.mark.long
def test_the_whole_emergency_in_processes_of_their_own(station: Path) -> None:
    odd_files(station)
    play(HERE / "emergency.txt", watched)


@pytest.mark.real
def test_what_one_process_began_another_goes_on_with(unlocked: Path, command: Run) -> None:
    for argv in (
        ["credential", "list", "--json"],
        ["activation", "list", "--json"],
        ["keyholder", "list", "--json"],
        ["policy", "show", "--json"],
    ):
        assert watched(argv).stdout == command(argv, b"").stdout


def test_help_loads_nothing_of_the_station(folder: Path) -> None:
    result = watched(["--help"])
    assert (result.status, result.stderr) == (0, "")
    loaded = set(json.loads(Path("watched.json").read_text())["modules"])
    assert {name for name in loaded if name.startswith("console.")} == {
        "console.__main__",
        "console.cli",
        "console.cli.arguments",
        "console.cli.main",
        "console.cli.parser",
        "console.cli.plain",
        "console.confinement",
        "console.domain",
        "console.domain.errors",
        "console.language",
    }


def test_the_station_files_error_is_told_before_the_adapters_are_loaded(folder: Path) -> None:
    result = watched(["credential", "list"])
    assert result.status == 3
    assert "console.wiring.station" not in json.loads(Path("watched.json").read_text())["modules"]


def test_the_process_can_neither_be_dumped_nor_looked_into(folder: Path) -> None:
    code = (
        "import sys, ctypes, resource; sys.argv = ['breakglass', '--help']\n"
        "from console.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "0 (0, 0)"
