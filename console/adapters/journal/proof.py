# SPDX-License-Identifier: Apache-2.0
"""Proof of one entry: its path in the stored tree, the checkpoint it leads to, and what the recipient may see."""

from console.adapters.journal import tail
from console.adapters.journal.context import Context
from console.adapters.journal.cosignatures import cosigned
from console.adapters.journal.database import foreign_errors
from console.adapters.journal.export import Opener
from console.adapters.journal.log import Log
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object, to_base64
from console.domain.entries.entry import Checkpoint, parse
from console.domain.errors import Refused
from console.domain.journal import merkle, proof
from console.domain.journal.checkpoint import open_note
from console.domain.journal.proof import Proof


def prove(thread: JournalThread, context: Context, seq: int, opener: Opener) -> Proof:
    """Return the proof. It leads to the newest checkpoint that witnesses signed, if that reaches the entry.

    ``Refused``: unknown_entry, nothing_signed.
    """
    newest: Checkpoint = thread.run(_newest)
    if not 0 <= seq < newest.size:
        raise Refused("unknown_entry", seq=seq, size=newest.size)
    witnessed = cosigned(thread, context, newest.size)
    checkpoint = newest if witnessed is None else open_note(witnessed, [context.key])
    if checkpoint.size <= seq:
        checkpoint = newest

    def read(log: Log) -> tuple[bytes, dict[str, bytes], list[bytes]]:
        with foreign_errors():
            (body,) = log.db.execute("SELECT body FROM entry WHERE seq=?", (seq,)).fetchone()
            sealed = log.db.execute("SELECT name, sealed FROM field WHERE seq=?", (seq,)).fetchall()
            return body, dict(sealed), merkle.inclusion_proof(seq, checkpoint.size, tail.node_source(log.db))

    body, sealed, path = thread.run(read)
    entry = parse(body)
    return proof.typeset(entry, opener(entry, sealed), context.key, path, checkpoint)


def found_in(thread: JournalThread, context: Context, seq: int) -> Object:
    """Return the newest state that is signed already and in which an entry stands: its size, root, steps to the root.

    Signature and path are checked here. ``Refused`` (nothing_signed): no signed state reaches the entry yet.
    ``Corrupt``: inclusion_not_proven, or what is wrong with the signature.
    """

    def read(log: Log) -> tuple[Checkpoint, bytes, list[bytes]]:
        newest = log.signing.newest
        if newest is None or not 0 <= seq < newest.size:
            raise Refused("nothing_signed")
        with foreign_errors():
            (body,) = log.db.execute("SELECT body FROM entry WHERE seq=?", (seq,)).fetchone()
            return newest, body, merkle.inclusion_proof(seq, newest.size, tail.node_source(log.db))

    newest, body, path = thread.run(read)
    signed = open_note(newest.note, [context.key])
    merkle.verify_inclusion(seq, signed.size, merkle.leaf_hash(body), path, signed.root)
    return {"size": signed.size, "root": to_base64(signed.root), "steps": len(path)}


def _newest(log: Log) -> Checkpoint:
    """Return a checkpoint of everything, or the last that was signed where nothing is signed any more."""
    if not log.reasons:
        return log.sign()
    if log.signing.newest is None:
        raise Refused("nothing_signed")
    return log.signing.newest
