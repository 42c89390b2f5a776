# SPDX-License-Identifier: Apache-2.0
"""The spool: entries that the log could not take, chained and signed one by one (docs/formats/journal.md, section 8).

A record proves itself by its signature, its place by the record before it, and the end by the head in the HSM.
``Merged`` is what a reader of the log checks afterwards.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from console.domain import canonical, codec
from console.domain.canonical import Json, Object, from_base64, shaped, to_base64
from console.domain.entries import entry as journal
from console.domain.entries.entry import Draft, Entry
from console.domain.entries.event import Event
from console.domain.entries.spool import SpoolMerged, SpoolSettled
from console.domain.errors import Corrupt
from console.domain.journal import checkpoint
from console.domain.journal.checkpoint import RootAt, VerifierKey

MERGED, SETTLED = "spool.merged", "spool.settled"
RECORD_DEPTH = canonical.MAX_DEPTH + 1
MAX_RECORD_BYTES = 46_000
"""A record stands in base64 in one entry, which has room for 65,535 bytes."""
ID_BYTES = 16
REFERENCE = 2**52
"""From here on a number that names an entry names one in a spool."""

_ID = re.compile(r"[0-9a-f]{32}\Z")
_MEMBERS = {"v", "spool", "n", "prev", "checkpoint", "entry"}
_SAME = ("id", "actor", "proof", "act", "subject", "c", "blob")


class Signed(NamedTuple):
    """A record's bytes and the log key's signature (64 raw bytes)."""

    data: bytes
    sig: bytes


@dataclass(frozen=True)
class Record:
    """One entry that waits for the log."""

    spool: str
    n: int
    prev: bytes | None
    checkpoint: str | None
    entry: Mapping[str, Json]
    """The entry's members without ``seq`` and ``prev``."""

    def as_entry(self, seq: int, prev: bytes) -> Entry:
        """Return the entry with this place; ``Corrupt`` when it has another shape."""
        return journal.parse(canonical.encode({**self.entry, "seq": seq, "prev": to_base64(prev)}))


@dataclass(frozen=True)
class Head:
    """How far a spool goes, as the log key signed it."""

    spool: str
    count: int
    hash: bytes
    note: bytes


def compose(spool: str, n: int, prev: bytes | None, note: bytes | None, entry: bytes) -> bytes:
    """Return the bytes of a record; ``entry``: an entry's bytes, whose ``seq`` and ``prev`` are left out."""
    members = canonical.decode_object(entry)
    del members["seq"], members["prev"]
    record: Object = {
        "v": 1,
        "spool": spool,
        "n": n,
        "prev": None if prev is None else to_base64(prev),
        "checkpoint": None if note is None else note.decode(),
        "entry": members,
    }
    return canonical.encode(record, depth=RECORD_DEPTH)


def parse(data: bytes) -> Record:
    """Return the record with these bytes; ``Corrupt`` (spool_shape) when they are none."""
    with shaped("spool_shape"):
        try:
            value = canonical.decode_object(data, depth=RECORD_DEPTH)
            prev = None if value["prev"] is None else from_base64(value["prev"])
        except Corrupt as error:
            raise Corrupt("spool_shape") from error
        spool, n, note, entry = value["spool"], value["n"], value["checkpoint"], value["entry"]
        good = value.keys() == _MEMBERS and value["v"] == 1 and type(value["v"]) is int
        if not (good and type(n) is int and n >= 0 and isinstance(spool, str) and _ID.match(spool)):
            raise Corrupt("spool_shape")
        if not isinstance(entry, dict) or not (note is None or isinstance(note, str)):
            raise Corrupt("spool_shape")
    return Record(spool, n, prev, note, entry)


def message(data: bytes) -> bytes:
    """Return what the log key signs for a record."""
    return b"bg.spool.v1\0" + data


def check_signature(signed: Signed, key: VerifierKey) -> None:
    """Raise ``Corrupt`` (spool_signature) unless the log key signed this record."""
    if len(signed.sig) != 64:
        raise Corrupt("spool_signature")
    try:
        key.verify(key.encoded(signed.sig), message(signed.data))
    except Corrupt as error:
        raise Corrupt("spool_signature") from error


def hash_of(data: bytes) -> bytes:
    """Return what the next record and the head say of this one."""
    return hashlib.sha256(data).digest()


def head_text(log: str, spool: str, count: int, last: bytes) -> bytes:
    """Return the three lines of a head, to be signed."""
    return checkpoint.text(f"{log}/spool-{spool}", count, last)


def is_head_of(note: bytes, log: str) -> bool:
    """Tell whether a note says that it is the head of a spool of this log; an older log may have left its own."""
    return note.startswith(f"{log}/spool-".encode())


def open_head(note: bytes, key: VerifierKey) -> Head:
    """Return the head of a spool of the log with this key; ``Corrupt`` (spool_head) if it is none."""
    try:
        opened = checkpoint.open_note(note, [key])
    except (Corrupt, UnicodeDecodeError) as error:
        raise Corrupt("spool_head") from error
    origin, _, spool = opened.origin.rpartition("/spool-")
    if origin != key.name or not _ID.match(spool):
        raise Corrupt("spool_head")
    return Head(spool, opened.size, opened.root, note)


