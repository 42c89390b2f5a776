# SPDX-License-Identifier: Apache-2.0
"""Keys that lie in files: taken in a drill, marked wherever people are listed, refused where the station says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from console.actions.console import Console
from console.actions.entries import list_keyholders
from console.actions.keyholder import enrolment as actions
from console.actions.readiness import report
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.settings import KEY_FILE, KeyholderSection, parse
from console.wiring.station import Station
from tests.support.newcomers import at_home, enrol_here
from tests.support.scenes import Scene, sealed_base, staged
from tests.support.stations import Pins

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Lend a station with sealed credentials."""
    with staged(sealed_base()) as lent:
        yield lent


EXAMPLE = (Path(__file__).parents[2] / "resources" / "examples" / "station.toml").read_text()


def with_key_file(scene: Scene) -> KeyholderSection:
    """Return where the key file of somebody who joins will be."""
    folder = (scene.folder / "tokens" / "legal-3").resolve()
    return KeyholderSection("legal-3", "Fritz Gabler", "legal", KEY_FILE, folder=folder)


def refusing(console: Console) -> Console:
    """Return the console of a station that wants keys in hardware."""
    station = replace(console.settings.station, accept_software_keys=False)
    return replace(console, settings=replace(console.settings, station=station))


@pytest.mark.long
def test_somebody_joins_with_a_key_file_and_is_marked(scene: Scene) -> None:
    section = with_key_file(scene)
    with scene.console() as console:
        card = cast(Object, enrol_here(scene, console, section)["enrolled"])
    assert card["assurance"] == "software"
    assert cast(Object, card["token"])["module"] == "software"
    assert section.folder is not None
    assert (section.folder / "keys.json").exists()


def test_a_station_may_refuse_them_before_anything_is_made(scene: Scene, tmp_path: Path) -> None:
    section = with_key_file(scene)
    with scene.console() as lent, at_home(tmp_path / "home") as (card, _):
        console = refusing(lent)
        for kind in (section, replace(section, module="softhsm")):
            with pytest.raises(Refused, match=r"software_key_refused \(member=legal-3\)"):
                enrol_here(scene, console, kind)
        with pytest.raises(Refused, match="software_key_refused"):
            actions.enrol_by_card(console, card.encode(), " ".join(card.words()))
    assert section.folder is not None
    assert not section.folder.exists()


def test_people_and_readiness_say_it(scene: Scene) -> None:
    with scene.console() as console:
        people = list_keyholders(console)["keyholders"]
        tokens = report.readiness(console)["tokens"]
    for rows in (people, tokens):
        assert isinstance(rows, list)
        assert {row["assurance"] for row in rows} == {"software"}


@pytest.mark.parametrize(
    ("said", "code"), [("", "software_key_refused"), ("accept_software_keys = false", "software_key_refused")]
)
def test_a_real_station_is_not_founded_with_them_unless_it_says_so(tmp_path: Path, said: str, code: str) -> None:
    text = EXAMPLE.replace('"drill"', '"real"', 1).replace("accept_software = false", "accept_software = true")
    settings = parse(text.replace("accept_software_keys = true", said).encode(), tmp_path)
    place = Station(settings, Pins({}))
    with pytest.raises(Refused, match=code):
        station_actions.found(place.locked)
    place.close()


def test_no_key_file_is_a_station_s_hsm(tmp_path: Path) -> None:
    text = EXAMPLE.replace('module = "softhsm"                # the path', 'module = "software"  # the path', 1)
    place = Station(parse(text.encode(), tmp_path), Pins({}))
    with pytest.raises(Refused, match=r"settings_type \(field=hsm.module\)"):
        station_actions.found(place.locked)
    place.close()


@pytest.mark.parametrize(
    ("mode", "said", "refused"),
    [("drill", None, False), ("drill", False, True), ("real", None, True), ("real", True, False)],
)
def test_what_the_file_says_decides(mode: str, said: bool | None, refused: bool) -> None:
    settings = parse(EXAMPLE.encode(), Path("/srv/station"))
    station = replace(settings.station, mode=mode, accept_software_keys=said)
    chosen = replace(settings, station=station)
    chosen.check_accepted("legal-1", is_software=False)
    if refused:
        with pytest.raises(Refused, match="software_key_refused"):
            chosen.check_accepted("legal-1", is_software=True)
    else:
        chosen.check_accepted("legal-1", is_software=True)
