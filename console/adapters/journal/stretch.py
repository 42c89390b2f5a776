# SPDX-License-Identifier: Apache-2.0
"""One stretch of the stored log, checked by itself: every body rehashed, never a stored hash trusted.

A stretch begins with what the database says the tree was before it. That is an assumption, and part of what is
found: whoever puts stretches together compares it with what the stretch before came to.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.adapters.journal import tail
from console.adapters.journal.database import Connection
from console.adapters.journal.deep import Deep, Identity, OpeningKeys
from console.domain.canonical import Object
from console.domain.journal import merkle
from console.domain.journal.merkle import TILE_HEIGHT, TILE_WIDTH, CompactRange

CHUNK = 4 * TILE_WIDTH
MAX_FINDINGS = 50

Row = tuple[int, bytes, bytes | None, bytes]
"""seq, leaf, signature, body."""
Read = Callable[[Callable[[Connection], Any]], Any]
"""Run a short job on a connection and return its result."""
Claims = Mapping[int, Sequence[tuple[bytes, str]]]
"""For a size, the roots that checkpoints claim, each with the code of the finding if it differs."""


@dataclass(frozen=True)
class Stretch:
    """What is to be checked: entries from ``first``, a multiple of the tile width, up to before ``last``."""

    first: int
    last: int
    deep: bool
    lagging: int
    """The entry from which on the projections may lack rows."""
    claims: Claims


@dataclass
class Found:
    """What a pass over a stretch has come to."""

    before: CompactRange
    tree: CompactRange
    findings: list[Object] = field(default_factory=list)
    streams: int = 0
    """How many rows of the projections belong to entries of this stretch (depth ``deep``)."""
    kinds: int = 0

    def report(self, code: str, seq: int | None, detail: str = "") -> None:
        """Note one thing that does not verify."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append({"code": code, "seq": seq, "detail": detail})


def check_stretch(
    read: Read, asked: Stretch, identity: Identity, keys: OpeningKeys, went_on: Callable[[int], None]
) -> Found:
    """Check a stretch chunk by chunk; ``went_on`` hears how many entries each chunk had."""
    before = read(lambda db: merkle.range_of(asked.first, tail.node_source(db)))
    found = Found(before, before)
    scan = Scan(found, dict(asked.claims))
    checks = Deep(read, identity, keys, found, asked.lagging) if asked.deep else None
    for first in range(asked.first, asked.last, CHUNK):
        last = min(first + CHUNK, asked.last)
        rows = rows_of(read, first, last)
        if len(rows) < last - first:
            found.report("entry_missing", first + len(rows))
        tree = found.tree
        scan.add(first, rows, _stored_roots(read, first, last))
        if checks is not None:
            checks.check(tree, rows)
        went_on(last - first)
    return found


class Scan:
    """Depth ``bytes``: bodies, leaves, tiles, and the roots that are claimed on the way."""

    def __init__(self, found: Found, claims: dict[int, Sequence[tuple[bytes, str]]]) -> None:
        self._found, self._claims = found, claims

    def add(self, first: int, rows: Sequence[Row], stored_roots: Mapping[int, bytes]) -> None:
        """Take the next rows, which start at ``first``, and the stored roots of their full tiles."""
        for at in range(0, len(rows), TILE_WIDTH):
            root = self._add_tile(first + at, rows[at : at + TILE_WIDTH])
            index = (first + at) // TILE_WIDTH
            if root != stored_roots.get(index):
                self._found.report("tile_differs", None, f"tile {index} of level 0")

    def _add_tile(self, first: int, rows: Sequence[Row]) -> bytes | None:
        """Return the root of a full tile."""
        sha256, found = hashlib.sha256, self._found
        seqs, stored, _, bodies = zip(*rows, strict=True)
        leaves = [sha256(b"\0" + body).digest() for body in bodies]
        if list(stored) != leaves or seqs[-1] != first + len(rows) - 1:
            self._name_wrong_rows(first, rows, leaves)
        root = merkle.root(leaves) if len(leaves) == TILE_WIDTH else None
        if (
            root is None
            or found.tree.size % TILE_WIDTH
            or any(first < size < first + TILE_WIDTH for size in self._claims)
        ):
            self._add_leaves(leaves)
        else:
            found.tree = found.tree.append(root, TILE_HEIGHT)
            self._check_claims()
        return root

    def _check_claims(self) -> None:
        tree = self._found.tree
        for root, code in self._claims.pop(tree.size, ()):
            if root != tree.root():
                self._found.report(code, tree.size, "the root differs from the signed one")

    def _name_wrong_rows(self, first: int, rows: Sequence[Row], leaves: Sequence[bytes]) -> None:
        for place, (row, leaf) in enumerate(zip(rows, leaves, strict=True), first):
            if row[0] != place:
                self._found.report("entry_missing", place)
                return
            if row[1] != leaf:
                self._found.report("entry_altered", place, "the stored bytes do not have the stored leaf hash")

    def _add_leaves(self, leaves: Sequence[bytes]) -> None:
        for leaf in leaves:
            self._found.tree = self._found.tree.append(leaf)
            if self._found.tree.size in self._claims:
                self._check_claims()


def rows_of(read: Read, first: int, last: int) -> list[Row]:
    """Return the stored entries from ``first`` up to before ``last``."""
    query = "SELECT seq, leaf, sig, body FROM entry WHERE seq>=? AND seq<? ORDER BY seq"
    rows: list[Row] = read(lambda db: db.execute(query, (first, last)).fetchall())
    return rows


def _stored_roots(read: Read, first: int, last: int) -> dict[int, bytes]:
    query = "SELECT n, root FROM tile WHERE level=0 AND n>=? AND n<?"
    span = (first // TILE_WIDTH, -(-last // TILE_WIDTH))
    return dict(read(lambda db: db.execute(query, span).fetchall()))
