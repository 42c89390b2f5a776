# SPDX-License-Identifier: Apache-2.0
"""Kill -9 between the two media: the next process of any kind makes the second one whole again."""

import pytest

from tests.kill.steps import MIRROR, STATION, VERBS, name_of
from tests.support.activations import opened_base
from tests.support.aftermath import Victims, entries_on_mirror, killed, unlike_on_mirror

pytestmark = pytest.mark.real

VERB = "release_code"
CUTS = [
    pytest.param(point, id=name_of(VERB, point))
    for point, step in enumerate(VERBS[VERB])
    if step.medium in (MIRROR, STATION)
]


@pytest.mark.parametrize("point", CUTS)
def test_the_second_medium_is_made_whole(victims: Victims, point: int) -> None:
    """It has each of the station's files, and every entry without a gap."""
    with killed(victims, VERB, opened_base(), point) as scene:
        assert unlike_on_mirror(scene) == []
        with scene.console() as console:
            assert entries_on_mirror(scene) == list(range(console.journal.size()))
