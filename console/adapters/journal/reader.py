# SPDX-License-Identifier: Apache-2.0
"""Reading entries in chunks: exact answers from projections that lag, because the tail is added."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.adapters.journal.log import Log

CHUNK = 256


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted: ``after`` < seq < ``before``."""

    act: str | None
    type: str | None
    after: int
    before: int
    newest_first: bool


def read_chunk(log: Log, wanted: Filter, limit: int | None) -> tuple[list[bytes], Filter | None]:
    """Return the next stored entries, and the filter for the rest or None when there is no rest."""
    count = CHUNK if limit is None else min(limit, CHUNK)
    seqs = _seqs(log, wanted, count)
    if not seqs:
        return [], None
    rest = replace(wanted, before=seqs[-1]) if wanted.newest_first else replace(wanted, after=seqs[-1])
    bodies = _bodies(log, seqs)
    if wanted.act is not None and wanted.type is not None:
        bodies = [body for body in bodies if json.loads(body)["type"] == wanted.type]
    return bodies, rest if len(seqs) == count else None


def _seqs(log: Log, wanted: Filter, count: int) -> list[int]:
    order = "DESC" if wanted.newest_first else "ASC"
    key: tuple[str, ...] = ()
    pending: list[int] = []
    if wanted.act is not None:
        query, key = "SELECT seq FROM stream WHERE act=? AND seq>? AND seq<?", (wanted.act,)
        pending = [seq for seq, _, act in log.pending if act == wanted.act]
    elif wanted.type is not None:
        query, key = "SELECT seq FROM kind WHERE type=? AND seq>? AND seq<?", (wanted.type,)
        pending = [seq for seq, kind, _ in log.pending if kind == wanted.type]
    else:
        query = "SELECT seq FROM entry WHERE seq>? AND seq<?"
    span = (wanted.after, wanted.before, count)
    rows = log.db.execute(f"{query} ORDER BY seq {order} LIMIT ?", (*key, *span))
    late = (seq for seq in pending if wanted.after < seq < wanted.before)
    return sorted({row[0] for row in rows}.union(late), reverse=wanted.newest_first)[:count]


def _bodies(log: Log, seqs: Sequence[int]) -> list[bytes]:
    low, high = min(seqs), max(seqs)
    if high - low == len(seqs) - 1:
        order = "DESC" if seqs[0] > seqs[-1] else "ASC"
        query = f"SELECT body FROM entry WHERE seq>=? AND seq<=? ORDER BY seq {order}"  # noqa: S608
        return [row[0] for row in log.db.execute(query, (low, high))]
    rows = (log.db.execute("SELECT body FROM entry WHERE seq=?", (seq,)).fetchone() for seq in seqs)
    return [row[0] for row in rows if row is not None]
