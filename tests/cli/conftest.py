# SPDX-License-Identifier: Apache-2.0
"""A founded station for each test, copied from one that is made once; and the command, in this process."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.cli.main import run
from console.settings import Settings
from tests.cli.keyboard import Keyboard
from tests.cli.transcript import Result, Run
from tests.support.stations import make_station

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
NO_TTY = "/nonexistent/tty"


def no_window(settings: Settings, banner: str | None) -> int:
    raise AssertionError("no window in these tests")


@contextmanager
def fed(data: bytes) -> Iterator[None]:
    """Let this process read ``data`` from its stdin."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    os.close(reading)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Run:
    """Return how to run ``breakglass`` in this process, without a terminal."""

    def run_here(argv: list[str], stdin: bytes = b"") -> Result:
        with fed(stdin):
            status = run(argv, open_window=no_window, tty=NO_TTY)
        return Result(status, *capfd.readouterr())

    return run_here


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a founded, locked station and its PINs; nobody changes it."""
    folder = tmp_path_factory.mktemp("founded")
    make_station(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh folder with the example files, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BREAKGLASS_STATION", str(tmp_path / "station"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    shutil.copy(EXAMPLES / "station.toml", tmp_path / "example-station.toml")
    for example in ("request.toml", "prepared.toml", "card.toml", "change.toml"):
        shutil.copy(EXAMPLES / example, tmp_path)
    return tmp_path


@pytest.fixture
def station(founded: Path, folder: Path, command: Callable[..., Result]) -> Iterator[Path]:
    """Return a folder with a station of its own, locked, and pins.toml; it is locked again at the end."""
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    yield folder
    command(["station", "lock"])


@pytest.fixture
def unlocked(station: Path, command: Callable[..., Result]) -> Path:
    """Return the folder of an unlocked station."""
    assert command(["station", "unlock", "--as", "legal-ops-1", "--pins", "pins.toml"]).status == 0
    return station


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    """Somebody at a terminal of their own."""
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()
