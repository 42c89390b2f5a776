# SPDX-License-Identifier: Apache-2.0
"""Seeking entries, newest first, a page at a time: the index says where to look, the entries say what fits.

What this station can open is opened while it looks and kept nowhere. A page looks through a bounded number of blocks,
so that it takes no longer in a long log; where nothing was found yet, the next page goes on.
"""

import json
from collections.abc import Callable, Mapping
from typing import cast

from console.adapters.journal import index
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object
from console.domain.errors import Corrupt
from console.domain.journal import Entry, parse, to_rfc3339
from console.domain.search import Search, fits, missing, public_words, words_in

PAGE_BLOCKS = 32
Open = Callable[[Entry], Mapping[str, object]]


def seek(
    thread: JournalThread, opened: Open, sought: Search, before: int, limit: int
) -> tuple[list[Entry], int]:
    """Return at most ``limit`` entries below ``before``, newest first, and down to which entry it has looked."""
    found: list[Entry] = []
    blocks = thread.run(lambda log: index.candidates(log.db, sought, before))
    for n in blocks[:PAGE_BLOCKS]:
        first, last = index.span(n)
        for body in _bodies(thread, first, min(last, before)):
            entry = _sought(body, opened, sought)
            if entry is not None:
                found.append(entry)
                if len(found) == limit:
                    return found, entry.seq
    looked_to = index.span(blocks[PAGE_BLOCKS - 1])[0] if len(blocks) > PAGE_BLOCKS else 0
    return found, looked_to


def _bodies(thread: JournalThread, first: int, last: int) -> list[bytes]:
    query = "SELECT body FROM entry WHERE seq>=? AND seq<? ORDER BY seq DESC"
    rows = thread.run(lambda log: log.db.execute(query, (first, last)).fetchall())
    return [body for (body,) in rows]


def is_sought(entry: Entry, opened: Open, sought: Search) -> bool:
    """Return whether an entry that stands in no row of the log is sought."""
    leaf: Object = {
        "type": entry.type, "act": entry.act, "actor": entry.actor, "subject": entry.subject, "body": entry.body,
        "t": {"wall": to_rfc3339(entry.t.wall_ms)},
    }  # fmt: skip
    return fits(leaf, sought) and _has_text(leaf, sought, lambda: entry, opened)


def _sought(body: bytes, opened: Open, sought: Search) -> Entry | None:
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
