# SPDX-License-Identifier: Apache-2.0
"""A whole station on a small disk that is full: the emergency goes on, the person is told, and nothing is lost."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, release
from console.actions.journal import reading
from console.actions.station import lifecycle as station_actions
from console.adapters.journal.database import BALLAST_BYTES
from console.domain.errors import ConsoleError
from console.settings import read
from console.wiring.station import Station
from tests.faults.volumes import Volume, volume
from tests.support.activations import open_for, opened_base
from tests.support.scenes import CODES, PASSWORD, Base, Scene, pins_of, start_keeper
from tests.support.screens import Paper
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]


@contextmanager
def on_small_disk(base: Base, folder: Path) -> Iterator[tuple[Scene, Volume]]:
    """Lend a copy of a base whose station, HSM and all, lies on a disk of its own of 40 MB."""
    with volume(folder, "station", 40) as home:
        for part in base.folder.iterdir():
            if part.name == "station":
                shutil.copytree(part, home.at, dirs_exist_ok=True)
            elif part.is_dir():
                shutil.copytree(part, folder / part.name)
            else:
                shutil.copy(part, folder / part.name)
        station = Station(read(home.at), Pins(pins_of(folder)))
        try:
            start_keeper(station)
            yield Scene(folder, station, base.sealed, base.act), home
        finally:
            with suppress(ConsoleError):
                station_actions.lock(station.locked)
            station.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Scene, Volume]]:
    with on_small_disk(opened_base(), tmp_path) as lent:
        yield lent


@pytest.mark.parametrize("left", [0, 2, 8, 64])
def test_a_full_disk_stops_no_emergency(place: tuple[Scene, Volume], left: int) -> None:
    """The room held in reserve is enough for the HSM's folder, the tables and the log."""
    scene, home = place
    paper = Paper()
    with scene.console():
        pass  # holds the reserve
    assert (home.at / "journal.db.ballast").stat().st_size == BALLAST_BYTES
    home.fill(left)
    with scene.console() as console:
        release.release(console, scene.act, CODES, paper)
        lifecycle.end(console, scene.act)
        act = open_for(console, {"credential": PASSWORD})
        release.release(console, act, PASSWORD, paper)
    assert [secret for _, secret in paper.shown] == [scene.sealed[CODES].split()[0], scene.sealed[PASSWORD]]
    home.empty()
    with scene.console() as console:
        assert console.journal.alarm() == []
        types = [entry.type for entry in console.journal.entries()]
        assert types.count("recording.disk_full") == 1
        assert types.count("recording.disk_room") == 1
        assert lifecycle.show(console, act)["state"] == "open"
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
    assert (home.at / "journal.db.ballast").stat().st_size == BALLAST_BYTES


@pytest.mark.parametrize("left", [0, 4, 32])
def test_beyond_the_reserve_nothing_is_shown_unrecorded(place: tuple[Scene, Volume], left: int) -> None:
    """The HSM's own folder lies on the full disk, too: what cannot be made durable is not done, and nothing breaks."""
    scene, home = place
    paper = Paper()
    home.fill(0)
    with scene.console():
        pass
    home.fill(left)
    for name in (CODES, PASSWORD, CODES):
        with suppress(ConsoleError), scene.console() as console:
            release.release(console, scene.act, name, paper)
    home.empty()
    # The keeper may have ended at a write that failed.
    station_actions.lock(scene.station.locked)
    scene.restart()
    with scene.console() as console:
        assert console.journal.alarm() == []
        outcomes = {e.body["intent"]: e.body["outcome"] for e in console.journal.entries(type_="release.outcome")}
        intents = list(console.journal.entries(type_="release.intended"))
        assert len(paper.shown) <= len(intents) == len(outcomes)
        assert sum(outcome != "failed" for outcome in outcomes.values()) >= len(paper.shown)
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
        before = [secret for title, secret in paper.shown if title == CODES]
        release.release(console, scene.act, CODES, paper)
        assert paper.shown[-1][1] not in before
