# SPDX-License-Identifier: Apache-2.0
"""Where a station's files lie from the beginning: on both media, and never on what only looks like the second one."""

from pathlib import Path

import pytest

from console.domain.errors import Refused
from console.settings import FILE_NAME, Settings, read
from console.wiring import founding
from tests.support.stations import Pins, make_station


def naming(settings: Settings, medium: Path | str) -> str:
    """Return a station's file with another second medium in it."""
    lines = (settings.folder / FILE_NAME).read_text().splitlines()
    return "\n".join(f'mirror = "{medium}"' if line.startswith("mirror") else line for line in lines)


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_second_medium_alone_says_what_station_it_is_of(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    copy = settings.station.mirror / FILE_NAME
    assert copy.read_bytes() == (settings.folder / FILE_NAME).read_bytes()


def test_a_mount_point_is_no_second_medium(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(Refused, match="second_medium_bare"):
        founding.found(elsewhere, naming(settings, "/proc").encode(), Pins(pins))
    assert not elsewhere.exists()
    assert read(settings.folder).station.mirror == settings.station.mirror


def test_who_stands_there_twice_is_named_before_any_token_is_made(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    said = naming(settings, empty(tmp_path / "medium"))
    elsewhere = tmp_path / "elsewhere"
    for was, now in (('id = "legal-2"', 'id = "legal-1"'), ("Ben Clausen", "Anna Berg")):
        assert was in said
        # Nobody is asked a PIN: what a founding left on a token would stand in the way of the mended file.
        with pytest.raises(Refused, match=r"key_or_person_twice \(who=legal-1"):
            founding.found(elsewhere, said.replace(was, now, 1).encode(), Pins({}))
    assert not (elsewhere / "tokens").exists()


def test_a_second_medium_that_is_not_there_or_holds_something_is_refused(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    before = sorted(settings.station.mirror.rglob("*"))
    for folder, why in ((tmp_path / "none", "missing"), (settings.station.mirror, "used")):
        elsewhere = tmp_path / "elsewhere"
        with pytest.raises(Refused, match=f"second_medium_{why}"):
            founding.found(elsewhere, naming(settings, folder).encode(), Pins(pins))
        assert not elsewhere.exists()
    assert sorted(settings.station.mirror.rglob("*")) == before


def test_names_that_no_key_can_bear_are_refused_before_any_pin(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    said, elsewhere = naming(settings, empty(tmp_path / "medium")), tmp_path / "elsewhere"
    for key, name, code in (
        ("organisation", "Kanzlei Nord", "organisation_form"),
        ("organisation", "a/b", "organisation_form"),
        ("name", "Büro 1", "station_name_form"),
        ("name", "x" * 64, "station_name_form"),
    ):
        line = next(line for line in said.splitlines() if line.startswith(f"{key} "))
        with pytest.raises(Refused, match=code):
            founding.check(elsewhere, said.replace(line, f'{key} = "{name}"', 1).encode())
    assert not elsewhere.exists()


def test_people_and_numbers_that_cannot_be_are_refused_before_any_pin(tmp_path: Path) -> None:
    settings, _ = make_station(tmp_path)
    said = naming(settings, empty(tmp_path / "medium"))
    founding.check(tmp_path / "elsewhere", said.encode())
    for was, now, code in (
        ('"Anna Berg"', '"Anna Berg 🦊"', "person_name_form"),
        ('"Anna Berg"', '"-"', "person_name_form"),
        ('id = "legal-1"', 'id = "../legal"', "short_name_form"),
        ("legal = 1", "legal = 5", "threshold_impossible"),
        ('role = "it"', 'role = "IT people"', "group_names"),
    ):
        assert was in said, was
        with pytest.raises(Refused, match=code):
            founding.check(tmp_path / "elsewhere", said.replace(was, now).encode())


def test_a_second_medium_with_the_station_in_it_or_closed_to_us_is_refused(tmp_path: Path) -> None:
    home, closed = tmp_path / "home", tmp_path / "closed"
    for folder, medium in ((home / "station", home), (home, home), (home, home / "copy")):
        medium.mkdir(parents=True, exist_ok=True)
        with pytest.raises(Refused, match="second_medium_inside"):
            founding.check_medium(folder, medium)
    with pytest.raises(Refused, match="second_medium_unwritable"):
        founding.check_medium(home, tmp_path / ("x" * 300))
    closed.mkdir()
    assert founding.is_on_same_disk(home, closed)
    assert not founding.is_on_same_disk(home, Path("/dev/shm"))


def test_a_script_cannot_choose_a_pin_that_is_guessed_soon(tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    empty(tmp_path / "elsewhere")
    said = naming(settings, empty(tmp_path / "medium")).replace("../tokens", "new-tokens")
    with pytest.raises(Refused, match="pin_short"):
        founding.found(tmp_path / "elsewhere", said.encode(), Pins({**pins, "legal-1": "12345"}))
    assert not (tmp_path / "elsewhere" / "new-tokens" / "legal-1").exists()