def check_chain(records: Sequence[Signed], head: Head | None, key: VerifierKey) -> None:
    """Raise ``Corrupt`` unless these records are one spool that the log key signed, and reach the head in the HSM.

    spool_edited, spool_reordered, spool_replayed, spool_cut. Records beyond the head are there when a crash cut the
    making of the next head; nobody was answered for them.
    """
    previous: bytes | None = None
    spool = head.spool if head else None
    for place, signed in enumerate(records):
        try:
            record = parse(signed.data)
            check_signature(signed, key)
        except Corrupt as error:
            raise Corrupt("spool_edited", n=place) from error
        spool = spool or record.spool
        if record.spool != spool:
            raise Corrupt("spool_replayed", n=place)
        if (record.n, record.prev) != (place, previous):
            raise Corrupt("spool_reordered", n=place)
        previous = hash_of(signed.data)
    if head is None:
        return
    if len(records) < head.count:
        raise Corrupt("spool_cut", found=len(records), expected=head.count)
    if hash_of(records[head.count - 1].data) != head.hash:
        raise Corrupt("spool_replayed", n=head.count - 1)


def reference(spool: str, n: int) -> int:
    """Return the number by which other entries name record ``n`` of a spool, where they would name a ``seq``."""
    return REFERENCE + (int(spool[:8], 16) << 20) + n


def merged(entry: Entry, spool: str, n: int, signed: Signed) -> Draft:
    """Return the draft of the entry that says in the log what a record says."""
    said = SpoolMerged(spool=spool, n=n, record=signed.data, sig=signed.sig)
    # The fields were committed to when the record was made: only their names are asked here.
    return Draft(
        MERGED,
        entry.actor,
        entry.proof,
        entry.id,
        body=said.body(),
        fields=dict.fromkeys(entry.c),
        act=entry.act,
        subject=entry.subject,
        blob=entry.blob,
    )


def settled(id_: str, head: Head) -> Draft:
    """Return the draft of the entry that ends the merging of a spool."""
    said = SpoolSettled(spool=head.spool, count=head.count, head=head.hash, anchor=head.note)
    return said.to_draft(actor="program", proof="program", id_=id_)


def expanded(outer: Entry) -> Entry:
    """Return what the record in a ``spool.merged`` entry says, at that entry's place; ``Corrupt`` if it is none."""
    with shaped("spool_shape"):
        return parse(SpoolMerged.read(outer).record).as_entry(outer.seq, outer.prev)


def place_of(outer: Entry) -> tuple[str, int]:
    """Return the spool and the number of a ``spool.merged`` entry."""
    said = SpoolMerged.read(outer)
    return said.spool, said.n


E = TypeVar("E", bound=Event)


@dataclass
class Merged:
    """Checks the spools in a log, entry by entry in its order."""

    key: VerifierKey
    root_at: RootAt
    open: str | None = None
    """The spool whose records have begun and that is not settled."""
    _ends: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Of each spool the number of records and the hash of the last. A settled one may go on where it ended: a crash
    left its file, and the log could not be read when the next record was made."""

    def check(self, entry: Entry) -> None:
        """Raise ``Corrupt`` (spool_*) when an entry of a spool does not fit those before it."""
        if entry.type == MERGED:
            self._check_merged(entry)
        elif entry.type == SETTLED:
            self._check_settled(entry)

    def _check_merged(self, outer: Entry) -> None:
        with shaped("spool_shape"):
            said = _exactly(SpoolMerged, outer)
            signed = Signed(said.record, said.sig)
            record = parse(signed.data)
            if (record.spool, record.n) != (said.spool, said.n):
                raise Corrupt("spool_shape")
        check_signature(signed, self.key)
        follows = (record.n, record.prev) == self._ends.get(record.spool, (0, None))
        if not follows or self.open not in (None, record.spool):
            raise Corrupt("spool_chain", n=record.n)
        self.open, self._ends[record.spool] = record.spool, (record.n + 1, hash_of(signed.data))
        _check_same(record, outer)
        self._check_note(record, outer)

    def _check_note(self, record: Record, outer: Entry) -> None:
        if record.checkpoint is None:
            return
        try:
            checkpoint.open_past(record.checkpoint, outer, self.key, self.root_at)
        except Corrupt as error:
            raise Corrupt("spool_checkpoint", n=record.n) from error

    def _check_settled(self, entry: Entry) -> None:
        said = _exactly(SpoolSettled, entry)
        end = said.spool, said.count, said.head
        if self.open is None or end != (self.open, *self._ends[self.open]):
            raise Corrupt("spool_head")
        head = open_head(said.anchor, self.key)
        if (head.spool, head.count, head.hash) != end:
            raise Corrupt("spool_head")
        self.open = None


def _exactly(kind: type[E], entry: Entry) -> E:
    """Return what an entry of a spool says: nothing more may stand in it."""
    said = codec.from_json(kind, entry.body, "spool_shape")
    if said.restated is not None or said.body() != entry.body:
        raise Corrupt("spool_shape")
    return said


def _check_same(record: Record, outer: Entry) -> None:
    """Raise ``Corrupt`` (spool_entry) unless the record's entry is of this log, and its merged entry stands for it."""
    try:
        inner = record.as_entry(outer.seq, outer.prev)
    except Corrupt as error:
        raise Corrupt("spool_entry", n=record.n) from error
    if inner.type.startswith("spool.") or (inner.log, inner.mode, inner.track) != (outer.log, outer.mode, "facts"):
        raise Corrupt("spool_entry", n=record.n)
    if any(getattr(inner, name) != getattr(outer, name) for name in _SAME):
        raise Corrupt("spool_entry", n=record.n)
