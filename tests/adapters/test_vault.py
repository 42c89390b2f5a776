# SPDX-License-Identifier: Apache-2.0
"""The contract of the port ``Vault``, on the folder with its second medium and on the one in memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from console.adapters.vault import FolderVault
from console.domain.errors import Misused, Unavailable
from console.ports.vault import Vault
from tests.support.memory_vault import MemoryVault


class Place(Protocol):
    """A vault, and the second medium that a person plugs in and takes away."""

    @property
    def vault(self) -> Vault:
        """The vault."""

    def take_away(self) -> None:
        """Take the medium away."""

    def put_back(self, *, another: bool = False) -> None:
        """Bring it back, or a new one."""

    def on_medium(self) -> dict[str, bytes]:
        """Return what of the station's files lies there."""


@dataclass
class OnDisk:
    """Two folders."""

    folder: Path

    def __post_init__(self) -> None:
        self.station, self.mirror, self.taken = (self.folder / name for name in ("station", "mirror", "taken"))
        self.station.mkdir()
        self.mirror.mkdir()
        self.vault = FolderVault(self.station, self.mirror, ("records/", "genesis.json"))
        self.vault.meet_medium()

    def take_away(self) -> None:
        self.mirror.rename(self.taken)

    def put_back(self, *, another: bool = False) -> None:
        if another:
            self.mirror.mkdir()
        else:
            self.taken.rename(self.mirror)

    def on_medium(self) -> dict[str, bytes]:
        found = [path for path in self.mirror.rglob("*") if path.is_file() and path.name != "medium"]
        return {path.relative_to(self.mirror).as_posix(): path.read_bytes() for path in found}


class InMemory:
    """Two dictionaries."""

    def __init__(self) -> None:
        self.vault = MemoryVault()
        self.taken: dict[str, bytes] | None = None

    def take_away(self) -> None:
        self.taken, self.vault.medium = self.vault.medium, None

    def put_back(self, *, another: bool = False) -> None:
        self.vault.medium = {} if another else self.taken

    def on_medium(self) -> dict[str, bytes]:
        return dict(self.vault.medium or {})


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return OnDisk(tmp_path) if request.param == "real" else InMemory()


def test_what_was_written_is_read_and_lies_on_both(place: Place) -> None:
    place.vault.write("records/a/000001-000.json", b"one")
    place.vault.write("records/a/000001-000.json", b"two")
    assert place.vault.read("records/a/000001-000.json") == b"two"
    assert place.on_medium() == {"records/a/000001-000.json": b"two"}
    assert place.vault.unmirrored() == []


def test_what_is_not_there_says_so(place: Place) -> None:
    with pytest.raises(Unavailable, match="file_missing"):
        place.vault.read("genesis.json")
    place.vault.remove("genesis.json")
    assert place.vault.names("records/") == []


def test_names_come_in_order_and_of_one_folder(place: Place) -> None:
    for name in ("records/b/000002-000.json", "records/a/000010-000.json", "genesis.json"):
        place.vault.write(name, b"x")
    assert place.vault.names("records/") == ["records/a/000010-000.json", "records/b/000002-000.json"]
    assert "genesis.json" in place.vault.names("")


def test_what_is_removed_is_gone_from_both(place: Place) -> None:
    place.vault.write("genesis.json", b"x")
    place.vault.remove("genesis.json")
    assert (place.vault.names("records/"), place.on_medium()) == ([], {})
    with pytest.raises(Unavailable, match="file_missing"):
        place.vault.read("genesis.json")


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "records/../../outside"])
def test_a_name_that_leads_out_is_a_fault_of_the_program(place: Place, name: str) -> None:
    for use in (place.vault.read, place.vault.remove, lambda name: place.vault.write(name, b"x")):
        with pytest.raises(Misused, match="file_name"):
            use(name)


def test_what_a_medium_missed_is_owed_until_it_is_back(place: Place) -> None:
    place.vault.write("genesis.json", b"before")
    place.take_away()
    place.vault.write("records/a/000001-000.json", b"x")
    place.vault.write("genesis.json", b"after")
    assert sorted(place.vault.unmirrored()) == ["genesis.json", "records/a/000001-000.json"]
    place.put_back()
    assert place.vault.unmirrored() == []
    assert place.on_medium() == {"genesis.json": b"after", "records/a/000001-000.json": b"x"}


def test_another_medium_is_owed_everything(place: Place) -> None:
    place.vault.write("genesis.json", b"x")
    place.take_away()
    place.put_back(another=True)
    place.vault.meet_medium()
    assert place.vault.unmirrored() == []
    assert place.on_medium() == {"genesis.json": b"x"}
