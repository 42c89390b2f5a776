# SPDX-License-Identifier: Apache-2.0
"""The port for the append-only log."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Protocol

from console.domain.canonical import Json, Object
from console.domain.entries.entry import Checkpoint, Draft, Entry
from console.domain.journal.proof import Proof
from console.domain.journal.search import Search
from console.domain.record.counsel import CounselKey
from console.ports.progress import Progress


class Journal(Protocol):
    """The append-only log. ``append`` returns when it is durable; critical: also signed, anchored and mirrored."""

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append in one transaction, in this order."""

    def size(self) -> int:
        """Return the number of acknowledged entries."""

    def entries(
        self,
        *,
        act: str | None = None,
        type_: str | None = None,
        after: int = -1,
        before: int | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Yield entries with ``after`` < seq < ``before``, filtered."""

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Return the committed fields of an entry that this station, or a key of counsel's, can open, each checked."""

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return one page, newest first, and down to which entry it has looked (0: no more)."""

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything acknowledged (signing it now if need be)."""

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the RFC 9162 consistency proof from ``old_size`` to ``size``, by default the newest checkpoint."""

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

    def prove(self, seq: int, *, audience: str, counsel: Mapping[str, CounselKey] | None = None) -> Proof:
        """Return the C2SP proof of one entry, with what this audience may see of it."""

    def alarm(self) -> list[str]:
        """Return why nothing is written any more; empty while all is well."""

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""

    def status(self) -> Object:
        """Return how the last start compared with the anchors, whether the mirror takes entries, and earlier alarms.

        ``recording``: ``light`` (recording, reserve, paper: what takes entries), ``why``, ``waiting`` (how many entries
        wait for the log), ``incomplete`` (some that were written cannot be read just now).
        """
