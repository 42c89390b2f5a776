# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of writing down: a draft is whole or it is entries, never both, never twice."""

from typing import Any, cast

import pytest

from console.actions.console import Console
from console.actions.journal import reading
from console.actions.record import counsel, drafts
from tests.kill.plans import every, written
from tests.kill.steps import DATABASE, STATION, VERBS, Step
from tests.support.aftermath import Victims, killed, unlike_on_mirror
from tests.support.notes import FACT, SECRET, drafted_base, late_sheets_base, the_draft, writing_base
from tests.support.scenes import sealed_base

pytestmark = [pytest.mark.real, pytest.mark.long]

FINISHED = "record.added, counsel.key_made, counsel.entry, draft.finished"


def read(console: Console) -> list[str]:
    return [note["text"] for note in cast(Any, counsel.read(console, "legal-1"))["notes"]]


def check_keys(console: Console) -> None:
    """A key for each draft that is there, and none for any other."""
    keys = [name.removeprefix("draft-").rpartition("-")[0] for name in console.hsm.keys() if name.startswith("draft-")]
    assert sorted(keys) == [name[len("drafts/") : -len(".json")] for name in console.vault.names("drafts/")]


@every("draft_save")
def test_draft_save(victims: Victims, point: int) -> None:
    """There or not there; a key without a draft goes, and the next saving makes one."""
    with killed(victims, "draft_save", sealed_base(), point) as scene, scene.console() as console:
        check_keys(console)
        kept = point > VERBS["draft_save"].index(Step(STATION, "write drafts"))
        assert len(console.vault.names("drafts/")) == kept
        if kept:
            assert cast(Any, drafts.show(console, the_draft(console)))["facts"]["text"] == f"{FACT} {SECRET}"


@every("draft_move")
def test_draft_move(victims: Victims, point: int) -> None:
    """The sentence stands in exactly one part: the old file or the new one, never half of each."""
    with killed(victims, "draft_move", writing_base(), point) as scene, scene.console() as console:
        shown = cast(Any, drafts.show(console, the_draft(console)))
        moved = point > VERBS["draft_move"].index(Step(STATION, "write drafts"))
        parts = (FACT, SECRET) if moved else (f"{FACT} {SECRET}", "")
        assert (shown["facts"]["text"], shown["counsel"]["text"]) == parts


@every("draft_finish")
def test_draft_finish(victims: Victims, point: int) -> None:
    """Both parts are entries and the draft is gone, or neither is and it is whole; finished again, it is there once."""
    with killed(victims, "draft_finish", drafted_base(), point) as scene:
        done = written("draft_finish", FINISHED, point)
        with scene.console() as console:
            check_keys(console)
            assert len(console.vault.names("drafts/")) == (not done)
            if not done:
                shown = cast(Any, drafts.show(console, the_draft(console)))
                assert (shown["facts"]["text"], shown["counsel"]["text"]) == (FACT, SECRET)
                drafts.finish(console, the_draft(console))
            facts = [console.journal.open_fields(e)["text"] for e in console.journal.entries(type_="record.added")]
            assert facts[1:] == [FACT]
            assert len(list(console.journal.entries(type_="counsel.key_made"))) == 1
            assert read(console) == [SECRET]
            assert reading.verify(console, deep=True)["ok"]
        with scene.console() as console:
            check_keys(console)
            assert drafts.list_drafts(console) == {"drafts": [], "of_others": 0, "lost": 0, "damaged": []}
        assert unlike_on_mirror(scene) == []


@every("draft_discard")
def test_draft_discard(victims: Victims, point: int) -> None:
    """Destroyed, or still whole."""
    with killed(victims, "draft_discard", drafted_base(), point) as scene, scene.console() as console:
        check_keys(console)
        assert len(console.vault.names("drafts/")) == (not written("draft_discard", "draft.discarded", point))
        assert [entry.type for entry in console.journal.entries(type_="counsel.entry")] == []


@every("admit")
def test_admit(victims: Victims, point: int) -> None:
    """Whoever was cut does it again: no wrap is taken for one before an entry names it."""
    with killed(victims, "admit", late_sheets_base(), point) as scene, scene.console() as console:
        steps = VERBS["admit"]
        assert len(list(console.journal.entries(type_="counsel.opened"))) == written("admit", "counsel.opened", point)
        if point <= steps.index(Step(DATABASE, "counsel.wrapped")):
            counsel.admit(console, ["sheets"], "legal-2")
        assert len(list(console.journal.entries(type_="counsel.wrapped"))) == 1
        assert len(console.vault.names("counsel/")) == 3
        assert read(console) == [SECRET]
        assert reading.verify(console, deep=True)["ok"]
