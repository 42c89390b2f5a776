# SPDX-License-Identifier: Apache-2.0
"""What an open log proves: its tree, one entry, all of it, to this station and to others."""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from console.adapters.journal import tail
from console.adapters.journal.context import Context
from console.adapters.journal.log import Log
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object
from console.domain.entries.entry import Checkpoint
from console.domain.journal import merkle
from console.domain.journal.proof import Proof

if TYPE_CHECKING:
    from console.domain.record.counsel import CounselKey  # few verbs need it


class LogProofs:
    """Fits the port ``Proofs``."""

    def __init__(self, thread: JournalThread, context: Context) -> None:
        self.thread, self.context = thread, context

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        return cast(bytes, self.thread.run(lambda log: log.root_at(size)))

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything acknowledged, signing it now if need be."""
        return cast(Checkpoint, self.thread.run(Log.sign))

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that ``size`` entries (None: those of the newest checkpoint) continue ``old_size``."""

        def prove(log: Log) -> list[bytes]:
            return merkle.consistency_proof(old_size, size or log.sign().size, tail.node_source(log.db))

        return cast(list[bytes], self.thread.run(prove))

    def verify(
        self, *, deep: bool = False, entry: int | None = None, progress: Callable[[int, int], bool] | None = None
    ) -> Object:
        """Return the verdict of `journal verify`; ``progress(done, total)`` may return False to cancel.

        Of one ``entry``: the signed state it stands in; ``Refused``: nothing_signed.
        """
        from console.adapters.journal import proof, verification

        if entry is not None:
            return proof.found_in(self.thread, self.context, entry)
        return verification.verify(self.thread, self.context, deep=deep, progress=progress)

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: "Mapping[str, CounselKey] | None" = None,
        progress: Callable[[int, int], bool] | None = None,
    ) -> Object:
        """Write the tiles, openings, policy, format page and verifier into an empty folder.

        ``counsel``: the keys of the counsel track that a reader has opened, by name. Called off, it leaves nothing.
        """
        from console.adapters.journal import export

        opener = export.opener(self.context, audience, counsel or {})
        return export.export(self.thread, self.context, Path(folder), opener, progress)

    def prove(self, seq: int, *, audience: str, counsel: "Mapping[str, CounselKey] | None" = None) -> Proof:
        """Return the proof of one entry, and what opens of it; ``Refused``: unknown_entry, nothing_signed."""
        from console.adapters.journal import export, proof

        return proof.prove(self.thread, self.context, seq, export.opener(self.context, audience, counsel or {}))
