# SPDX-License-Identifier: Apache-2.0
"""A real station whose journal takes no entries: the emergency goes on in the reserve, and it all counts."""

from collections.abc import Iterator

import pytest

from console.actions.activation import lifecycle, release
from console.actions.console import Console
from console.actions.journal import reading
from console.adapters.journal.recorder import Recorder
from console.domain.errors import Refused
from tests.support.activations import open_for, opened_base, used
from tests.support.journals import log_full, recording
from tests.support.scenes import CODES, PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(opened_base()) as lent:
        yield lent


def recorder(console: Console) -> Recorder:
    assert isinstance(console.journal, Recorder)
    return console.journal


def light(console: Console) -> object:
    return recording(console.journal.status())["light"]


def test_a_release_goes_on_in_the_reserve_and_counts(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console:
        with log_full(recorder(console)):
            release.release(console, scene.act, PASSWORD, paper)
            release.release(console, scene.act, CODES, paper)
            assert (used(console, scene.act), light(console)) == (2, "reserve")
        assert [secret for _, secret in paper.shown] == [scene.sealed[PASSWORD], scene.sealed[CODES].split()[0]]
        size = console.journal.size()
    with scene.console() as console:
        assert light(console) == "recording" and console.journal.size() == size + 6
        assert used(console, scene.act) == 2
        assert lifecycle.show(console, scene.act)["owed"]
        release.release(console, scene.act, CODES, paper)
        assert paper.shown[-1][1] == scene.sealed[CODES].split()[1]
        assert reading.verify(console, deep=True)["ok"]
        intents = {entry.seq for entry in console.journal.entries(type_="release.intended")}
        assert intents == {e.body["intent"] for e in console.journal.entries(type_="release.outcome")}


def test_an_end_in_the_reserve_is_an_end(scene: Scene) -> None:
    with scene.console() as console, log_full(recorder(console)):
        lifecycle.end(console, scene.act)
    with scene.console() as console:
        assert lifecycle.show(console, scene.act)["state"] == "ended"
        with pytest.raises(Refused, match="activation_state"):
            release.release(console, scene.act, PASSWORD, Paper())


def test_a_whole_emergency_in_the_reserve(scene: Scene) -> None:
    with scene.console() as console, log_full(recorder(console)):
        act = open_for(console, {"credential": PASSWORD})
    with scene.console() as console:
        assert lifecycle.show(console, act)["state"] == "open"
        paper = Paper()
        release.release(console, act, PASSWORD, paper)
        assert paper.shown[0][1] == scene.sealed[PASSWORD]


def test_while_the_spool_is_away_an_item_is_given_once(scene: Scene) -> None:
    spool, away = scene.folder / "mirror" / "journal.spool", scene.folder / "away"
    paper = Paper()
    with scene.console() as console, log_full(recorder(console)):
        release.release(console, scene.act, CODES, paper)
    spool.rename(away)
    with scene.console() as console:
        release.release(console, scene.act, PASSWORD, paper)
        with pytest.raises(Refused, match="given_already"):
            release.release(console, scene.act, PASSWORD, paper)
    away.rename(spool)
    with scene.console() as console:
        assert used(console, scene.act) == 2
        release.release(console, scene.act, PASSWORD, paper)
        assert used(console, scene.act) == 3
        assert reading.verify(console, deep=True)["ok"]


def test_nothing_is_shown_that_no_medium_holds(scene: Scene) -> None:
    paper = Paper()
    mirror = scene.folder / "mirror"
    with scene.console() as console:
        mirror.rename(scene.folder / "unplugged")
        with log_full(recorder(console)):
            for name, why in ((PASSWORD, "paper_codes_only"), (CODES, "paper_not_accepted")):
                with pytest.raises(Refused, match=why):
                    release.release(console, scene.act, name, paper)
        assert paper.shown == [] and light(console) == "paper"
    (scene.folder / "unplugged").rename(mirror)
    with scene.console() as console:
        assert used(console, scene.act) == 0 and light(console) == "recording"
        assert reading.verify(console, deep=True)["ok"]
