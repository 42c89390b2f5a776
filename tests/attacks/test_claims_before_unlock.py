# SPDX-License-Identifier: Apache-2.0
"""Claims of wrong PINs that somebody who writes to the disk makes up: anybody can seal one to the public key."""

from collections.abc import Mapping

import pytest

from console.actions.console import Console
from console.actions.journal import before_unlock, reading
from console.domain import keys
from console.domain.canonical import Json, encode, to_base64
from tests.support.scenes import Scene, sealed_base, staged

pytestmark = pytest.mark.real
TRUE: Mapping[str, Json] = {
    "id": "01a21ace-d7ce-7048-b826-2a453880f571",
    "at": "2026-01-01T00:00:00.000Z",
    "boot": "b",
    "why": "pin_wrong",
    "member": "it-1",
}
MADE_UP: tuple[Mapping[str, Json], ...] = (
    {"id": "x"},
    {"id": 7},
    {"why": {"a": 1}},
    {"why": "Frau Müller hat den Schlüssel"},
    {"why": "x" * 60_000},
    {"at": {"a": [1]}},
    {"at": "gestern"},
    {"boot": "x" * 70_000},
    {"boot": [["x"]]},
    {"member": "x" * 70_000},
    {"member": "\x00"},
    {},
)
"""The last says what the true one says, under its id: it is written down once."""


def put(scene: Scene, console: Console, number: int, event: Mapping[str, Json], *, n: Json) -> None:
    point = console.policy.roster.station_point("journal")
    sealed = to_base64(keys.seal_to(point, encode(dict(event)), info=before_unlock.INFO))
    file = scene.home / before_unlock.FOLDER / f"{number:06d}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(encode({"v": 1, "n": n, "prev": "", "sealed": sealed}))


def test_made_up_claims_keep_nobody_outside_and_say_nothing_in_their_own_words() -> None:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            put(scene, console, 0, TRUE, n=0)
            for number, change in enumerate(MADE_UP, 1):
                put(scene, console, number, {**TRUE, **change}, n=["x" * 1000] if number % 2 else number)
            taken = next(iter(console.journal.entries(limit=1))).id
            put(scene, console, 99, {**TRUE, "id": taken}, n=99)
        with scene.console() as console:
            told = list(console.journal.entries(type_=before_unlock.REFUSED))
            assert len(told) == len(MADE_UP) + 1
            codes = {"pin_wrong", "before_unlock_shape", "entry_shape"}
            assert {str(entry.body["why"]) for entry in told} <= codes
            assert {entry.body["at"] for entry in told} <= {TRUE["at"], None}
            assert all(isinstance(entry.body["n"], int) for entry in told)
            assert reading.verify(console, deep=True)["ok"]
        assert not list((scene.home / before_unlock.FOLDER).glob("*.json"))
