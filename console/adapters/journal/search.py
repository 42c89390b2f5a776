# SPDX-License-Identifier: Apache-2.0
"""Seeking entries, newest first, a page at a time: the index says where to look, the entries say what fits.

What this station can open is opened while it looks and kept nowhere. A page looks through a bounded number of blocks,
so that it takes no longer in a long log; where nothing was found yet, the next page goes on.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import cast

from console.adapters.journal import index
from console.adapters.journal.reader import CHUNK, Filter, read_chunk
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object
from console.domain.entries.entry import Entry, parse, to_rfc3339
from console.domain.errors import Corrupt
from console.domain.journal.search import Search, fits, hint, missing, public_words, words_in

EVERYTHING = Search()
PAGE_BLOCKS = 32
PAGE_CHUNKS = 8
Open = Callable[[Entry], Object]
Stretch = tuple[Iterable[bytes], int]
"""Stored entries, newest first, and down to which one nothing is left to look at after them (0: to the end)."""


def seek(thread: JournalThread, opened: Open, sought: Search, before: int, limit: int) -> tuple[list[Entry], int]:
    """Return at most ``limit`` entries below ``before``, newest first, and down to which entry it has looked."""
    found: list[Entry] = []
    can_fit, looked_to = hint(sought), 0
    for bodies, then in _stretches(thread, sought, before):
        looked_to = then
        for body in bodies:
            entry = _sought(body, opened, sought) if can_fit(body) else None
            if entry is not None:
                found.append(entry)
                if len(found) == limit:
                    return found, entry.seq
    return found, looked_to


def _stretches(thread: JournalThread, sought: Search, before: int) -> Iterator[Stretch]:
    """Yield what one page looks through: rows of a projection where one lists them, blocks of the log otherwise."""
    is_named = sought.type is not None or sought.act is not None
    is_listed = is_named and not sought.terms and sought.person is None
    return _listed(thread, sought, before) if is_listed else _in_blocks(thread, sought, before)


def _listed(thread: JournalThread, sought: Search, before: int) -> Iterator[Stretch]:
    spans, left = thread.run(lambda log: index.within(log.db, sought, before)), PAGE_CHUNKS
    for place, (after, upto) in enumerate(spans, 1):
        then = spans[place][1] if place < len(spans) else 0
        wanted: Filter | None = Filter(sought.act, sought.type, after, upto, newest_first=True)
        while wanted is not None:
            if not left:
                return
            left -= 1
            bodies, wanted = thread.run(partial(read_chunk, wanted=wanted, limit=CHUNK))
            yield bodies, then if wanted is None else wanted.before


def _in_blocks(thread: JournalThread, sought: Search, before: int) -> Iterator[Stretch]:
    blocks = thread.run(lambda log: index.candidates(log.db, sought, before, PAGE_BLOCKS + 1))
    for place, n in enumerate(blocks[:PAGE_BLOCKS], 1):
        first, last = index.span(n)
        yield _bodies(thread, first, min(last, before)), first if place < len(blocks) else 0


def _bodies(thread: JournalThread, first: int, last: int) -> list[bytes]:
    query = "SELECT body FROM entry WHERE seq>=? AND seq<? ORDER BY seq DESC"
    rows = thread.run(lambda log: log.db.execute(query, (first, last)).fetchall())
    return [body for (body,) in rows]


def is_sought(entry: Entry, opened: Open, sought: Search) -> bool:
    """Return whether an entry that stands in no row of the log is sought."""
    leaf: Object = {
        "type": entry.type,
        "act": entry.act,
        "actor": entry.actor,
        "subject": entry.subject,
        "body": entry.body,
        "t": {"wall": to_rfc3339(entry.t.wall_ms)},
    }
    return fits(leaf, sought) and _has_text(leaf, sought, lambda: entry, opened)


def _sought(body: bytes, opened: Open, sought: Search) -> Entry | None:
    if sought == EVERYTHING:
        return parse(body)
    leaf = cast(Object, json.loads(body))  # whether it is canonical is for ``parse``, and for verification
    if fits(leaf, sought) and _has_text(leaf, sought, lambda: parse(body), opened):
        return parse(body)
    return None


def _has_text(leaf: Object, sought: Search, entry: Callable[[], Entry], opened: Open) -> bool:
    left = missing(sought.terms, public_words(leaf)) if sought.terms else frozenset()
    if not left:
        return True
    return leaf.get("c") != {} and not missing(left, _opened_words(opened, entry()))


def _opened_words(opened: Open, entry: Entry) -> set[str]:
    """Nothing of counsel's track is ever opened for a search, and what is erased or lost has no words."""
    if not entry.c or entry.track != "facts":
        return set()
    try:
        return words_in(opened(entry))
    except Corrupt:
        return set()
