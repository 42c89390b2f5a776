# SPDX-License-Identifier: Apache-2.0
"""The proof of one entry for somebody who has nothing else of the log (c2sp.org/tlog-proof)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.domain.canonical import MAX_DEPTH, Json, encode, to_base64
from console.domain.entries.entry import Checkpoint, Entry, Opening
from console.domain.journal.checkpoint import VerifierKey

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
_DEPTH = MAX_DEPTH + 3
"""An opening's value stands in an object, in a list, in the object of the extra data."""


@dataclass(frozen=True)
class Proof:
    """A proof file, and what it says: the checkpoint that it leads to, the fields that it opens."""

    data: bytes
    checkpoint: Checkpoint
    opened: tuple[str, ...]


def typeset(
    entry: Entry, openings: Mapping[str, Opening], key: VerifierKey, path: Sequence[bytes], checkpoint: Checkpoint
) -> Proof:
    """Return the proof: extra data (the entry, what opens of it, the log's claimed key), index, path, checkpoint.

    ``path`` is the proof of inclusion in the tree of the signed checkpoint, the leaf's sibling first.
    """
    opened: list[Json] = [
        {"name": name, "salt": to_base64(opening.salt), "value": opening.value}
        for name, opening in sorted(openings.items())
    ]
    extra: dict[str, Json] = {"v": 1, "key": key.vkey(), "entry": to_base64(entry.data), "openings": opened}
    lines = [HEADER, f"extra {to_base64(encode(extra, depth=_DEPTH))}", f"index {entry.seq}"]
    data = "\n".join([*lines, *map(to_base64, path), "", ""]).encode() + checkpoint.note
    return Proof(data, checkpoint, tuple(sorted(openings)))
