# SPDX-License-Identifier: Apache-2.0
"""The log as the second medium tells it, read when the database cannot be: it proves itself by its own tree.

Nothing in the file is trusted for where it stands: each entry must carry the root of all before it. Reading ends at
the first record that does not open, does not follow, or is torn. The bodies are not kept but for the asked types.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import cast

from console.adapters.journal.context import Context, OpenSealed
from console.adapters.journal.journal import open_field
from console.adapters.journal.mirror import read_records
from console.domain.canonical import Json, decode_object, from_base64, shaped, to_base64
from console.domain.entries.entry import Checkpoint, Entry, parse, scope_of
from console.domain.errors import Corrupt
from console.domain.journal import checkpoint, merkle
from console.domain.journal.merkle import CompactRange

BATCH = 128


class MirrorLog:
    """Fits the port ``OldJournal``."""

    def __init__(
        self, context: Context, open_sealed: OpenSealed, *, kinds: Collection[str] | None, sizes: Collection[int]
    ) -> None:
        """``kinds``: the types whose entries are kept, None for all; ``sizes``: where the root is."""
        self._context, self._kinds = context, kinds
        self._kept: dict[int, tuple[Entry, dict[str, bytes]]] = {}
        self._tree = CompactRange()
        self._roots = {0: self._tree.root()}
        self._claims: dict[int, set[str]] = {}
        """The notes that stand beside entries, by the sizes that they speak of and that are not reached yet."""
        self._fitting: list[Checkpoint] = []
        try:
            for plain in _plain(context.mirror / context.mirror_name, open_sealed):
                self._take(plain)
                if self._tree.size in sizes:
                    self._roots[self._tree.size] = self._tree.root()
        except Corrupt:
            pass  # what came before stands; the size says how far that is
        self._roots[self._tree.size] = self._tree.root()

    def size(self) -> int:
        """Return how many entries follow one another from the first."""
        return self._tree.size

    def signed(self) -> int:
        """Return the greatest size whose root the log key signed, in a note beside the entries.

        Anybody can seal a record to the station's public key: what lies beyond is the word of whoever had the medium.
        """
        for found in reversed(self._fitting):
            with suppress(Corrupt):
                checkpoint.open_note(found.note, [self._context.key])
                return found.size
        return 0

    def root_at(self, size: int) -> bytes:
        """Return the root at one of the sizes that were asked for, or at the end."""
        return self._roots[size]

    def entries(self, *, type_: str) -> Iterator[Entry]:
        """Yield the entries of one of the asked types."""
        return (entry for entry, _ in self._kept.values() if entry.type == type_)

    def all_entries(self) -> list[Entry]:
        """Return the entries that were kept, in order."""
        return [entry for entry, _ in self._kept.values()]

    def open_fields(self, entry: Entry) -> dict[str, Json]:
        """Return the committed fields that this station can open; ``Corrupt`` when one does not fit."""
        key = self._context.opening_key(scope_of(entry), create=False) if entry.c else None
        sealed = self._kept[entry.seq][1]
        return {} if key is None else {n: open_field(entry, n, sealed.get(n), key) for n in entry.c}

    def _take(self, plain: bytes) -> None:
        with shaped("mirror_garbled"):
            record = decode_object(plain)
            body = from_base64(record["entry"])
            sealed = {n: from_base64(text) for n, text in cast(dict[str, Json], record["openings"]).items()}
            note = str(record["checkpoint"])
            origin, size, _, *_ = note.split("\n")
            if origin == self._context.log:
                self._claims.setdefault(int(size), set()).add(note)
        entry = parse(body)
        place = (entry.log, entry.mode, entry.seq, entry.prev)
        if place != (self._context.log, self._context.mode, self._tree.size, self._tree.root()):
            raise Corrupt("entry_out_of_place")
        self._tree = self._tree.append(merkle.leaf_hash(body))
        self._reach()
        if self._kinds is None or entry.type in self._kinds:
            self._kept[entry.seq] = (entry, sealed)

    def _reach(self) -> None:
        """Keep the notes that name the root here; whether the log key signed them is asked of the last ones alone."""
        size = self._tree.size
        if notes := self._claims.pop(size, None):
            root = self._roots[size] = self._tree.root()
            fitting = (note.encode() for note in notes if note.split("\n")[2] == to_base64(root))
            self._fitting += [Checkpoint(self._context.log, size, root, note) for note in fitting]


def _plain(path: Path, open_sealed: OpenSealed) -> Iterator[bytes]:
    records = _whole(path)
    while batch := list(islice(records, BATCH)):
        try:
            yield from open_sealed(batch)
        except Corrupt:
            # One of them was changed: those before it still count.
            for sealed in batch:
                yield from open_sealed([sealed])


def _whole(path: Path) -> Iterator[bytes]:
    with suppress(Corrupt, OSError):
        for _, sealed in read_records(path):
            yield sealed
