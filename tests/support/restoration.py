# SPDX-License-Identifier: Apache-2.0
"""A station's backup, and the station put back from it on a bare machine."""

import shutil

from console.actions.activation import release
from console.actions.journal import renewal
from console.actions.station import lifecycle as station_actions
from console.adapters.vault import BackupFolder
from console.settings import read
from console.wiring.station import Station
from tests.support.activations import open_for
from tests.support.scenes import PASSWORD, UNLOCKER, Scene, pins_of
from tests.support.screens import Paper
from tests.support.stations import Pins
from tests.support.waits import wait_until_left


def medium(scene: Scene, name: str = "backup", *, same_disk: bool = True) -> BackupFolder:
    return BackupFolder(scene.folder / name, scene.home, same_disk=same_disk)


def bare(scene: Scene, *, with_hsm: bool) -> Station:
    """Lose the station's folder, and its HSM if that is lost too; return a station of nothing but its file."""
    station_actions.lock(scene.station.locked)
    scene.station.close()
    wait_until_left(scene.home)
    lost = scene.folder / "lost"
    scene.home.rename(lost)
    scene.home.mkdir()
    shutil.copy(lost / "station.toml", scene.home)
    if with_hsm:
        shutil.copytree(lost / "hsm", scene.home / "hsm")
    return Station(read(scene.home), Pins(pins_of(scene.folder)))


def first_release(station: Station, name: str = PASSWORD) -> bytes:
    """Unlock, begin a new log by one of each group, and go through an emergency."""
    assert station.unlock(UNLOCKER)["alarm"]
    with station.console() as console:
        id_ = str(renewal.propose(console)["renewal"])
        (proposed,) = renewal.proposals(console.vault, console.policy)
        legal = proposed.missing(console.policy)["legal"]
        for member in (*("legal-1", "legal-2")[:legal], "it-1"):
            answer = renewal.sign(console, id_, member)
        assert answer["in_force"] is True
    paper = Paper()
    with station.console() as console:
        act = open_for(console, {"credential": name})
        release.release(console, act, name, paper)
    return paper.shown[0][1]


def closed(station: Station) -> None:
    station_actions.lock(station.locked)
    station.close()
