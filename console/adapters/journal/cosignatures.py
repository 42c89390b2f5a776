# SPDX-License-Identifier: Apache-2.0
"""The cosignatures that an export takes along: they lie in the log, in the bodies of its own entries."""

from functools import partial
from typing import cast

from console.adapters.journal.context import Context
from console.adapters.journal.reader import Filter, read_chunk
from console.adapters.journal.thread import JournalThread
from console.domain.entries.entry import parse
from console.domain.entries.witness import WitnessCosigned
from console.domain.journal.checkpoint import split
from console.domain.journal.cosignature import COSIGNED, typeset


def cosigned(thread: JournalThread, context: Context, size: int) -> bytes | None:
    """Return the newest checkpoint below ``size`` that enough witnesses signed, else the newest that any signed.

    Only witnesses of the rules count, each once, however often it signed. It is a signed note with the log's line and
    every witness's. None where no witness has signed.
    """
    notes: dict[int, dict[str, bytes]] = {}
    known = {witness.key.name for witness in context.witnesses}
    wanted: Filter | None = Filter(None, COSIGNED, -1, size, newest_first=True)
    while wanted is not None:
        bodies, wanted = cast(
            tuple[list[bytes], Filter | None], thread.run(partial(read_chunk, wanted=wanted, limit=None))
        )
        for said in (WitnessCosigned.read(parse(data)) for data in bodies):
            notes.setdefault(said.size, {})[said.witness] = said.note.encode()
    if not notes:
        return None
    enough = [
        found
        for found, by_witness in notes.items()
        if context.witness_quorum and len(known & by_witness.keys()) >= context.witness_quorum
    ]
    return _merged([*notes[max(enough or notes)].values()])


def _merged(notes: list[bytes]) -> bytes:
    """Return one note with the lines of all of them; each begins with the log's own line and ends with a witness's."""
    text, (log, *_) = split(notes[0])
    witnesses = {split(note)[1][-1] for note in notes}
    return text + b"\n" + typeset([log, *sorted(witnesses)]).encode()
