# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of a release: a code is shown at most once, a password is never lost."""

import pytest

from console.actions.activation import lifecycle
from tests.kill.steps import SCREEN, STATION, VERBS, Step, name_of, points
from tests.support.activations import opened_base, used
from tests.support.aftermath import Victims, killed, release_all, shown_by_victim
from tests.support.scenes import CODES, PASSWORD

pytestmark = pytest.mark.real


def names(verb: str) -> list[str]:
    return [name_of(verb, point) for point in points(verb)]


def burnt_unseen(point: int) -> bool:
    """Whether a kill here falls between the burning of the code and the end of its showing."""
    steps = VERBS["release_code"]
    return steps.index(Step(STATION, "write state")) < point <= steps.index(Step(SCREEN, "show"))


@pytest.mark.parametrize("point", points("release_code"), ids=names("release_code"))
def test_a_code_is_shown_at_most_once(victims: Victims, point: int) -> None:
    """What was not burnt comes at the next try; what was burnt never comes again, seen or not."""
    with killed(victims, "release_code", opened_base(), point) as scene:
        before = shown_by_victim(scene)
        after, budget = release_all(scene, CODES, 2)
        codes = scene.sealed[CODES].split()[burnt_unseen(point) :]
        assert before + after == codes[: len(before) + 2]
        with scene.console() as console:
            intents = list(console.journal.entries(type_="release.intended"))
            failed = [e for e in console.journal.entries(type_="release.outcome") if e.body["outcome"] == "failed"]
        assert budget["used"] == len(intents) - len(failed)
        assert len(failed) == (0 < point <= VERBS["release_code"].index(Step(STATION, "write state")))


@pytest.mark.parametrize("point", points("release_password"), ids=names("release_password"))
def test_a_password_is_never_lost(victims: Victims, point: int) -> None:
    """It is shown again within the same activation, and what may have been seen counts and owes rotation."""
    with killed(victims, "release_password", opened_base(), point) as scene:
        with scene.console() as console:
            counted = used(console, scene.act)
            owed = lifecycle.show(console, scene.act)["owed"]
        assert counted == (point > 0)
        assert bool(owed) == (point > 0)
        assert release_all(scene, PASSWORD, 1)[0] == [scene.sealed[PASSWORD]]
