# SPDX-License-Identifier: Apache-2.0
"""The log in its database: what the journal thread does with the one connection, and nobody else.

Life of an entry: bytes, leaf and tile in one transaction -> COMMIT -> (critical) signature -> anchor -> mirror ->
answer. A checkpoint is signed only over what is durable; its signature is stored in the row of the next entry,
whose ``prev`` is the root it speaks of, so that it costs no page of its own. Projections follow in batches: a
page less in each commit, and what they lack is in memory, read from the entries again at each start.
"""

import contextlib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from console.adapters.journal import index, tail
from console.adapters.journal.clock_breaks import stored_breaks
from console.adapters.journal.context import Context
from console.adapters.journal.database import (
    Connection,
    DatabaseError,
    ballast_path,
    foreign_errors,
    hold_ballast,
    open_database,
    settle,
    translate,
)
from console.adapters.journal.mirror import Mirror
from console.adapters.journal.placement import Placed, Prepared, insert, mirror_record, place
from console.adapters.journal.signing import Signing
from console.adapters.journal.tail import Pending
from console.domain.entries.entry import Checkpoint
from console.domain.errors import ConsoleError, Corrupt, Unavailable
from console.domain.journal import merkle
from console.domain.journal.checkpoint import Start
from console.domain.journal.merkle import CompactRange

SIGN_ENTRIES = 64


