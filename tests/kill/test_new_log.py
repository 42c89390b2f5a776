# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of beginning a new log: it has begun wholly, or it can be signed again."""

import signal

import pytest

from console.actions.activation import release
from console.actions.journal import reading, renewal
from tests.kill.steps import STATION, VERBS, Step, name_of, points
from tests.support.activations import open_for
from tests.support.aftermath import Victims, steps_taken, unlike_on_mirror
from tests.support.alarmed import alarmed_base, proposed
from tests.support.scenes import PASSWORD, staged
from tests.support.screens import Paper

pytestmark = [pytest.mark.real, pytest.mark.long]
DECIDED = VERBS["new_log"].index(Step(STATION, "write proposed-renewals"))


@pytest.mark.parametrize("point", points("new_log"), ids=[name_of("new_log", p) for p in points("new_log")])
def test_new_log(victims: Victims, point: int) -> None:
    """From the second signature on the next process of any kind begins the new log, once."""
    with staged(alarmed_base()) as scene:
        assert victims.run("new_log", scene, point) == -signal.SIGKILL
        assert steps_taken(scene) == list(VERBS["new_log"][:point])
        with scene.console() as console:
            begun = not console.journal.alarm()
            assert begun == (point > DECIDED)
            if not begun:
                renewal.sign(console, proposed(console), "it-1")
        paper = Paper()
        with scene.console() as console:
            verdict = reading.verify(console, deep=True)
            assert verdict["ok"], verdict["findings"]
            assert not [name for name in console.hsm.keys() if name.startswith("open-")]
            assert [e.seq for e in console.journal.entries(type_="log.renewed")] == [0]
            act = open_for(console, {"credential": PASSWORD})
            release.release(console, act, PASSWORD, paper)
        assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]
        assert unlike_on_mirror(scene) == []
        assert not list((scene.home / "proposed-renewals").iterdir())
