# SPDX-License-Identifier: Apache-2.0
"""People who are about to join: with a token at the station, or with a card from a computer of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from console.actions.console import Console
from console.actions.keyholder import enrolment as actions
from console.actions.own_console.answer import OwnConsole
from console.domain.canonical import Object
from console.domain.keyholder import enrolment
from console.domain.keyholder.enrolment import Card
from console.domain.policy.keyholder import Member
from console.settings import OWN_FILE_NAME, KeyholderSection, own_toml, read, without_station
from console.wiring.own_console import own_console
from console.wiring.station import Station
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.scenes import Scene
from tests.support.stations import Pins

PIN = "24682468"


def fake_card(
    id_: str = "legal-3", name: str = "Fritz Gabler", role: str = "legal", *, token: FakeToken | None = None
) -> Card:
    """Return a signed card whose keys live in a fake token."""
    token = token or FakeToken(FakeMachine(seed=id_.encode()).random)
    points = token.points() or token.enrol(enrolment.purposes(role))
    member = Member(id_, name, role, points["sign"], points["share"], points.get("read"), "hardware")
    return signed(Card(member, bytes(32), {"label": id_}), token)


def signed(card: Card, token: FakeToken) -> Card:
    """Return the card with the signature of this token."""
    return replace(card, signature=token.sign("sign", card.signed_digest()))


@contextmanager
def newcomer(scene: Scene, section: KeyholderSection, *, pin: str = PIN) -> Iterator[Station]:
    """Lend the station as it is while somebody enrols."""
    known = read(scene.home)
    place = Station(replace(known, keyholders=(*known.keyholders, section)), Pins({section.id: pin}))
    try:
        yield place
    finally:
        place.close()


def section(scene: Scene, id_: str = "legal-3", name: str = "Fritz Gabler", role: str = "legal") -> KeyholderSection:
    """Return where a newcomer's embedded token is."""
    return KeyholderSection(id_, name, role, folder=(scene.folder / "tokens" / f"{id_}-new").resolve())


def enrol_here(scene: Scene, console: Console, new: KeyholderSection) -> Object:
    """Enrol somebody on a real token at the station."""
    with newcomer(scene, new) as place:
        return actions.enrol_here(console, place.locked, new.id)


@contextmanager
def at_home(
    folder: Path, id_: str = "legal-3", name: str = "Fritz Gabler", role: str = "legal"
) -> Iterator[tuple[Card, OwnConsole]]:
    """Lend somebody's own console with a real token, and the card that they made there."""
    folder.mkdir(parents=True)
    new = KeyholderSection(id_, name, role, folder=(folder / "token").resolve())
    place = Station(without_station(folder, new), Pins({id_: PIN}))
    try:
        card = actions.make_card(place.locked, id_)
    finally:
        place.close()
    (folder / OWN_FILE_NAME).write_bytes(own_toml(new, folder))
    with own_console(folder, Pins({id_: PIN})) as own:
        yield card, own


def proposal_of(enrolled: Object) -> str:
    """Return the proposal's id from what an enrolment answered."""
    return str(cast(Object, enrolled["proposal"])["proposal"])
