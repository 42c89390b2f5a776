# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of the log: signed over what is durable, anchored in the HSM, compared with the anchors at a start."""

import time
from collections.abc import Callable
from contextlib import suppress

from console.adapters.journal.context import Context
from console.domain.entries.entry import Checkpoint
from console.domain.errors import ConsoleError, Corrupt
from console.domain.journal import checkpoint
from console.domain.journal.checkpoint import Finding, Start, decide
from console.domain.journal.merkle import CompactRange

ANCHOR_SECONDS = 30.0


class Signing:
    """The newest signed and the newest anchored checkpoint."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.newest: Checkpoint | None = None
        self.anchored = 0
        self.anchor_missing = False
        self.error: ConsoleError | None = None
        """Why the last signature that nobody waited for failed."""
        self.unsaved: bytes | None = None
        """The newest signature while it is in no row of the database."""
        self._trusted_signer = False
        self._last_anchor = time.monotonic()

    def sign(self, tree: CompactRange) -> Checkpoint:
        """Return a signed checkpoint of ``tree``."""
        if self.newest is not None and self.newest.size == tree.size:
            return self.newest
        root = tree.root()
        text = checkpoint.text(self._context.log, tree.size, root)
        signature = self._context.signer(text)
        note = checkpoint.assemble(text, self._context.key, signature)
        if not self._trusted_signer:
            # A signer that is not the key's would make every later start an alarm.
            checkpoint.open_note(note, [self._context.key])
            self._trusted_signer = True
        self.newest = Checkpoint(self._context.log, tree.size, root, note)
        self.unsaved, self.error = signature, None
        return self.newest

    def anchor(self, tree: CompactRange) -> None:
        """Sign, and make the HSM hold that checkpoint."""
        newest = self.sign(tree)
        if newest.size > self.anchored or self.anchor_missing:
            self._context.set_anchor(newest.note)
            self.anchored, self._last_anchor, self.anchor_missing = newest.size, time.monotonic(), False

    def keep_up(self, tree: CompactRange) -> None:
        """Sign what nobody waits for, and anchor when it is time; a failure stays in ``error`` until one works."""
        try:
            if time.monotonic() - self._last_anchor >= ANCHOR_SECONDS:
                self.anchor(tree)
            else:
                self.sign(tree)
        except ConsoleError as error:
            self.error = error

    def unsigned(self, tree: CompactRange) -> int:
        """Return how many entries no checkpoint covers yet."""
        return tree.size - (self.newest.size if self.newest else 0)

    def _outside(self) -> list[Checkpoint]:
        """Return what came back from outside of this log; what no log key signed says nothing."""
        found = []
        for note in self._context.outside():
            with suppress(Corrupt):
                found.append(checkpoint.open_note(note, [self._context.key]))
        return found

    def compare(self, size: int, root_at: Callable[[int], bytes], *, clean: bool) -> Finding:
        """Return which row of the start-up table applies; what does not verify is the alarm."""
        try:
            anchors = [checkpoint.open_note(note, [self._context.key]) for note in self._context.anchors()]
            if any(anchor.origin != self._context.log for anchor in anchors):
                raise Corrupt("anchor_of_another_log")
            finding = decide(
                size, root_at, anchors, clean=clean, anchors_hold=self._context.anchors_hold, outside=self._outside()
            )
        except Corrupt as error:
            return Finding(Start.ALARM, (error.code,))
        self.anchored = max((anchor.size for anchor in anchors), default=0)
        self.anchor_missing = finding.start is Start.ANCHOR_UNAVAILABLE
        return finding
