# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before the second medium got its copy: the next process of any kind makes it whole again."""

import pytest

from tests.kill.aftermath import Victims, killed, missing_on_mirror, unlike_on_mirror
from tests.kill.stage import opened_base
from tests.kill.steps import MIRROR, VERBS, name_of

pytestmark = pytest.mark.real

VERB = "release_code"
LEFT_OUT = pytest.mark.xfail(
    reason="a copy that a kill prevented is made up for only when it is noted as owed"
)
CUTS = [
    pytest.param(point, id=name_of(VERB, point), marks=() if step.what == "remove state" else LEFT_OUT)
    for point, step in enumerate(VERBS[VERB])
    if step.medium == MIRROR
]


@pytest.mark.parametrize("point", CUTS)
def test_the_second_medium_is_made_whole(victims: Victims, point: int) -> None:
    """Its files are the station's, and it has every critical entry."""
    with killed(victims, VERB, opened_base(), point) as scene:
        assert unlike_on_mirror(scene) == []
        with scene.console() as console:
            assert missing_on_mirror(scene, console) == set()
