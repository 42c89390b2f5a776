# SPDX-License-Identifier: Apache-2.0
"""What a lease keeps of the journal: always what the database would say, and read from there once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.adapters.journal.cache import Cache
from console.adapters.journal.journal import Journal
from console.domain.canonical import Json
from console.domain.entries.entry import Entry
from tests.support.journals import Surroundings, draft

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


class Reading:
    """Notes what is read of a journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.read: list[int] = []

    def __call__(self, act: str | None, type_: str | None, after: int, before: int) -> Iterator[Entry]:
        """Yield as a recall asks."""
        for entry in self._journal.entries(after=after, before=before):
            if act in (None, entry.act) and type_ in (None, entry.type):
                self.read.append(entry.seq)
                yield entry


def test_each_entry_is_read_once(journal: Journal) -> None:
    reading = Reading(journal)
    recall = Cache(journal.size, reading)
    journal.append([draft(0), draft(1)])
    act = next(journal.entries()).act
    for _ in range(3):
        assert len(recall.entries(act, None)) == 2
    journal.append([draft(2)])
    for _ in range(3):
        assert len(recall.entries(act, None)) == 3
    assert reading.read == [0, 1, 2]
    assert recall.knows(act, "any")
    assert not recall.knows("another", None)


def test_what_was_appended_just_now_is_not_read_back(journal: Journal) -> None:
    reading = Reading(journal)
    recall = Cache(journal.size, reading)
    first = journal.append([draft(0)])
    act = first[0].act
    assert recall.entries(act, None) == first
    second = journal.append([draft(1)])
    recall.add(second)
    assert recall.entries(act, None) == [*first, *second]
    assert reading.read == [0]


def test_what_came_in_between_is_read(journal: Journal) -> None:
    reading = Reading(journal)
    recall = Cache(journal.size, reading)
    known = journal.append([draft(0)])
    act = known[0].act
    assert recall.entries(act, None) == known
    known += journal.append([draft(1)])
    newest = journal.append([draft(2)])
    recall.add(newest)
    assert recall.entries(act, None) == [*known, *newest]
    assert reading.read == [0, 1, 2]


def test_what_is_kept_does_not_change_with_what_was_appended(journal: Journal) -> None:
    body: dict[str, Json] = {"list": ["one"]}
    assert not list(journal.entries(type_="t.changing"))
    journal.append([replace(draft(0, type_="t.changing"), body=body)])
    body["list"] = ["another"]
    assert next(journal.entries(type_="t.changing")).body == {"list": ["one"]}
