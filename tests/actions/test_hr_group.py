# SPDX-License-Identifier: Apache-2.0
"""HR as a group of its own: every class asks it, and one class asks two of it."""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, release
from console.actions.credential import versions
from console.actions.policy import steps, suspension
from console.actions.station import lifecycle as station_actions
from console.demo.station import card
from console.domain.errors import Refused
from console.settings import FILE_NAME, parse
from console.wiring.station import Station
from tests.support.activations import approve, filed
from tests.support.screens import Paper
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]

PEOPLE = {
    "legal-1": "legal",
    "legal-2": "legal",
    "it-1": "it",
    "it-2": "it",
    "hr-1": "hr",
    "hr-2": "hr",
    "hr-3": "hr",
    "legal-ops-1": "operator",
}
PINS = dict.fromkeys(PEOPLE, "246810")
STATION = """\
[station]
organisation = "demo.example"
name = "hr"
mode = "drill"
mirror = "../mirror"

[hsm]

{people}
[classes.standard]
legal = 1
it = 1
hr = 1

[classes.hr-files]
legal = 1
it = 1
hr = 2

[rules]
matter_pattern = "M-[0-9]{{4}}-[0-9]{{5}}"
jurisdictions = ["DE"]
privilege_classes = ["hr-files"]
"""
PERSON = '[[keyholder]]\nid = "{id}"\nname = "{id}"\nrole = "{role}"\nfolder = "../tokens/{id}"\n\n'
SECRETS = {"crm-admin": ("standard", b"crm-secret"), "payroll-admin": ("hr-files", b"payroll-secret")}


@contextmanager
def founded(folder: Path) -> Iterator[Station]:
    """Found a station with HR, its genesis signed by all seven keyholders; lend it unlocked, two secrets sealed."""
    for name in ("station", "mirror", "tokens"):
        (folder / name).mkdir()
    people = "".join(PERSON.format(id=id_, role=role) for id_, role in PEOPLE.items())
    text = STATION.format(people=people)
    (folder / "station" / FILE_NAME).write_text(text)
    place = Station(parse(text.encode(), folder / "station"), Pins(PINS))
    try:
        station_actions.found(place.locked)
        for member in PEOPLE:
            if member != "legal-ops-1":
                station_actions.sign_genesis(place.locked, member)
        place.unlock("legal-ops-1")
        with place.console() as console:
            for name, (class_, secret) in SECRETS.items():
                versions.seal(console, name, "password", class_, bytearray(secret), card(name))
        yield place
    finally:
        station_actions.lock(place.locked)
        place.close()


def test_hr_stands_in_every_quorum_and_doubly_in_its_own() -> None:
    # Short, because a unix socket's path ends at 107 bytes.
    with tempfile.TemporaryDirectory(prefix="bg-") as folder, founded(Path(folder)) as place:
        with place.console() as console:
            act = filed(console, {"credential": "crm-admin"})
            missing = functools.partial(lambda act: lifecycle.show(console, act)["missing"])
            # The request says that privilege is at stake: what hr-files asks is asked here, too.
            assert missing(act) == {"hr": 2, "it": 1, "legal": 1}
            approve(console, act, "legal-1", "it-1", "hr-1")
            with pytest.raises(Refused, match=r"quorum_not_met .*missing=1 × hr"):
                lifecycle.open_activation(console, act)
            approve(console, act, "hr-3")
            lifecycle.open_activation(console, act)
            paper = Paper()
            release.release(console, act, "crm-admin", paper)
            assert paper.shown == [("crm-admin", b"crm-secret")]
            own = filed(console, {"credential": "payroll-admin"})
            approve(console, own, "legal-2", "it-2", "hr-2")
            assert missing(own) == {"hr": 1, "it": 0, "legal": 0}
            approve(console, own, "hr-1")
            lifecycle.open_activation(console, own)
            release.release(console, own, "payroll-admin", paper)
            assert paper.shown[-1] == ("payroll-admin", b"payroll-secret")
            # HR signs every change, and looks after its own people.
            proposal = steps.propose_change(console, {"classes": {"hr-files": {"hr": 1}}})
            assert proposal["missing"] == {"hr": 2, "it": 1, "legal": 1}
            with pytest.raises(Refused, match="other_group"):
                suspension.suspend(console, "hr-1", "legal-1")
            suspension.suspend(console, "hr-1", "hr-2")
        with place.console() as console, pytest.raises(Refused, match="group_too_small"):
            suspension.suspend(console, "hr-2", "hr-3")
