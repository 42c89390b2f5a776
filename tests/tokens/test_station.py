# SPDX-License-Identifier: Apache-2.0
"""A whole emergency on a station one of whose people has a token of another make, from founding to showing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.actions.activation import release
from console.actions.credential import versions
from console.actions.station import lifecycle
from console.adapters.hsm.process import KEY_FILE
from console.demo.station import card
from console.domain.errors import Refused
from console.settings import FILE_NAME, parse
from console.wiring.station import Station
from tests.support.activations import open_for
from tests.support.screens import Paper
from tests.support.stations import Pins
from tests.tokens.devices import Device

pytestmark = pytest.mark.real
PEOPLE = {"legal-1": "legal", "it-1": "it", "legal-ops-1": "operator"}
NAME, SECRET = "emergency-admin", b"correct horse battery"
STATION = """\
[station]
organisation = "demo.example"
name = "mixed"
mode = "drill"
mirror = "../mirror"

[classes.standard]
legal = 1
it = 1

[rules]
matter_pattern = "M-[0-9]{4}-[0-9]{5}"
jurisdictions = ["DE"]
"""


def person(member: str, role: str, device: Device) -> str:
    """Return a section of the station file; IT has the other token."""
    lines = [f'id = "{member}"', f'name = "{member.title()}"', f'role = "{role}"']
    if role == "it":
        address = device.address
        lines += [f'module = "{address.module}"', f'token = "{address.label}"', f'init = "{address.reserved or ""}"']
        if address.folder is not None:
            lines[4:] = [f'folder = "{address.folder}"']
    return "\n".join(["[[keyholder]]", *lines, ""])


def accepted(text: str, home: Path, pins: Pins) -> str:
    """Found the station; a card with another key (a PIV card's 82 is Legal's) is refused, then accepted by name."""
    for _ in range(2):
        with closing(Station(parse(text.encode(), home), pins)) as made:
            try:
                lifecycle.found(made.locked)
            except Refused as error:
                assert error.code == "token_opens_more"
                also = [f'"{label}"' for label in str(error.facts["keys"]).split(", ")]
                text = text.replace('role = "it"', f'role = "it"\nalso = [{", ".join(also)}]')
            else:
                return text
    raise AssertionError("not accepted by name")


@pytest.fixture
def place(device: Device, short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """Found a station; it is unlocked by the person with the other token."""
    if device.address.folder is not None and device.address.module != KEY_FILE:
        pytest.skip("the embedded default: every other test is about it")
    for name, value in device.environment.items():
        monkeypatch.setenv(name, value)
    home = short_path / "station"
    home.mkdir()
    (short_path / "mirror").mkdir()
    text = STATION + "\n".join(person(member, role, device) for member, role in PEOPLE.items())
    (home / FILE_NAME).write_text(text)
    pins = Pins({"legal-1": "111111", "legal-ops-1": "222222", "it-1": device.pin})
    text = accepted(text, home, pins)
    (home / FILE_NAME).write_text(text)
    with closing(Station(parse(text.encode(), home), pins)) as made:
        for member in ("legal-1", "it-1"):
            lifecycle.sign_genesis(made.locked, member)
        made.unlock("it-1")
        yield made
        lifecycle.lock(made.locked)


def test_the_main_job_with_another_token(place: Station) -> None:
    with place.console() as console:
        versions.seal(console, NAME, "password", "standard", bytearray(SECRET), card(NAME))
        act = open_for(console, {"credential": NAME})
        paper = Paper()
        release.release(console, act, NAME, paper)
        assert [secret for _, secret in paper.shown] == [SECRET]
