# SPDX-License-Identifier: Apache-2.0
"""What depth ``deep`` adds for each entry: form, order, prev, signatures, commitments, projections."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.adapters.journal.log import Log
from console.adapters.journal.needs import Needs
from console.adapters.journal.tail import signed_checkpoint
from console.adapters.journal.thread import JournalThread
from console.domain.errors import Corrupt
from console.domain.journal import Entry, check_opening, parse, scope_of
from console.domain.merkle import CompactRange, leaf_hash
from console.domain.opening import open_opening

Report = Callable[[str, int | None, str], None]
Sealed = Mapping[tuple[int, str], bytes]


class Deep:
    """Goes along with a pass over the entries."""

    def __init__(self, thread: JournalThread, needs: Needs, report: Report) -> None:
        self._thread, self._needs, self._report = thread, needs, report
        self._broken = False
        """After the first entry that is out of place all later roots differ; naming each would hide the first."""

    def check(self, tree: CompactRange, rows: Sequence[Any]) -> None:
        """Check these rows, the first of which comes after ``tree``."""
        sealed: Sealed = self._thread.run(lambda log: _sealed(log, tree.size, tree.size + len(rows)))
        entries: list[Entry] = []
        for seq, _, signature, body in rows:
            try:
                entry = parse(body)
                self._check_place(entry, tree, signature)
                _check_fields(entry, self._needs, sealed)
                entries.append(entry)
            except Corrupt as error:
                facts = ", ".join(f"{name}={value}" for name, value in error.facts.items())
                self._report(error.code, seq, facts)
            tree = tree.append(leaf_hash(body))
        for entry in self._thread.run(lambda log: _without_projection(log, entries)):
            self._report("projection_differs", entry.seq, "missing from its stream or kind")

    def _check_place(self, entry: Entry, tree: CompactRange, signature: bytes | None) -> None:
        if self._broken:
            return
        needs, root = self._needs, tree.root()
        found = (entry.log, entry.mode, entry.seq, entry.prev)
        if found != (needs.log, needs.mode, tree.size, root):
            self._broken = True
            raise Corrupt("entry_out_of_place")
        if signature is not None:
            signed_checkpoint(needs.log, tree.size, root, signature, needs.key)


def count_projections(thread: JournalThread, report: Report) -> None:
    """Report rows of a projection that belong to no entry."""

    def count(log: Log) -> tuple[int, int, int]:
        (stray,) = log.db.execute(
            "SELECT count(*) FROM stream s LEFT JOIN entry e ON e.seq=s.seq "
            "WHERE e.seq IS NULL OR json_extract(CAST(e.body AS TEXT),'$.act') IS NOT s.act"
        ).fetchone()
        (strange,) = log.db.execute(
            "SELECT count(*) FROM kind k LEFT JOIN entry e ON e.seq=k.seq "
            "WHERE e.seq IS NULL OR json_extract(CAST(e.body AS TEXT),'$.type') IS NOT k.type"
        ).fetchone()
        (orphan,) = log.db.execute("SELECT count(*) FROM field WHERE seq>=?", (log.tree.size,)).fetchone()
        return stray, strange, orphan

    if any(thread.run(count)):
        report("projection_differs", None, "rows that belong to no entry")


def _check_fields(entry: Entry, needs: Needs, sealed: Sealed) -> None:
    if not entry.c:
        return
    key = needs.opening_key(scope_of(entry), create=False) if entry.track == "facts" else None
    for name, (_, digest) in entry.c.items():
        ciphertext = sealed.get((entry.seq, name))
        if ciphertext is None:
            raise Corrupt("opening_lost", field=name)
        if hashlib.sha256(ciphertext).digest() != digest:
            raise Corrupt("opening_swapped", field=name)
        if key is not None:
            check_opening(entry, name, open_opening(key, ciphertext, entry_id=entry.id, name=name))


def _sealed(log: Log, first: int, last: int) -> Sealed:
    rows = log.db.execute("SELECT seq, name, sealed FROM field WHERE seq>=? AND seq<?", (first, last))
    return {(seq, name): ciphertext for seq, name, ciphertext in rows}


def _without_projection(log: Log, entries: Sequence[Entry]) -> list[Entry]:
    lagging = {seq for seq, _, _ in log.pending}

    def has(table: str, column: str, value: str, seq: int) -> bool:
        query = f"SELECT 1 FROM {table} WHERE {column}=? AND seq=?"  # noqa: S608 - both are literals below
        return log.db.execute(query, (value, seq)).fetchone() is not None

    return [
        entry
        for entry in entries
        if entry.seq not in lagging
        and not (
            has("kind", "type", entry.type, entry.seq)
            and (entry.act is None or has("stream", "act", entry.act, entry.seq))
        )
    ]
