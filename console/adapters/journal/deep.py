# SPDX-License-Identifier: Apache-2.0
"""What depth ``deep`` adds for each entry: form, order, prev, signatures, commitments, projections."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from console.adapters.journal.database import Connection
from console.adapters.journal.tail import signed_checkpoint
from console.domain.entries.entry import Entry, check_opening, parse, scope_of
from console.domain.errors import Corrupt
from console.domain.journal.checkpoint import VerifierKey
from console.domain.journal.merkle import CompactRange, leaf_hash
from console.domain.journal.opening import check_sealed, open_opening

Sealed = Mapping[tuple[int, str], bytes]
OpeningKeys = Callable[[Collection[str]], Mapping[str, bytes | int | None]]
"""Find the opening keys of some scopes; where there is none, the entry before which it was erased, or None."""


@dataclass(frozen=True)
class Identity:
    """Which log it is, and the key that its checkpoints verify with."""

    log: str
    mode: str
    key: VerifierKey


class Tally(Protocol):
    """Where findings go, and how many rows of the projections were met."""

    streams: int
    kinds: int

    def report(self, code: str, seq: int | None, detail: str = "") -> None: ...


class Deep:
    """Goes along with a pass over the entries of a stretch."""

    def __init__(
        self,
        read: Callable[[Callable[[Connection], Any]], Any],
        identity: Identity,
        keys: OpeningKeys,
        tally: Tally,
        lagging: int,
    ) -> None:
        self._read, self._identity, self._keys = read, identity, keys
        self._tally, self._lagging = tally, lagging
        self._broken = False
        """After the first entry that is out of place all later roots differ; naming each would hide the first."""

    def check(self, tree: CompactRange, rows: Sequence[Any]) -> None:
        """Check these rows, the first of which comes after ``tree``."""
        sealed: Sealed = self._read(lambda db: _sealed(db, tree.size, tree.size + len(rows)))
        entries: list[Entry] = []
        for seq, _, signature, body in rows:
            try:
                entries.append(parse(body))
                self._check_place(entries[-1], tree, signature)
            except Corrupt as error:
                self._report(error, seq)
            tree = tree.append(leaf_hash(body))
        self._check_openings(entries, sealed)
        self._check_projections(entries)

    def _report(self, error: Corrupt, seq: int) -> None:
        facts = ", ".join(f"{name}={value}" for name, value in error.facts.items())
        self._tally.report(error.code, seq, facts)

    def _check_place(self, entry: Entry, tree: CompactRange, signature: bytes | None) -> None:
        if self._broken:
            return
        identity, root = self._identity, tree.root()
        found = (entry.log, entry.mode, entry.seq, entry.prev)
        if found != (identity.log, identity.mode, tree.size, root):
            self._broken = True
            raise Corrupt("entry_out_of_place")
        if signature is not None:
            signed_checkpoint(identity.log, tree.size, root, signature, identity.key)

    def _check_openings(self, entries: Sequence[Entry], sealed: Sealed) -> None:
        committed = [entry for entry in entries if entry.c]
        scopes = {scope_of(entry) for entry in committed if entry.track == "facts"}
        keys = self._keys(scopes) if scopes else {}
        for entry in committed:
            key = keys[scope_of(entry)] if entry.track == "facts" else None
            try:
                _check_fields(entry, key, sealed)
            except Corrupt as error:
                self._report(error, entry.seq)

    def _check_projections(self, entries: Sequence[Entry]) -> None:
        rows = self._read(lambda db: _projected(db, entries))
        for entry in entries:
            kind, stream = (entry.type, entry.seq) in rows[0], (entry.act, entry.seq) in rows[1]
            self._tally.kinds += kind
            self._tally.streams += stream
            if entry.seq < self._lagging and not (kind and (entry.act is None or stream)):
                self._tally.report("projection_differs", entry.seq, "missing from its stream or kind")


def _check_fields(entry: Entry, key: bytes | int | None, sealed: Sealed) -> None:
    for name in entry.c:
        ciphertext = check_sealed(entry, name, sealed.get((entry.seq, name)))
        # Without its key a note of counsel's is sealed: there, unchanged, and not mine. A fact was erased, or is lost.
        if isinstance(key, bytes):
            check_opening(entry, name, open_opening(key, ciphertext, entry_id=entry.id, name=name))
        elif entry.track == "facts" and (key is None or key <= entry.seq):
            raise Corrupt("opening_key_lost", field=name)


def _sealed(db: Connection, first: int, last: int) -> Sealed:
    rows = db.execute("SELECT seq, name, sealed FROM field WHERE seq>=? AND seq<?", (first, last))
    return {(seq, name): ciphertext for seq, name, ciphertext in rows}


def _projected(db: Connection, entries: Sequence[Entry]) -> tuple[set[Any], set[Any]]:
    """Return the rows (value, seq) that the projections have between these entries, for the values that these have."""
    if not entries:
        return set(), set()
    span = (entries[0].seq, entries[-1].seq)
    found = []
    for table, column, values in (
        ("kind", "type", {entry.type for entry in entries}),
        ("stream", "act", {entry.act for entry in entries if entry.act is not None}),
    ):
        query = f"SELECT {column}, seq FROM {table} WHERE {column}=? AND seq>=? AND seq<=?"  # noqa: S608
        found.append({tuple(row) for value in values for row in db.execute(query, (value, *span))})
    return found[0], found[1]
