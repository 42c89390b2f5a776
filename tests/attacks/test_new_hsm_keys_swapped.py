# SPDX-License-Identifier: Apache-2.0
"""The keys of a new HSM swapped on the disk, before it is proposed or in the proposal: none is signed into force."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.actions.backup import restore
from console.actions.journal import renewal
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import encode, to_base64
from console.domain.errors import Corrupt
from console.domain.journal.checkpoint import key_of, parse_vkey
from console.domain.renewal import Log, Renewal
from console.settings import read
from console.wiring.station import Station
from tests.support.restoration import closed, medium
from tests.support.scenes import UNLOCKER, pins_of, sealed_base, staged
from tests.support.stations import Pins

pytestmark = pytest.mark.real

KEYS = ("log", "request", "journal")


def thiefs_point() -> bytes:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def thiefs_key(name: str, genuine: str) -> str:
    """Return a public key of somebody else's in the form of a genuine one."""
    point = thiefs_point()
    return key_of(parse_vkey(genuine).name, point).vkey() if name == "log" else to_base64(point)


@contextmanager
def replaced() -> Iterator[Station]:
    """Lend a station whose HSM was just replaced and whose roster does not name the new one's keys yet."""
    with staged(sealed_base()) as scene:
        other = scene.folder / "other"
        other.mkdir()
        shutil.copy(scene.home / "station.toml", other)
        with scene.console() as console:
            taken, anchors = restore.take_over(console)
        station = Station(read(other), Pins(pins_of(scene.folder)))
        try:
            restore.put_back(station.locked, medium(scene, "station"), medium(scene, "mirror"))
            restore.fill(station.locked, taken, anchors)
            restore.done(station.locked)
            station_actions.unlock(station.locked, UNLOCKER)
            yield station
        finally:
            closed(station)


def test_a_swapped_key_is_neither_proposed_nor_signed_nor_put_into_force() -> None:
    with replaced() as station:
        file = station.settings.folder / renewal.NEW_KEYS
        genuine = file.read_bytes()
        value = json.loads(genuine)
        for name in KEYS:
            swapped = {**value["keys"], name: thiefs_key(name, value["keys"][name])}
            file.write_bytes(encode({**value, "keys": swapped}))
            with pytest.raises(Corrupt, match="station_key_unproven") as refused, station.console():
                pass
            assert refused.value.facts == {"key": name}
        file.write_bytes(encode({**value, "keys": {**value["keys"], "origin": "example.org/other"}}))
        with pytest.raises(Corrupt, match="new_hsm_shape"), station.console():
            pass
        file.write_bytes(genuine)
        proposals_rewritten(station)


def proposals_rewritten(station: Station) -> None:
    with station.console() as console:
        renewal.propose(console)
        (proposed,) = renewal.proposals(console.vault, console.policy)
        assert proposed.station is not None
        edits: list[tuple[Callable[[Renewal], Renewal], str]] = [
            (with_station("request"), "station_key_unproven"),
            (with_station("journal"), "station_key_unproven"),
            (with_other_log, "station_key_unproven"),
            (with_station("log"), "renewal_shape"),
            (lambda r: replace(r, station={**(r.station or {}), "origin": "example.org/other"}), "renewal_shape"),
        ]
        for edit, code in edits:
            forged = edit(proposed)
            console.vault.write(f"{renewal.PROPOSALS}{forged.id}.json", forged.encode())
            with pytest.raises(Corrupt) as refused:
                renewal.sign(console, forged.id, "legal-1")
            assert refused.value.code == code
        assert not (station.settings.folder / "renewals").exists()
        for member in ("legal-1", "legal-2", "it-1"):
            answer = renewal.sign(console, proposed.id, member)
        assert answer["in_force"] is True


def with_station(name: str) -> Callable[[Renewal], Renewal]:
    def swapped(proposed: Renewal) -> Renewal:
        station = dict(proposed.station or {})
        return replace(proposed, station={**station, name: thiefs_key(name, station[name])})

    return swapped


def with_other_log(proposed: Renewal) -> Renewal:
    key = thiefs_key("log", proposed.new.key)
    station = {**(proposed.station or {}), "log": key}
    return replace(proposed, new=Log(proposed.new.origin, key), station=station)
