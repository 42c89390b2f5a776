# SPDX-License-Identifier: Apache-2.0
"""A disk that turns read-only in the middle, a mount that vanishes, an HSM that is pulled out."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from console.actions.activation import release
from console.actions.journal import reading
from console.actions.station import lifecycle
from console.adapters.journal.recorder import Recorder
from console.domain.errors import ConsoleError, Unavailable
from tests.faults.volumes import Volume, volume
from tests.support.activations import opened_base
from tests.support.journals import Surroundings, draft, log_full
from tests.support.keepers import keeper_of
from tests.support.scenes import CODES, PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Volume]:
    with volume(tmp_path, "home") as lent:
        yield lent


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Volume]:
    with volume(tmp_path, "medium") as lent:
        yield lent


@pytest.fixture
def around(home: Volume, medium: Volume) -> Surroundings:
    (home.at / "mirror").symlink_to(medium.at)
    made = Surroundings(home.at)
    made.create()
    with made.record() as recorder:
        recorder.append([draft(type_="record.added")], critical=True)
    return made


def append(recorder: Recorder, *numbers: int) -> None:
    for number in numbers:
        recorder.append([draft(number, body={"number": number}, fields={"why": "x"})], critical=True)


def check(around: Surroundings, *numbers: int) -> None:
    with around.record() as recorder:
        assert recorder.alarm() == []
        assert recorder.light() == "recording"
        found = [entry.body["number"] for entry in recorder.entries(type_="activation.noted")]
        assert sorted(found) == sorted(numbers)  # type: ignore[type-var]
        verdict = recorder.verify(deep=True)
        assert verdict["ok"], verdict["findings"]
        assert recorder.status()["findings"] == []


def test_the_log_s_disk_turns_read_only_in_the_middle(around: Surroundings, home: Volume) -> None:
    with around.record() as recorder:
        append(recorder, 0, 1)
        home.make_read_only()
        append(recorder, 2, 3)
        assert recorder.light() == "reserve"
    home.make_writable()
    check(around, 0, 1, 2, 3)


def test_the_second_medium_turns_read_only_in_the_middle(around: Surroundings, medium: Volume) -> None:
    with around.record() as recorder:
        append(recorder, 0)
        medium.make_read_only()
        append(recorder, 1, 2)
        assert recorder.light() == "recording"
        assert "mirror_missing" in str(recorder.status()["findings"])
    medium.make_writable()
    check(around, 0, 1, 2)


def test_both_turn_read_only_and_it_says_write_on_paper(around: Surroundings, home: Volume, medium: Volume) -> None:
    with around.record() as recorder:
        append(recorder, 0)
        home.make_read_only()
        medium.make_read_only()
        for number in (1, 2):
            with pytest.raises(Unavailable, match="write_on_paper"):
                append(recorder, number)
        assert recorder.light() == "paper"
    home.make_writable()
    medium.make_writable()
    check(around, 0)


def test_the_second_medium_vanishes_in_the_middle(around: Surroundings, medium: Volume) -> None:
    """What lies under its mount point is no second medium that anybody may be told about as if it were."""
    with around.record() as recorder:
        append(recorder, 0)
        medium.vanish()
        append(recorder, 1)
    medium.mount()
    check(around, 0, 1)


def test_the_second_medium_vanishes_while_it_is_the_reserve(around: Surroundings, medium: Volume) -> None:
    with around.record() as recorder:
        append(recorder, 0)
        with log_full(recorder):
            append(recorder, 1)
    medium.vanish()
    with around.record() as recorder:
        assert recorder.alarm() == []
        assert "spool_missing" in str(recorder.status()["findings"])
        with log_full(recorder), pytest.raises(Unavailable, match="write_on_paper"):
            append(recorder, 2)
    medium.mount()
    check(around, 0, 1)


def test_the_log_s_mount_vanishes_in_the_middle(around: Surroundings, home: Volume) -> None:
    """Files that are open go on; the next start does not find the station at all, and makes nothing anew."""
    with around.record() as recorder:
        append(recorder, 0)
        home.vanish()
        append(recorder, 1)
    with pytest.raises(ConsoleError, match="journal_missing"):
        around.record()
    assert list(home.at.iterdir()) == []
    home.mount()
    check(around, 0, 1)


# --- the HSM ---------------------------------------------------------------------------------------------------


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(opened_base()) as lent:
        yield lent


def test_the_hsm_is_pulled_out_while_the_reserve_records(scene: Scene) -> None:
    """Its process is killed: nothing is shown, nothing said to be recorded, and the next start finds no fault."""
    paper = Paper()
    with pytest.raises(ConsoleError) as refused, scene.console() as console:
        assert isinstance(console.journal, Recorder)
        with log_full(console.journal):
            release.release(console, scene.act, CODES, paper)
            os.kill(keeper_of(scene.folder), signal.SIGKILL)
            release.release(console, scene.act, PASSWORD, paper)
    assert refused.value.code in ("station_locked", "token_broken")
    scene.restart()
    check_scene(scene, paper)


def test_the_hsm_s_folder_is_gone_in_the_middle(scene: Scene) -> None:
    """The same where the module loses its tokens under the process."""
    paper, hsm = Paper(), scene.home / "hsm"
    with pytest.raises(ConsoleError), scene.console() as console:
        assert isinstance(console.journal, Recorder)
        with log_full(console.journal):
            release.release(console, scene.act, CODES, paper)
            hsm.rename(scene.home / "pulled")
            release.release(console, scene.act, PASSWORD, paper)
    if hsm.exists():
        shutil.rmtree(hsm)
    (scene.home / "pulled").rename(hsm)
    with suppress(ConsoleError):
        lifecycle.lock(scene.station.locked)
    scene.restart()
    check_scene(scene, paper)


def check_scene(scene: Scene, paper: Paper) -> None:
    """One code was shown and counts; the password opens now; no alarm, and all of it verifies."""
    assert [title for title, _ in paper.shown] == [CODES]
    with scene.console() as console:
        assert console.journal.alarm() == []
        release.release(console, scene.act, PASSWORD, paper)
        assert paper.shown[-1][1] == scene.sealed[PASSWORD]
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
        intents = [entry.seq for entry in console.journal.entries(type_="release.intended")]
        outcomes = [entry.body["intent"] for entry in console.journal.entries(type_="release.outcome")]
        assert sorted(intents) == sorted(outcomes)  # type: ignore[type-var]
