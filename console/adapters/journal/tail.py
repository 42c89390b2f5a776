# SPDX-License-Identifier: Apache-2.0
"""The tree as the database holds it: the newest stored range, the tail after it, and the roots of full tiles."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from console.adapters.journal.database import Connection, Cursor
from console.domain.canonical import to_base64
from console.domain.entries.entry import Checkpoint
from console.domain.errors import Corrupt
from console.domain.journal import checkpoint, merkle
from console.domain.journal.checkpoint import VerifierKey
from console.domain.journal.merkle import TILE_HEIGHT, TILE_WIDTH, CompactRange, Node

Pending = tuple[int, str, str | None]
"""seq, type and act of an entry that the projections do not have yet."""


@dataclass(frozen=True)
class Tail:
    """What a start reads."""

    tree: CompactRange
    signed: Checkpoint | None
    stored: int
    """The size of the newest checkpoint that is stored with its range."""
    pending: list[Pending]
    reasons: tuple[str, ...]
    """What does not fit together; empty when all does."""


def load(db: Connection, log: str, key: VerifierKey) -> Tail:
    """Read the newest stored checkpoint and replay the entries after it, rehashing each body."""
    row = db.execute("SELECT size, range, sig FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    reasons: list[str] = []
    tree, signed = CompactRange(), None
    if row is not None:
        try:
            tree = merkle.decode_range(row[0], row[1])
            signed = signed_checkpoint(log, tree.size, tree.root(), row[2], key)
        except Corrupt as error:
            reasons.append(error.code)
    stored = tree.size
    for seq, leaf, sig, body in db.execute(
        "SELECT seq, leaf, sig, body FROM entry WHERE seq>=? ORDER BY seq", (stored,)
    ):
        if sig is not None:
            signed = _signed_or_none(log, tree, sig, key) or signed
        if not _follows(tree, seq, leaf, body):
            reasons.append("tail_differs")
            break
        tree = tree.append(leaf)
    (last,) = db.execute("SELECT max(seq) FROM entry").fetchone()
    if tree.size != (0 if last is None else last + 1):
        reasons.append("shorter_than_checkpoint")
    return Tail(tree, signed, stored, _pending(db), tuple(dict.fromkeys(reasons)))


def signed_checkpoint(log: str, size: int, root: bytes, signature: bytes, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that a stored signature makes with this root; ``Corrupt`` if it does not verify."""
    note = checkpoint.assemble(checkpoint.text(log, size, root), key, signature)
    return checkpoint.open_note(note, [key])


def hashes(db: Connection | Cursor, level: int, first: int, count: int) -> list[bytes]:
    """Return ``count`` hashes of a tile level: leaf hashes at 0, roots of full tiles above; ``Corrupt`` on a gap."""
    span = (first, first + count)
    if level == 0:
        rows = db.execute("SELECT leaf FROM entry WHERE seq>=? AND seq<? ORDER BY seq", span)
    else:
        query = "SELECT root FROM tile WHERE level=? AND n>=? AND n<? ORDER BY n"
        rows = db.execute(query, (level - 1, *span))
    found = [row[0] for row in rows]
    if len(found) != count:
        raise Corrupt("tile_missing", level=level, first=first)
    return found


def node_source(db: Connection) -> Node:
    """Return the complete subtrees of the stored tree, for proofs and roots."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        return merkle.root(hashes(db, tile_level, index << height, 1 << height))

    return node


def add_tiles(db: Cursor, size: int) -> None:
    """Store the root of each tile that the last of ``size`` entries has filled."""
    level, full = 0, size // TILE_WIDTH
    while size and size % TILE_WIDTH == 0:
        root = merkle.root(hashes(db, level, (full - 1) * TILE_WIDTH, TILE_WIDTH))
        db.execute("INSERT INTO tile VALUES (?,?,?)", (level, full - 1, root))
        level, size, full = level + 1, full, full // TILE_WIDTH


def _follows(tree: CompactRange, seq: int, leaf: bytes, body: bytes) -> bool:
    try:
        prev = json.loads(body)["prev"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(seq == tree.size and leaf == merkle.leaf_hash(body) and prev == to_base64(tree.root()))


def _signed_or_none(log: str, tree: CompactRange, signature: bytes, key: VerifierKey) -> Checkpoint | None:
    """A wrong signature in a row of the tail says nothing about the tree; ``verify`` names it."""
    try:
        return signed_checkpoint(log, tree.size, tree.root(), signature, key)
    except Corrupt:
        return None


def project(db: Connection, pending: Sequence[Pending]) -> None:
    """Add these entries to the projections, with how far they have come, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT OR IGNORE INTO kind VALUES (?,?)", [(kind, seq) for seq, kind, _ in pending])
    streams = [(act, seq) for seq, _, act in pending if act is not None]
    db.executemany("INSERT OR IGNORE INTO stream VALUES (?,?)", streams)
    db.execute("UPDATE meta SET value=? WHERE name='projected'", (str(pending[-1][0] + 1),))
    db.execute("COMMIT")


def _pending(db: Connection) -> list[Pending]:
    (upto,) = db.execute("SELECT value FROM meta WHERE name='projected'").fetchone()
    rows = db.execute("SELECT seq, body FROM entry WHERE seq>=? ORDER BY seq", (int(upto),))
    entries = ((seq, json.loads(body)) for seq, body in rows)
    return [(seq, str(entry["type"]), entry["act"]) for seq, entry in entries]
