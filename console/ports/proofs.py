# SPDX-License-Identifier: Apache-2.0
"""The port for what the journal proves, to this station and to others."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Protocol

from console.domain.canonical import Object
from console.domain.entries.entry import Checkpoint
from console.domain.journal.proof import Proof
from console.domain.record.counsel import CounselKey
from console.ports.progress import Progress


class Proofs(Protocol):
    """Proves what was appended (C2SP tlog, RFC 9162)."""

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything acknowledged (signing it now if need be)."""

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the RFC 9162 consistency proof from ``old_size`` to ``size``, by default the newest checkpoint."""

    def prove(self, seq: int, *, audience: str, counsel: Mapping[str, CounselKey] | None = None) -> Proof:
        """Return the C2SP proof of one entry, with what this audience may see of it."""

    def verify(self, *, deep: bool = False, entry: int | None = None, progress: Progress | None = None) -> Object:
        """Return the verdict of `journal verify`; ``progress(done, total)`` may return False to cancel.

        Of one ``entry``: ``size``, ``root``, ``steps`` of the newest state that is signed already and in which it
        stands, checked; ``Refused`` (nothing_signed): none reaches it. Nothing is signed or written for it.
        """

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: Mapping[str, CounselKey] | None = None,
        progress: Progress | None = None,
    ) -> Object:
        """Write the C2SP tiles, openings, policy and verifier into an empty folder; ``counsel``: opened keys."""
