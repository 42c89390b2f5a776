# SPDX-License-Identifier: Apache-2.0
"""One request on its way into the tree: composed with its place, then written row by row."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from console.adapters.journal import tail
from console.adapters.journal.context import Context
from console.adapters.journal.database import Cursor
from console.domain import canonical
from console.domain.canonical import Object
from console.domain.entries.entry import SALT_BYTES, Draft, Opening, Reading, commit, compose, scope_of
from console.domain.errors import Misused
from console.domain.journal import merkle
from console.domain.journal.merkle import TILE_WIDTH, CompactRange
from console.domain.journal.opening import NONCE_BYTES, seal_opening


class Prepared(NamedTuple):
    """A draft whose fields are committed to and sealed already."""

    draft: Draft
    commitments: dict[str, tuple[bytes, bytes]]
    sealed: dict[str, bytes]


class Placed(NamedTuple):
    """What the writer gave a draft."""

    seq: int
    prev: bytes
    reading: Reading
    data: bytes
    leaf: bytes


def prepare(context: Context, draft: Draft) -> Prepared:
    """Commit to a draft's fields and seal their openings under the key of its scope."""
    commitments, sealed = {}, {}
    seal = _sealer(context, draft) if draft.fields else None
    for name, value in draft.fields.items():
        if seal is None:
            raise Misused("opening_key_missing", scope=scope_of(draft))
        opening = Opening(context.random(SALT_BYTES), value)
        sealed[name] = seal(name, opening)
        digest = hashlib.sha256(sealed[name]).digest()
        commitments[name] = (commit(opening.salt, draft.id, name, value), digest)
    return Prepared(draft, commitments, sealed)


def _sealer(context: Context, draft: Draft) -> Callable[[str, Opening], bytes] | None:
    if draft.track == "counsel":
        point = draft.sealed_to
        return None if point is None else partial(_seal_for_counsel, point, draft.id)
    key = context.opening_key(scope_of(draft), create=True)
    return None if key is None else partial(_seal, context, key, draft.id)


def _seal(context: Context, key: bytes, entry_id: str, name: str, opening: Opening) -> bytes:
    nonce = context.random(NONCE_BYTES)
    return seal_opening(key, opening.salt, nonce, entry_id=entry_id, name=name, value=opening.value)


def _seal_for_counsel(point: bytes, entry_id: str, name: str, opening: Opening) -> bytes:
    from console.domain.record import counsel  # few entries need it

    return counsel.seal_field(point, entry_id, name, opening)


def place(context: Context, request: Sequence[Prepared], tree: CompactRange) -> tuple[list[Placed], CompactRange]:
    """Compose a request's entries after ``tree``; raises ``Misused`` or ``Refused`` for the whole request."""
    places = []
    for prepared in request:
        prev, reading = tree.root(), context.reading()
        data = compose(
            prepared.draft,
            log=context.log,
            mode=context.mode,
            seq=tree.size,
            prev=prev,
            reading=reading,
            commitments=prepared.commitments,
        )
        leaf = merkle.leaf_hash(data)
        places.append(Placed(tree.size, prev, reading, data, leaf))
        tree = tree.append(leaf)
    return places, tree


def insert(cursor: Cursor, prepared: Prepared, placed: Placed, signature: bytes | None) -> None:
    """Write the rows of one entry; ``signature`` is that of the checkpoint over everything before it."""
    cursor.execute("INSERT INTO entry VALUES (?,?,?,?)", (placed.seq, placed.leaf, signature, placed.data))
    for name, sealed in prepared.sealed.items():
        cursor.execute("INSERT INTO field VALUES (?,?,?)", (placed.seq, name, sealed))
    if (placed.seq + 1) % TILE_WIDTH == 0:
        tail.add_tiles(cursor, placed.seq + 1)


def mirror_record(body: bytes, sealed: Mapping[str, bytes], note: bytes) -> bytes:
    """Return what the mirror keeps of one entry: its bytes, its sealed openings, the newest checkpoint."""
    openings = {name: canonical.to_base64(opening) for name, opening in sealed.items()}
    record: Object = {"entry": canonical.to_base64(body), "openings": openings, "checkpoint": note.decode()}
    return canonical.encode(record)