class Log:
    """The append side: tree, checkpoints, anchor, mirror. One thread uses it."""

    def __init__(self, path: Path, key: bytearray, context: Context, *, ballast_bytes: int) -> None:
        self.path, self.key, self._context = path, key, context
        self.db: Connection = None
        self.tree = CompactRange()
        self.pending: list[Pending] = []
        """The entries that the projections do not have yet."""
        self.reasons: tuple[str, ...] = ()
        """Why the alarm is on; empty when it is not."""
        self.signing = Signing(context)
        self.mirror = Mirror(context.mirror, context.seal_to_mirror, context.mirror_name)
        self._stored = 0
        self._open()
        self.reserve = not hold_ballast(path, ballast_bytes)
        """The disk is full, and what was held in reserve on it is free for the journal."""
        self._compare_with_anchors()

    def write(self, group: Sequence[Sequence[Prepared]]) -> list[list[Placed] | ConsoleError]:
        """Write these requests in one transaction; each is answered with its places or with its own error."""
        self.check_writable()
        tree = self.tree
        answers: list[list[Placed] | ConsoleError] = []
        written: list[tuple[Prepared, Placed]] = []
        for request in chain(self.breaks.due(), group):
            try:
                places, tree = place(self._context, request, tree)
            except ConsoleError as error:
                answers.append(error)
                continue
            self.breaks.passed(places)
            answers.append(places)
            written += zip(request, places, strict=True)
        try:
            self._insert(written)
        except DatabaseError as error:
            self._recover(tree, error)
        self.tree = tree
        for prepared, placed in written:
            self.pending.append((placed.seq, prepared.draft.type, prepared.draft.act))
        # What was noted of the clocks stands in front, and nobody waits for it.
        return answers[len(answers) - len(group) :]

    def _insert(self, written: Sequence[tuple[Prepared, Placed]]) -> None:
        """Write these entries in one transaction."""
        cursor = self.db.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        if self.tree.size - self._stored >= SIGN_ENTRIES:
            self._store_checkpoint()
        for prepared, placed in written:
            insert(cursor, prepared, placed, self.signing.unsaved)
            self.signing.unsaved = None
        cursor.execute("COMMIT")

    def check_writable(self) -> None:
        """Raise ``Corrupt`` (journal_alarm) while the alarm is on, ``Unavailable`` without a database."""
        if self.reasons:
            raise Corrupt("journal_alarm", why=",".join(self.reasons))
        if self.db is None:
            raise Unavailable("journal_unavailable", why="not_open")

    def sign(self) -> Checkpoint:
        """Return a signed checkpoint of everything durable."""
        self.check_writable()
        return self.signing.sign(self.tree)

    def anchor(self) -> Checkpoint:
        """Return a signed checkpoint of everything durable that the HSM holds as well."""
        self.check_writable()
        self.signing.anchor(self.tree)
        return self.signing.sign(self.tree)

    def copy_to_mirror(self) -> None:
        """Bring the copy on the second medium up to date."""
        with foreign_errors():
            self.mirror.catch_up(self.tree.size, self._mirror_records)

    def _mirror_records(self, first: int, last: int) -> Iterator[tuple[bytes, bytes]]:
        note = self.sign().note
        rows = self.db.execute("SELECT seq, leaf, body FROM entry WHERE seq>=? AND seq<? ORDER BY seq", (first, last))
        for seq, leaf, body in rows.fetchall():
            sealed = dict(self.db.execute("SELECT name, sealed FROM field WHERE seq=?", (seq,)).fetchall())
            yield leaf, mirror_record(body, sealed, note)

    def project(self) -> None:
        """Bring the projections up to date; on a full disk they wait, for memory and the entries have it all."""
        if not self.pending or self.reasons or self.db is None:
            return
        try:
            tail.project(self.db, self.pending)
        except DatabaseError as error:
            if translate(error).code != "disk_full":
                raise translate(error) from error
            with contextlib.suppress(DatabaseError):  # SQLite may have rolled back by itself
                self.db.execute("ROLLBACK")
            return
        self.pending.clear()

    def close(self) -> None:
        """Sign, anchor, store the checkpoint and close, even when one of these fails; the failure is raised."""
        try:
            if not self.reasons and self.db is not None:
                self.project()
                index.follow(self.db, self.tree.size)
                if self.tree.size > self.signing.anchored:
                    self.anchor()
                with foreign_errors():
                    self._store_checkpoint()
                self.copy_to_mirror()
        finally:
            self.mirror.close()
            db, self.db = self.db, None
            if db is not None:
                with foreign_errors():
                    db.close()

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        if size == self.tree.size:
            return self.tree.root()
        with foreign_errors():
            return merkle.range_of(size, tail.node_source(self.db)).root()

    def _open(self) -> None:
        self.db = open_database(self.path, self.key, self._context.log, self._context.mode)
        with foreign_errors():
            found = tail.load(self.db, self._context.log, self._context.key)
        self.tree, self.signing.newest, self._stored = found.tree, found.signed, found.stored
        self.pending, self.reasons = found.pending, found.reasons
        with foreign_errors():
            size = 0 if self.reasons else self.tree.size
            self.breaks = stored_breaks(self._context, self.db, size, self.pending)

    def _compare_with_anchors(self) -> None:
        clean = self._stored == self.tree.size
        finding = self.signing.compare(self.tree.size, self.root_at, clean=clean)
        if finding.start is Start.ALARM:
            self.reasons += finding.reasons
        elif finding.start is Start.TAIL_TO_ANCHOR and not self.reasons and not self._context.barred:
            self.anchor()

    def _store_checkpoint(self) -> None:
        """Store the newest signature with its range, so that a start replays a short tail only."""
        if self.signing.unsaved is not None:
            row = (self.tree.size, self.tree.encode(), self.signing.unsaved)
            self.db.execute("INSERT INTO checkpoint VALUES (?,?,?)", row)
            self._stored, self.signing.unsaved = self.tree.size, None

    def _recover(self, expected: CompactRange, error: DatabaseError) -> None:
        """Find out what became of a transaction whose COMMIT failed. It is never retried.

        Returns when the reopened database proves that all of it is durable; raises the error when it proves that
        nothing is, or that what is there cannot be made durable; anything else is the alarm.
        """
        before, self.signing.unsaved = self.tree, None
        db, self.db = self.db, None
        with contextlib.suppress(DatabaseError):
            db.close()
        if translate(error).code == "disk_full":
            # Whatever comes next ("disk full", "ended") finds room.
            ballast_path(self.path).unlink(missing_ok=True)
            self.reserve = True
        self._open()
        if self.tree == expected:
            # It is there to be read. After a failed sync that says nothing of the disk: it is written once more.
            with foreign_errors():
                settle(self.db, self.path)
            return
        if self.tree != before:
            self.reasons += ("tail_after_error",)
            self.check_writable()
        raise translate(error) from error
