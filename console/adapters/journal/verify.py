# SPDX-License-Identifier: Apache-2.0
"""Verification of the stored journal in chunks between commits: every body rehashed, never a stored hash trusted.

Depth ``bytes``: bodies -> leaves -> tiles -> root -> newest checkpoint and anchors. Depth ``deep``: also
canonical form, seq, prev, every stored signature, commitments, and the projections.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.adapters.journal.deep import Deep, count_projections
from console.adapters.journal.needs import RETIRED, Needs
from console.adapters.journal.thread import JournalThread
from console.domain import checkpoint, merkle
from console.domain.canonical import Object, to_base64
from console.domain.errors import Cancelled, Corrupt
from console.domain.journal import Checkpoint, parse, to_rfc3339
from console.domain.merkle import TILE_HEIGHT, TILE_WIDTH, CompactRange

CHUNK = 4 * TILE_WIDTH
MAX_FINDINGS = 50

Row = tuple[int, bytes, bytes | None, bytes]
"""seq, leaf, signature, body."""


@dataclass
class Scan:
    """What a pass over the entries has found so far."""

    claims: dict[int, list[tuple[bytes, str]]]
    """For a size, the roots that checkpoints claim, each with the code of the finding if it differs."""
    tree: CompactRange = field(default_factory=CompactRange)
    tile_roots: list[bytes] = field(default_factory=list)
    findings: list[Object] = field(default_factory=list)

    def report(self, code: str, seq: int | None, detail: str = "") -> None:
        """Note one thing that does not verify."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append({"code": code, "seq": seq, "detail": detail})

    def add(self, first: int, rows: Sequence[Row]) -> None:
        """Take the next rows, which start at ``first``, a multiple of the tile width."""
        for at in range(0, len(rows), TILE_WIDTH):
            self._add_tile(first + at, rows[at : at + TILE_WIDTH])

    def check_claims(self) -> None:
        """Compare what checkpoints claim for the present size."""
        for root, code in self.claims.pop(self.tree.size, ()):
            if root != self.tree.root():
                self.report(code, self.tree.size, "the root differs from the signed one")

    def _add_tile(self, first: int, rows: Sequence[Row]) -> None:
        sha256 = hashlib.sha256
        seqs, stored, _, bodies = zip(*rows, strict=True)
        leaves = [sha256(b"\0" + body).digest() for body in bodies]
        if list(stored) != leaves or seqs[-1] != first + len(rows) - 1:
            self._name_wrong_rows(first, rows, leaves)
        root = merkle.root(leaves) if len(leaves) == TILE_WIDTH else None
        if (
            root is None
            or self.tree.size % TILE_WIDTH
            or any(first < size < first + TILE_WIDTH for size in self.claims)
        ):
            self._add_leaves(leaves)
        else:
            self.tree = self.tree.append(root, TILE_HEIGHT)
            self.check_claims()
        if root is not None:
            self.tile_roots.append(root)

    def _name_wrong_rows(self, first: int, rows: Sequence[Row], leaves: Sequence[bytes]) -> None:
        for place, (row, leaf) in enumerate(zip(rows, leaves, strict=True), first):
            if row[0] != place:
                self.report("entry_missing", place)
                return
            if row[1] != leaf:
                self.report("entry_altered", place, "the stored bytes do not have the stored leaf hash")

    def _add_leaves(self, leaves: Sequence[bytes]) -> None:
        for leaf in leaves:
            self.tree = self.tree.append(leaf)
            if self.tree.size in self.claims:
                self.check_claims()


def verify(
    thread: JournalThread,
    needs: Needs,
    *,
    deep: bool,
    progress: Callable[[int, int], bool] | None,
) -> Object:
    """Return the verdict as docs/commands.md has it; raises ``Cancelled`` when ``progress`` says so."""
    size: int = thread.run(lambda log: log.tree.size)
    signed: Checkpoint | None = thread.run(lambda log: log.signing.newest)
    scan = Scan(_claims(thread, needs, signed))
    for reason in thread.run(lambda log: [code for code in log.reasons if code != RETIRED]):
        scan.report(reason, None, "found when the journal was opened")
    scan.check_claims()
    checks = Deep(thread, needs, scan.report) if deep else None
    for first in range(0, size, CHUNK):
        last = min(first + CHUNK, size)
        rows = _rows(thread, first, last)
        if len(rows) < last - first:
            scan.report("entry_missing", first + len(rows))
        before = scan.tree
        scan.add(first, rows)
        if checks is not None:
            checks.check(before, rows)
        if progress is not None and not progress(last, size):
            raise Cancelled
    _check_rest(thread, scan, size)
    if deep:
        count_projections(thread, scan.report)
    return _verdict(thread, scan, size, signed)


def _claims(
    thread: JournalThread, needs: Needs, signed: Checkpoint | None
) -> dict[int, list[tuple[bytes, str]]]:
    claims: dict[int, list[tuple[bytes, str]]] = {}
    if signed is not None:
        claims.setdefault(signed.size, []).append((signed.root, "checkpoint_differs"))
    for note in thread.run(lambda _: needs.anchors()):
        try:
            anchor = checkpoint.open_note(note, [needs.key])
        except Corrupt:
            continue  # the alarm has named it when the journal was opened
        claims.setdefault(anchor.size, []).append((anchor.root, "anchor_differs"))
    return claims


def _rows(thread: JournalThread, first: int, last: int) -> list[Row]:
    query = "SELECT seq, leaf, sig, body FROM entry WHERE seq>=? AND seq<? ORDER BY seq"
    rows: list[Row] = thread.run(lambda log: log.db.execute(query, (first, last)).fetchall())
    return rows


def _check_rest(thread: JournalThread, scan: Scan, size: int) -> None:
    for claimed in sorted(scan.claims):
        scan.report("shorter_than_checkpoint", claimed, f"the database has {size} entries")
    expected: dict[tuple[int, int], bytes] = {}
    level, roots = 0, scan.tile_roots
    while roots:
        expected |= {(level, n): root for n, root in enumerate(roots)}
        full = range(0, len(roots) - len(roots) % TILE_WIDTH, TILE_WIDTH)
        level, roots = level + 1, [merkle.root(roots[at : at + TILE_WIDTH]) for at in full]
    stored: list[Any] = thread.run(lambda log: log.db.execute("SELECT level, n, root FROM tile").fetchall())
    for place, _ in sorted(expected.items() ^ {((row[0], row[1]), row[2]) for row in stored})[:1]:
        scan.report("tile_differs", None, f"tile {place[1]} of level {place[0]}")


def _verdict(thread: JournalThread, scan: Scan, size: int, signed: Checkpoint | None) -> Object:
    if size and signed is None:
        scan.report("checkpoint_missing", None, "no signed checkpoint covers this log")
    return {
        "ok": not scan.findings,
        "size": size,
        "root": to_base64(scan.tree.root()),
        "vouched_until": _vouched_until(thread, signed) if not scan.findings else None,
        "checkpoint": signed.note.decode() if signed else "",
        "findings": scan.findings,
    }


def _vouched_until(thread: JournalThread, signed: Checkpoint | None) -> str | None:
    """Return the wall time of the last entry under the newest checkpoint."""
    if signed is None or signed.size == 0:
        return None
    rows = _rows(thread, signed.size - 1, signed.size)
    return to_rfc3339(parse(rows[0][3]).t.wall_ms)
