# SPDX-License-Identifier: Apache-2.0
"""Seeking in the journal on a real SQLCipher file: exact whatever the index has, and nothing committed in the index."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.adapters.journal import index
from console.adapters.journal import search as seeking
from console.adapters.journal.database import open_database
from console.adapters.journal.journal import Journal
from console.adapters.journal.log import Log
from console.domain.canonical import decode_object
from console.domain.entries.entry import Draft, Entry
from console.domain.journal import search
from console.domain.journal.search import Search
from tests.support.journals import DATABASE_KEY, Surroundings, draft
from tests.support.waits import wait_until

pytestmark = pytest.mark.real
ENTRIES = 1100


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Surroundings:
    """Return a closed journal of four full blocks and a tail; every 50th entry has a field."""
    result = Surroundings(tmp_path_factory.mktemp("search"))
    result.create()
    with result.open() as journal:
        for first in range(0, ENTRIES, 100):
            journal.append([one(n) for n in range(first, first + 100)])
    return result


def one(n: int) -> Draft:
    fields = {"reason": f"Secret Reason{n}"} if n % 50 == 0 else None
    made = draft(
        n,
        type_="activation.noted" if n % 7 else "release.intended",
        act=f"act-{n // 300}",
        body={"credential": f"server-{n % 11}", "hash": "A" * 44, "list": [{"place": "Zürich"}] if n == 3 else []},
        fields=fields,
    )
    return replace(made, actor=f"m-{n % 3}", subject="m-9" if n % 13 == 0 else None)


@pytest.fixture
def journal(around: Surroundings) -> Iterator[Journal]:
    with around.open() as opened:
        yield opened


def everything(journal: Journal, sought: Search, limit: int = 10_000) -> list[int]:
    seqs: list[int] = []
    before: int | None = None
    while before != 0:
        found, before = journal.search(sought, before=before, limit=limit)
        seqs += [entry.seq for entry in found]
    return seqs


def by_reading(journal: Journal, sought: Search) -> list[int]:
    """Return the same without any index: each entry is read, and opened if it can be."""

    def is_sought(entry: Entry) -> bool:
        leaf = decode_object(entry.data)
        there = search.public_words(leaf) | search.words_in(journal.open_fields(entry))
        return search.fits(leaf, sought) and not search.missing(sought.terms, there)

    return [entry.seq for entry in journal.entries(newest_first=True) if is_sought(entry)]


TEXTS = ("", "secret", "reason50", "SERVER", "server 3", "zür", "nowhere", "secret server", "rel int", "act", "—")
sought_ones = st.builds(
    Search,
    text=st.sampled_from(TEXTS),
    type=st.sampled_from([None, "release.intended", "activation.noted", "no.such"]),
    act=st.sampled_from([None, "act-0", "act-3", "act"]),
    person=st.sampled_from([None, "m-0", "m-9", "m"]),
    also=st.sampled_from([{}, {"nowhere": frozenset({"reason50", "3"})}, {"server": frozenset({"secret"})}]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sought=sought_ones,
    limit=st.integers(1, 400),
    between=st.tuples(st.sampled_from([None, 320]), st.sampled_from([None, 850])),
)
def test_it_finds_what_reading_everything_finds(
    journal: Journal, sought: Search, limit: int, between: tuple[int | None, int | None]
) -> None:
    """``between``: the entries whose times bound what is sought."""
    since, until = (None if seq is None else wall_ms(journal, seq) for seq in between)
    sought = replace(sought, since_ms=since, until_ms=until)
    assert everything(journal, sought, limit) == by_reading(journal, sought)


def wall_ms(journal: Journal, seq: int) -> int:
    (entry,) = journal.entries(after=seq - 1, before=seq + 1)
    return entry.t.wall_ms


def test_pages_of_a_long_search_go_on_where_the_last_one_looked(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking, "PAGE_BLOCKS", 1)
    found, looked_to = journal.search(Search("secret"), before=None, limit=100)
    assert ([entry.seq for entry in found], looked_to) == ([1050], 1024)
    assert everything(journal, Search("secret")) == list(range(1050, -1, -50))


def test_pages_of_what_a_projection_lists_go_on_where_the_last_one_looked(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking, "PAGE_CHUNKS", 1)
    sought = Search(act="act-1", until_ms=wall_ms(journal, 400))
    assert journal.search(sought, before=None, limit=500)[1] == 512
    assert everything(journal, sought) == by_reading(journal, sought)


def test_times_are_those_that_entries_claim(journal: Journal) -> None:
    since = wall_ms(journal, 600)
    found = everything(journal, Search(since_ms=since))
    assert found and all(e.t.wall_ms >= since for e in journal.entries() if e.seq in found)
    assert sorted(found + everything(journal, Search(until_ms=since))) == list(range(ENTRIES))


def test_the_index_holds_no_word_of_an_opening(journal: Journal) -> None:
    def vocabulary(log: Log) -> set[str]:
        log.db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, word, row)")
        return {bytes.fromhex(term[1:]).decode() for (term,) in log.db.execute("SELECT term FROM terms")}

    words = journal.thread.run(vocabulary)
    assert {"server", "zürich", "act-0", "m-9"} <= words
    assert not {word for word in words if word.startswith(("secret", "reason"))}


def test_without_an_index_or_with_a_short_one_the_same_is_found(around: Surroundings) -> None:
    sought = Search("server 3", type="release.intended")
    with around.open() as journal:
        expected = everything(journal, sought)
        journal.thread.run(lambda log: log.db.executescript("DROP TABLE block; DROP TABLE word"))
        assert everything(journal, sought) == expected
        journal.thread.run(lambda log: index.follow(log.db, 600))
        assert journal.thread.run(lambda log: index.indexed(log.db)) == 2
        assert everything(journal, sought) == expected
        journal.thread.run(lambda log: index.follow(log.db, ENTRIES))
        assert everything(journal, sought) == expected


def test_what_this_station_cannot_open_has_no_words(around: Surroundings) -> None:
    other = replace(around, opening_keys={})
    with other.open() as journal:
        assert everything(journal, Search("secret")) == []
        assert len(everything(journal, Search("server"))) == ENTRIES


def test_the_index_is_filled_while_nothing_is_asked(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        journal.append([draft(n) for n in range(600)])
        wait_until(lambda: indexed_without_a_request(journal) == 2, "the index was not filled")


def indexed_without_a_request(journal: Journal) -> int:
    """Ask rarely: each question is a request."""
    time.sleep(0.3)
    return int(journal.thread.run(lambda log: index.indexed(log.db)))


HALF = b'{"c":{},"t":{"wall":"2026-01-01T00:00:00.000Z"}}'


@pytest.mark.parametrize("body", [b"no entry at all", b"[]", b"{}", b'{"t":{"wall":"x"}}', HALF])
def test_an_altered_entry_ends_neither_the_thread_nor_the_closing(tmp_path: Path, body: bytes) -> None:
    """By whoever has the database's key: found by verifying, while everybody goes on."""
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        journal.append([one(n) for n in range(250)])
    db = open_database(around.database, bytearray(DATABASE_KEY), around.log, around.mode)
    db.execute("DROP TRIGGER entry_update")
    db.execute("UPDATE entry SET body=? WHERE seq=7", (body,))
    db.close()
    with around.open() as journal:
        journal.append([one(n) for n in range(250, 300)])
        time.sleep(0.3)
        journal.append([one(300)], critical=True)
        assert journal.size() >= 301
    with around.open() as journal:
        assert not journal.verify(deep=True)["ok"]
