# SPDX-License-Identifier: Apache-2.0
"""The log in its database: what the journal thread does with the one connection, and nobody else.

Life of an entry: bytes, leaf, tile and stream row in one transaction -> COMMIT -> (critical) signature ->
anchor -> mirror -> answer. A checkpoint is signed only over what is durable; its signature is stored in the row
of the next entry, whose ``prev`` is the root it speaks of, so that it costs no page of its own.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from console.adapters.journal import tail
from console.adapters.journal.database import (
    Connection,
    DatabaseError,
    ballast_path,
    foreign_errors,
    hold_ballast,
    open_database,
    translate,
)
from console.adapters.journal.mirror import Mirror
from console.adapters.journal.needs import Needs
from console.domain import canonical, checkpoint, merkle
from console.domain.canonical import Object
from console.domain.checkpoint import Finding, Start, decide
from console.domain.errors import ConsoleError, Corrupt, Unavailable
from console.domain.journal import Checkpoint, Draft, Reading, compose
from console.domain.merkle import TILE_WIDTH, CompactRange

SIGN_ENTRIES = 64
SIGN_SECONDS = 1.0
ANCHOR_SECONDS = 30.0
KIND_BATCH = 256


@dataclass(frozen=True)
class Prepared:
    """A draft whose fields are committed to and sealed already."""

    draft: Draft
    commitments: dict[str, tuple[bytes, bytes]]
    sealed: dict[str, bytes]


@dataclass(frozen=True)
class Placed:
    """What the writer gave a draft."""

    seq: int
    prev: bytes
    reading: Reading
    data: bytes
    leaf: bytes


class Log:
    """The append side: tree, checkpoints, anchor, mirror. One thread uses it."""

    def __init__(self, path: Path, key: bytearray, needs: Needs, *, ballast_bytes: int) -> None:
        self._path, self._key, self._needs = path, key, needs
        self.db: Connection = None
        self.tree = CompactRange()
        self.kinds: list[tuple[str, int]] = []
        """(type, seq) of the entries that the ``kind`` projection does not have yet."""
        self.signed: Checkpoint | None = None
        self.reasons: tuple[str, ...] = ()
        """Why the alarm is on; empty when it is not."""
        self.anchor_missing = False
        self.sign_error: ConsoleError | None = None
        self.anchored = 0
        self.mirror = Mirror(needs.mirror, needs.seal_to_mirror)
        self._stored = 0
        self._unsaved: bytes | None = None
        self._trusted_signer = False
        self._last_anchor = time.monotonic()
        self._open()
        self.reserve = not hold_ballast(path, ballast_bytes)
        """The disk is full: only critical entries are taken."""
        self._compare_with_anchors()

    def write(self, group: Sequence[Sequence[Prepared]]) -> list[list[Placed] | ConsoleError]:
        """Write these requests in one transaction; each is answered with its places or with its own error."""
        self.check_writable()
        tree, answers, kinds = self.tree, [], []
        try:
            self.db.execute("BEGIN IMMEDIATE")
            self._save_signature()
            for request in group:
                answer, tree = self._place(request, tree)
                answers.append(answer)
                if isinstance(answer, list):
                    kinds += [(p.draft.type, a.seq) for p, a in zip(request, answer, strict=True)]
            self.db.execute("COMMIT")
        except DatabaseError as error:
            self._recover(tree, error)
        self.tree = tree
        self.kinds += kinds
        return answers

    def check_writable(self) -> None:
        """Raise ``Corrupt`` (journal_alarm) while the alarm is on, ``Unavailable`` without a database."""
        if self.reasons:
            raise Corrupt("journal_alarm", why=",".join(self.reasons))
        if self.db is None:
            raise Unavailable("journal_unavailable", why="not_open")

    def sign(self) -> Checkpoint:
        """Return a signed checkpoint of everything durable."""
        if self.signed is not None and self.signed.size == self.tree.size:
            return self.signed
        self.check_writable()
        root = self.tree.root()
        text = checkpoint.text(self._needs.log, self.tree.size, root)
        signature = self._needs.signer(text)
        note = checkpoint.assemble(text, self._needs.key, signature)
        if not self._trusted_signer:
            # A signer that is not the key's would make every later start an alarm.
            checkpoint.open_note(note, [self._needs.key])
            self._trusted_signer = True
        self.signed = Checkpoint(self._needs.log, self.tree.size, root, note)
        self._unsaved = signature
        self.sign_error = None
        return self.signed

    def anchor(self) -> None:
        """Sign, and make the HSM hold that checkpoint."""
        newest = self.sign()
        if newest.size > self.anchored:
            self._needs.set_anchor(newest.note)
            self.anchored, self._last_anchor, self.anchor_missing = newest.size, time.monotonic(), False

    def sign_quietly(self) -> None:
        """Sign what is not critical, and anchor when it is time; a failure is shown by the status, tried again."""
        try:
            if time.monotonic() - self._last_anchor >= ANCHOR_SECONDS:
                self.anchor()
            else:
                self.sign()
        except ConsoleError as error:
            self.sign_error = error

    def unsigned(self) -> int:
        """Return how many entries no checkpoint covers yet."""
        return self.tree.size - (self.signed.size if self.signed else 0)

    def copy_to_mirror(self, request: Sequence[Prepared], places: Sequence[Placed]) -> None:
        """Put these entries, their sealed openings and the newest checkpoint on the second medium."""
        note = self.sign().note.decode()
        for prepared, place in zip(request, places, strict=True):
            openings = {name: canonical.to_base64(sealed) for name, sealed in prepared.sealed.items()}
            record: Object = {
                "entry": canonical.to_base64(place.data),
                "openings": openings,
                "checkpoint": note,
            }
            self.mirror.add(place.seq, canonical.encode(record))
        self.mirror.settle()

    def flush_kinds(self) -> None:
        """Bring the ``kind`` projection up to date, with its ``upto`` in the same batch."""
        if not self.kinds or self.reasons or self.db is None:
            return
        with foreign_errors():
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("INSERT OR IGNORE INTO kind VALUES (?,?)", self.kinds)
            self.db.execute("UPDATE meta SET value=? WHERE name='kind_upto'", (str(self.kinds[-1][1] + 1),))
            self.db.execute("COMMIT")
        self.kinds.clear()

    def close(self) -> None:
        """Sign, anchor, store the checkpoint and close, even when one of these fails; the failure is raised."""
        try:
            if not self.reasons and self.db is not None:
                self.flush_kinds()
                if self.tree.size > self.anchored:
                    self.anchor()
                self._store_checkpoint()
                self.mirror.settle()
        finally:
            self.mirror.close()
            db, self.db = self.db, None
            if db is not None:
                with foreign_errors():
                    db.close()

    def _open(self) -> None:
        self.db = open_database(self._path, self._key, self._needs.log, self._needs.mode)
        with foreign_errors():
            found = tail.load(self.db, self._needs.log, self._needs.key)
        self.tree, self.signed, self._stored = found.tree, found.signed, found.stored
        self.kinds, self.reasons = found.kinds, found.reasons

    def _compare_with_anchors(self) -> None:
        try:
            finding = self._decide()
        except Corrupt as error:
            finding = Finding(Start.ALARM, (error.code,))
        if finding.start is Start.ALARM:
            self.reasons += finding.reasons
        self.anchor_missing = finding.start is Start.ANCHOR_UNAVAILABLE
        if finding.start is Start.TAIL_TO_ANCHOR and not self.reasons:
            self.anchor()

    def _decide(self) -> Finding:
        anchors = [checkpoint.open_note(note, [self._needs.key]) for note in self._needs.anchors()]
        if any(anchor.origin != self._needs.log for anchor in anchors):
            raise Corrupt("anchor_of_another_log")
        self.anchored = max((anchor.size for anchor in anchors), default=0)
        clean = self._stored == self.tree.size
        return decide(
            self.tree.size, self.root_at, anchors, clean=clean, anchors_hold=self._needs.anchors_hold
        )

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        if size == self.tree.size:
            return self.tree.root()
        with foreign_errors():
            return merkle.range_of(size, tail.node_source(self.db)).root()

    def _place(
        self, request: Sequence[Prepared], tree: CompactRange
    ) -> tuple[list[Placed] | ConsoleError, CompactRange]:
        before, places = tree, []
        try:
            for prepared in request:
                place = self._compose(prepared, tree)
                places.append(place)
                tree = tree.append(place.leaf)
        except ConsoleError as error:
            return error, before
        for prepared, place in zip(request, places, strict=True):
            self._insert(prepared, place)
        return places, tree

    def _compose(self, prepared: Prepared, tree: CompactRange) -> Placed:
        prev, reading = tree.root(), self._needs.reading()
        data = compose(
            prepared.draft, log=self._needs.log, mode=self._needs.mode, seq=tree.size, prev=prev,
            reading=reading, commitments=prepared.commitments,
        )  # fmt: skip
        return Placed(tree.size, prev, reading, data, merkle.leaf_hash(data))

    def _insert(self, prepared: Prepared, place: Placed) -> None:
        execute = self.db.execute
        signature, self._unsaved = self._unsaved, None
        execute("INSERT INTO entry VALUES (?,?,?,?)", (place.seq, place.leaf, signature, place.data))
        if prepared.draft.act is not None:
            execute("INSERT INTO stream VALUES (?,?)", (prepared.draft.act, place.seq))
        for name, sealed in prepared.sealed.items():
            execute("INSERT INTO field VALUES (?,?,?)", (place.seq, name, sealed))
        if (place.seq + 1) % TILE_WIDTH == 0:
            tail.add_tiles(self.db, place.seq + 1)

    def _save_signature(self) -> None:
        """Store the newest checkpoint with its range now and then, so that a start replays a short tail only."""
        if self._unsaved is not None and self.tree.size - self._stored >= SIGN_ENTRIES:
            self._insert_checkpoint(self._unsaved)

    def _store_checkpoint(self) -> None:
        if self._unsaved is not None:
            with foreign_errors():
                self._insert_checkpoint(self._unsaved)

    def _insert_checkpoint(self, signature: bytes) -> None:
        row = (self.tree.size, self.tree.encode(), signature)
        self.db.execute("INSERT INTO checkpoint VALUES (?,?,?)", row)
        self._stored, self._unsaved = self.tree.size, None

    def _recover(self, expected: CompactRange, error: DatabaseError) -> None:
        """Find out what became of a transaction whose COMMIT failed. It is never retried.

        Returns when the reopened database proves that all of it is durable; raises the error when it proves that
        nothing is; anything else is the alarm.
        """
        before, self._unsaved = self.tree, None
        db, self.db = self.db, None
        with contextlib.suppress(DatabaseError):
            db.close()
        if translate(error).code == "disk_full":
            # The next critical entry ("ended", "disk full") finds room; ordinary ones are refused from now on.
            ballast_path(self._path).unlink(missing_ok=True)
            self.reserve = True
        self._open()
        if self.tree == expected:
            return
        if self.tree != before:
            self.reasons += ("tail_after_error",)
            self.check_writable()
        raise translate(error) from error
