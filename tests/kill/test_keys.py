# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of a counted code, of a signature, of a drift: no counter twice, nothing unseen."""

import pytest

from console.actions.activation import lifecycle, release, use
from tests.kill.steps import DATABASE, SCREEN, VERBS, Step, name_of, points
from tests.support.aftermath import Victims, killed, release_all, shown_by_victim
from tests.support.keys import HOTP, HOTP_CODES, RSA_KEY, keys_base, prepared_jwt
from tests.support.scenes import Scene
from tests.support.screens import Paper

pytestmark = [pytest.mark.real, pytest.mark.long]


def every(verb: str) -> pytest.MarkDecorator:
    """Run a test for each point of a verb."""
    return pytest.mark.parametrize("point", points(verb), ids=[name_of(verb, point) for point in points(verb)])


def used(scene: Scene) -> int:
    with scene.console() as console:
        return lifecycle.load(console, scene.act).releases_used()


@every("release_hotp")
def test_a_counter_comes_at_most_once(victims: Victims, point: int) -> None:
    """What comes afterwards is always further on, and at most the code that nobody saw is skipped."""
    with killed(victims, "release_hotp", keys_base(), point) as scene:
        before = shown_by_victim(scene)
        after, _ = release_all(scene, HOTP, 2)
        numbers = [HOTP_CODES.index(code) for code in before + after]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] <= len(numbers)


@every("use_key")
def test_a_signature_counts_once_it_may_have_been_handed_over(victims: Victims, point: int) -> None:
    """It owes nothing, whatever happened, and the key signs again."""
    with killed(victims, "use_key", keys_base(), point) as scene:
        intended = VERBS["use_key"].index(Step(DATABASE, "release.intended")) < point
        assert used(scene) == intended
        assert bool(shown_by_victim(scene)) == (VERBS["use_key"].index(Step(SCREEN, "show")) < point)
        with scene.console() as console:
            assert lifecycle.show(console, scene.act)["owed"] == []
            use.use(console, scene.act, RSA_KEY, prepared_jwt(console), paper := Paper())
        assert paper.shown[0][1].count(b".") == 2


@every("drift")
def test_a_drift_holds_once_it_is_written(victims: Victims, point: int) -> None:
    """By its entry, before the table has moved."""
    with killed(victims, "drift", keys_base(), point) as scene:
        with scene.console() as console:
            release.release(console, scene.act, HOTP, paper := Paper())
        assert paper.shown == [(HOTP, HOTP_CODES[5 if point else 0])]
