# SPDX-License-Identifier: Apache-2.0
"""The lock-out matrix against reality: what it says opens, opens; what it says is locked out, nobody gets open."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, cast

import pytest

from console.actions.console import Console
from console.actions.readiness import lockout
from console.domain.errors import Refused
from tests.lockout import page
from tests.lockout.play import LAPTOP, NEEDED, PAIRED, SINGLE, backed_base, played
from tests.support.scenes import PASSWORD, sealed_base, staged
from tests.support.sheets import NEW_CODES, RECOVERABLE, recovery_base

pytestmark = pytest.mark.real
EVERYDAY = ("token:legal-1",)
"""Between them: tokens, a group's sheets, the station's sheets, a new module, a new log, codes that are gone."""


def rows(console: Console, losses: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Return the matrix's rows by credential."""
    found = cast(list[dict[str, Any]], lockout.matrix(console, losses)["credentials"])
    return {str(row["name"]): row for row in found}


def said(console: Console, losses: Sequence[str]) -> dict[str, bool]:
    """Return what the matrix says opens after these losses."""
    found = rows(console, losses)
    return {name: bool(found[name]["openable"]) for name in NEEDED}


def check(losses: tuple[str, ...]) -> None:
    """Play these losses, and hold the matrix and the page against what happened."""
    happened = {name: found.why_not is None for name, found in played(losses).items()}
    with staged(backed_base()) as scene, scene.console() as console:
        assert happened == said(console, losses)
    told = page.written()
    assert happened == {name: told[frozenset(losses), name] for name in NEEDED}


@pytest.mark.parametrize("loss", EVERYDAY)
def test_a_single_loss(loss: str) -> None:
    check((loss,))


@pytest.mark.long
@pytest.mark.parametrize("loss", [loss for loss in SINGLE if loss not in EVERYDAY])
def test_every_other_single_loss(loss: str) -> None:
    check((loss,))


@pytest.mark.long
@pytest.mark.parametrize("losses", [*combinations(PAIRED, 2), LAPTOP], ids=" + ".join)
def test_every_pair_and_the_laptop(losses: tuple[str, str]) -> None:
    check(losses)


def test_the_page_says_all_of_it_and_what_the_matrix_says() -> None:
    """Without playing: every single loss and every pair stands there, and as the matrix has it today."""
    told = page.written()
    expected = [*((loss,) for loss in SINGLE), *combinations(PAIRED, 2), LAPTOP]
    assert set(told) == {(frozenset(losses), name) for losses in expected for name in NEEDED}
    with staged(backed_base()) as scene, scene.console() as console:
        for losses in expected:
            assert said(console, losses) == {name: told[frozenset(losses), name] for name in NEEDED}, losses


# --- what it says of a station --------------------------------------------------------------------------------


def test_no_green_badge_while_one_loss_locks_out() -> None:
    """A station without sheets: its only security module takes everything along, and two of two tokens one class."""
    with staged(sealed_base()) as scene, scene.console() as console:
        found = lockout.matrix(console)
        alone = {row["loss"]: row["credentials"] for row in cast(list[dict[str, Any]], found["alone"])}
        badge, everything = lockout.lockout_check(console), rows(console)
    assert found["survives_any_one"] is badge["ok"] is False
    assert set(alone) == {"hsm", "disk", "token:legal-1", "token:legal-2"}
    assert alone["token:legal-1"] == ["partner-vault"]
    assert alone["hsm"] == alone["disk"] == sorted(everything)


def test_sheets_and_a_new_module_take_the_single_losses_away() -> None:
    with staged(recovery_base()) as scene, scene.console() as console:
        found = rows(console)
    single = {
        name: [one for one in found[name]["locked_out_by"] if len(one) == 1]
        for name in (RECOVERABLE, PASSWORD, NEW_CODES)
    }
    # Both of Legal keep the only sheets of a class that needs both: a third person is missing, and it is said.
    assert single[RECOVERABLE] == [["person:legal-1"], ["person:legal-2"]]
    assert single[PASSWORD] == []
    assert single[NEW_CODES] == [["disk"], ["hsm"]]


def test_a_forgotten_pin_is_a_lost_token_and_an_unknown_loss_is_none() -> None:
    with staged(recovery_base()) as scene, scene.console() as console:
        assert lockout.matrix(console, ["pin:it-1"])["lost"] == ["token:it-1"]
        with pytest.raises(Refused, match="unknown_loss"):
            lockout.matrix(console, ["token:nobody"])
