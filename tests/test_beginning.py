# SPDX-License-Identifier: Apache-2.0
"""Where a station's files lie from the beginning: on both media, and never on what only looks like the second one."""

from pathlib import Path

import pytest

from console import beginning
from console.domain.errors import Refused
from console.settings import FILE_NAME, read
from tests.stations import Pins, make_station


def test_the_second_medium_alone_says_what_station_it_is_of(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    copy = settings.station.mirror / FILE_NAME
    assert copy.read_bytes() == (settings.folder / FILE_NAME).read_bytes()


def test_a_mount_point_is_no_second_medium(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    said = (settings.folder / FILE_NAME).read_text()
    named = next(line for line in said.splitlines() if line.startswith("mirror"))
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(Refused, match="second_medium_bare"):
        beginning.found(elsewhere, said.replace(named, 'mirror = "/proc"').encode(), Pins(pins))
    assert not elsewhere.exists()
    assert read(settings.folder).station.mirror == settings.station.mirror


def test_who_stands_there_twice_is_named_before_any_token_is_made(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    said, medium = (settings.folder / FILE_NAME).read_text(), tmp_path / "medium"
    medium.mkdir()
    named = next(line for line in said.splitlines() if line.startswith("mirror"))
    said = said.replace(named, f'mirror = "{medium}"')
    elsewhere = tmp_path / "elsewhere"
    for was, now in (('id = "legal-2"', 'id = "legal-1"'), ("Ben Clausen", "Anna Berg")):
        assert was in said
        # Nobody is asked a PIN: what a founding left on a token would stand in the way of the mended file.
        with pytest.raises(Refused, match=r"key_or_person_twice \(who=legal-1"):
            beginning.found(elsewhere, said.replace(was, now, 1).encode(), Pins({}))
    assert not (elsewhere / "tokens").exists()


def test_a_second_medium_that_is_not_there_or_holds_something_is_refused(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    said = (settings.folder / FILE_NAME).read_text()
    named = next(line for line in said.splitlines() if line.startswith("mirror"))
    before = sorted(settings.station.mirror.rglob("*"))
    for folder, why in ((tmp_path / "none", "missing"), (settings.station.mirror, "used")):
        elsewhere = tmp_path / "elsewhere"
        with pytest.raises(Refused, match=f"second_medium_{why}"):
            beginning.found(elsewhere, said.replace(named, f'mirror = "{folder}"').encode(), Pins(pins))
        assert not elsewhere.exists()
    assert sorted(settings.station.mirror.rglob("*")) == before
