# SPDX-License-Identifier: Apache-2.0
"""Where in the log to look: for each block of 256 entries the public words that occur in it, and its times.

A projection, filled while nothing is asked of the journal, and never evidence: whether an entry is sought is decided
from the entry. It holds nothing that was ever committed to, so that no erasure has to reach it (decision 0025). A block
with openings is looked through for a text whatever its words are, and so is what is not indexed yet.
"""

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby, islice
from typing import Any

from console.adapters.journal.database import Connection, DatabaseError
from console.domain.errors import ConsoleError
from console.domain.journal.merkle import TILE_WIDTH
from console.domain.journal.search import Search, public_words, wall_ms

BLOCK = TILE_WIDTH
ENDLESS = 2**62
"""Milliseconds that no entry claims."""
CLOSING_BLOCKS = 8
"""How many blocks are added when the log is closed, at most: nobody waits for them long."""

# A word's beginning of one letter or two is a token of three or five: such beginnings have lists of their own, because
# those of all words that begin so would be merged, and in a long log most hashes begin with any two letters.
SCHEMA = """
CREATE TABLE IF NOT EXISTS block(n INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL,
    openings INTEGER NOT NULL) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5(text, content='', columnsize=0, detail=none, tokenize='ascii',
    prefix='3 5');
"""


def follow(db: Connection, size: int, most: int = CLOSING_BLOCKS) -> bool:
    """Add the next full blocks of a log of ``size`` entries, ``most`` of them; return whether there are more to add.

    Where the database takes nothing (a full disk) or an entry is no entry, what lacks is looked through instead.
    """
    try:
        first, full = indexed(db), size // BLOCK
        if full > first == 0:
            db.executescript(SCHEMA)
        for n in range(first, min(full, first + most)):
            bodies = db.execute("SELECT body FROM entry WHERE seq>=? AND seq<?", span(n)).fetchall()
            _add(db, n, [json.loads(body) for (body,) in bodies])
    except DatabaseError:
        with suppress(DatabaseError):  # SQLite may have rolled back by itself
            db.execute("ROLLBACK")
        return False
    except (ConsoleError, ValueError, LookupError, TypeError):
        # Not what was once written: for verification to say. Here it must neither end the thread nor keep from closing.
        return False
    return full > first + most


def _add(db: Connection, n: int, leaves: Sequence[Mapping[str, Any]]) -> None:
    times = [wall_ms(leaf) for leaf in leaves]
    row = (n, min(times), max(times), any(leaf["c"] for leaf in leaves))
    words = " ".join(sorted(_tokens(leaves)))
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO block VALUES (?,?,?,?)", row)
    db.execute("INSERT INTO word(rowid, text) VALUES (?,?)", (n, words))
    db.execute("COMMIT")


def span(n: int) -> tuple[int, int]:
    """Return the first entry of a block, and the first after it."""
    return n * BLOCK, (n + 1) * BLOCK


def indexed(db: Connection) -> int:
    """Return how many blocks the index has."""
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name='block'").fetchone() is None:
        return 0
    (last,) = db.execute("SELECT max(n) FROM block").fetchone()
    return 0 if last is None else int(last) + 1


def candidates(db: Connection, sought: Search, before: int, most: int) -> list[int]:
    """Return the newest ``most`` blocks below entry ``before`` in which sought entries may be, newest first."""
    upto, end = indexed(db), -(-before // BLOCK)
    late = range(end - 1, upto - 1, -1)[:most]
    known = _known(db, sought, min(upto, end)) if upto else iter(())
    return [*late, *islice(known, most - len(late))]


def _known(db: Connection, sought: Search, count: int) -> Iterator[int]:
    """Yield what the index says of the blocks below ``count``, newest first, reading no more than is taken."""
    exact = _exact(sought)
    if not sought.terms:
        return _blocks(db, sought, exact, count)
    words = [f"({' OR '.join(_beginning(word) for word in term)})" for term in sought.terms]
    either = heapq.merge(
        _blocks(db, sought, exact, count, "openings"), _blocks(db, sought, [*exact, *words], count), reverse=True
    )
    return (n for n, _ in groupby(either))


def _blocks(db: Connection, sought: Search, tokens: Sequence[str], count: int, also: str = "1") -> Iterator[int]:
    """Yield the blocks with all these tokens and within the times, newest first."""
    # Words lead, so that their rows come newest first as they are read; the planner would gather all of them before.
    source, where = "block", f"n<? AND high>=? AND low<? AND {also}"
    values: list[object] = [count, *_times(sought)]
    if tokens:
        source, where = "word CROSS JOIN block ON n=word.rowid", f"word.rowid<? AND {where} AND word MATCH ?"
        values = [count, *values, " AND ".join(tokens)]
    order = "word.rowid" if tokens else "n"
    rows = db.execute(f"SELECT n FROM {source} WHERE {where} ORDER BY {order} DESC", values)  # noqa: S608
    return (n for (n,) in rows)


def within(db: Connection, sought: Search, before: int) -> list[tuple[int, int]]:
    """Return between which entries, newest first, all below ``before`` lie that are within the times."""
    tail = indexed(db) * BLOCK
    if not tail or (sought.since_ms is None and sought.until_ms is None):
        return [(-1, before)]
    query = "SELECT min(n), max(n) FROM block WHERE high>=? AND low<?"
    oldest, newest = db.execute(query, _times(sought)).fetchone()
    known = [] if oldest is None else [(oldest * BLOCK - 1, min(before, tail, (newest + 1) * BLOCK))]
    return [(tail - 1, before), *known] if before > tail else known


def _times(sought: Search) -> tuple[int, int]:
    since, until = sought.since_ms, sought.until_ms
    return -ENDLESS if since is None else since, ENDLESS if until is None else until


def _exact(sought: Search) -> list[str]:
    wanted = (("t", sought.type), ("a", sought.act), ("p", sought.person))
    return [_token(kind, value) for kind, value in wanted if value is not None]


def _tokens(leaves: Sequence[Mapping[str, Any]]) -> set[str]:
    tokens = set()
    for leaf in leaves:
        named = (("t", leaf["type"]), ("a", leaf["act"]), ("p", leaf["actor"]), ("p", leaf["subject"]))
        tokens |= {_token(kind, value) for kind, value in named if value is not None}
        tokens |= {_token("w", word) for word in public_words(leaf)}
    return tokens


def _beginning(word: str) -> str:
    return f"{_token('w', word)}*"


def _token(kind: str, text: str) -> str:
    """In letters that no tokenizer splits or folds; the beginning of a word is the beginning of its token."""
    return kind + text.encode(errors="replace").hex()
