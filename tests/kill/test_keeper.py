# SPDX-License-Identifier: Apache-2.0
"""Kill -9 of the keeper, which holds the station's HSM, in the middle of a release."""

import pytest

from tests.kill.steps import HSM, VERBS, Step
from tests.support.activations import opened_base
from tests.support.aftermath import Victims, check_settled, release_all, shown_by_victim
from tests.support.scenes import CODES, Scene, staged

pytestmark = pytest.mark.real

STEPS = VERBS["release_code"]
HSM_STEPS = [point for point, step in enumerate(STEPS) if step.medium == HSM]


def after_keeper_killed(victims: Victims, scene: Scene, point: int, after_s: float) -> str:
    """Release a code while the keeper is killed; return the error that the console gave."""
    assert victims.run("release_code", scene, point, after_s=after_s) == 0
    file = scene.folder / "error"
    return file.read_text() if file.exists() else ""


def check_once(scene: Scene) -> None:
    """Unlock again: whole, each code at most once, and at most this one lost."""
    scene.restart()
    check_settled(scene)
    codes = scene.sealed[CODES].split()
    shown = shown_by_victim(scene) + release_all(scene, CODES, 2)[0]
    assert shown in (codes[:2], codes[1:3], codes[:3])


@pytest.mark.parametrize("point", HSM_STEPS, ids=[f"{point} {STEPS[point]}" for point in HSM_STEPS])
def test_before_a_step_in_the_hsm(victims: Victims, point: int) -> None:
    """The console says that the station is locked, and shows nothing that is not burnt."""
    with staged(opened_base()) as scene:
        assert after_keeper_killed(victims, scene, point, 0) == "station_locked"
        assert not shown_by_victim(scene) or point > STEPS.index(Step("screen", "show"))
        check_once(scene)


@pytest.mark.long
@pytest.mark.parametrize("after_ms", [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30])
@pytest.mark.parametrize("point", HSM_STEPS[:3], ids=[f"{point} {STEPS[point]}" for point in HSM_STEPS[:3]])
def test_while_the_hsm_works(victims: Victims, point: int, after_ms: float) -> None:
    """SoftHSM rewrites its files in place: cut anywhere, the folder's last whole copy comes back."""
    with staged(opened_base()) as scene:
        error = after_keeper_killed(victims, scene, point, after_ms / 1000)
        assert error in ("station_locked", "token_broken", "")
        check_once(scene)
