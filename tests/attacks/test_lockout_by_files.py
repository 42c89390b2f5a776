# SPDX-License-Identifier: Apache-2.0
"""A damaged or missing file that nobody needs for an emergency keeps nobody from one."""

import pytest

from console.actions.activation import release
from console.actions.console import Console
from console.actions.policy import suspension
from console.actions.sealed import escrow
from console.actions.station import lifecycle as station_actions
from console.domain.errors import Refused
from tests.support.activations import filed, open_for, opened_base
from tests.support.remote import answered, asked, pinned_home, taken
from tests.support.scenes import PASSWORD, sealed_base, staged
from tests.support.screens import Paper
from tests.support.sheets import recoverable_base

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.mark.parametrize(
    ("name", "damage"), [("canaries/legal.json", b"{}"), ("escrow/database-key.json", b"\x00\xff")]
)
def test_a_damaged_copy_for_the_sheets_is_made_anew(name: str, damage: bytes) -> None:
    with staged(recoverable_base()) as scene:
        file = scene.home / name
        before = file.read_bytes()
        file.write_bytes(damage)
        with scene.console() as console:
            assert is_shown(console, scene.sealed[PASSWORD])
        assert len(file.read_bytes()) == len(before)
        with scene.console() as console:
            point = console.policy.roster.recovery_point("legal")
            assert escrow.canary(console.vault, "legal")[0] == point


def is_shown(console: Console, secret: bytes) -> bool:
    """Walk one whole emergency."""
    act = open_for(console, {"credential": PASSWORD})
    paper = Paper()
    release.release(console, act, PASSWORD, paper)
    return paper.shown == [(PASSWORD, secret)]


@pytest.mark.parametrize("damage", [b"[]", None])
def test_without_its_use_card_a_credential_is_asked_for_from_home_all_the_same(damage: bytes | None) -> None:
    with staged(sealed_base()) as scene:
        file = scene.home / "cards" / f"{PASSWORD}.json"
        file.unlink() if damage is None else file.write_bytes(damage)
        with scene.console() as console:
            home = pinned_home(scene, console, "it-1")
            act = filed(console, {"credential": PASSWORD})
            answer = answered(home, asked(console, act, "it-1"))
            assert taken(console, act, answer)["missing"] == {"it": 0, "legal": 1}


def test_whoever_unlocked_is_suspended_in_the_middle_and_somebody_else_goes_on() -> None:
    with staged(opened_base()) as scene:
        with scene.console() as console:
            suspension.suspend(console, console.hsm.unlocked_by(), "legal-1")
        with pytest.raises(Refused, match="unlocker_left"), scene.console():
            pass
        station_actions.lock(scene.station.locked)
        scene.station.unlock("legal-1")
        with scene.console() as console:
            paper = Paper()
            release.release(console, scene.act, PASSWORD, paper)
            assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]
