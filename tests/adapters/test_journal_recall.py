# SPDX-License-Identifier: Apache-2.0
"""What a lease keeps of the journal: always what the database would say, and read from there once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.adapters.journal.journal import Journal
from console.adapters.journal.recall import Recall
from console.domain.journal import Entry
from tests.journals import Surroundings, draft

pytestmark = pytest.mark.real


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as opened:
        yield opened


def test_what_is_kept_is_what_was_appended_at_every_moment(journal: Journal) -> None:
    for number in range(40):
        journal.append([draft(number, type_=f"t.kind{number % 3}", act=f"a-{number % 5}")])
        kind, act = f"t.kind{number % 2}", f"a-{number % 4}"
        all_ = list(journal.entries())
        of_kind = [entry for entry in all_ if entry.type == kind]
        of_act = [entry for entry in all_ if entry.act == act]
        both = [entry for entry in of_act if entry.type == kind]
        assert list(journal.entries(type_=kind)) == of_kind
        assert list(journal.entries(act=act)) == of_act
        assert list(journal.entries(act=act, type_=kind)) == both
        assert list(journal.entries(type_=kind, newest_first=True, limit=2)) == of_kind[::-1][:2]


def test_each_entry_is_read_once(journal: Journal) -> None:
    read: list[int] = []

    def stored(act: str | None, type_: str | None, after: int, before: int) -> Iterator[Entry]:
        for entry in journal.entries(after=after, before=before):
            if act in (None, entry.act) and type_ in (None, entry.type):
                read.append(entry.seq)
                yield entry

    recall = Recall(journal.size, stored)
    journal.append([draft(0), draft(1)])
    act = next(journal.entries()).act
    for _ in range(3):
        assert len(recall.entries(act, None)) == 2
    journal.append([draft(2)])
    for _ in range(3):
        assert len(recall.entries(act, None)) == 3
    assert read == [0, 1, 2]
    assert recall.knows(act, "any")
    assert not recall.knows("another", None)
