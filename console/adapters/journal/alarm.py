# SPDX-License-Identifier: Apache-2.0
"""A journal that cannot be opened at all: nothing to read, nothing to write, and the alarm that says why.

It stands in the place of the real one, so that the way out of the alarm is the same whatever the alarm is.
"""

from collections.abc import Callable, Iterator
from typing import NoReturn

from console.adapters.journal.context import Context
from console.adapters.journal.no_database import NoDatabase
from console.domain.canonical import Json, Object, to_base64
from console.domain.entries.entry import Checkpoint, Entry
from console.domain.errors import Corrupt
from console.domain.journal import merkle
from console.domain.record.counsel import CounselKey

UNREADABLE = frozenset(
    {
        "journal_missing",
        "journal_not_encrypted",
        "journal_of_another_station",
        "journal_key_wrong",
        "journal_damaged",
        "journal_format",
        "database_key_missing",
        "database_key_shape",
        "seal_broken",
    }
)
"""The codes under which a journal cannot be opened, and which no second try would mend."""


class AbsentJournal(NoDatabase):
    """Fits the port ``Journal``; every verb that would need a journal raises ``Corrupt`` (journal_alarm)."""

    def __init__(self, why: str, context: Context) -> None:
        self._why, self._context = why, context

    def size(self) -> int:
        """Return 0: nothing can be read."""
        return 0

    def alarm(self) -> list[str]:
        """Return why."""
        return [self._why]

    def root_at(self, size: int) -> bytes:
        """Return the root of nothing; refuse for any other size."""
        return merkle.root([]) if size == 0 else self._refuse()

    def entries(self, **_: object) -> Iterator[Entry]:
        """Refuse: an empty list would say that nothing was ever sealed or asked for."""
        self._refuse()

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Refuse."""
        self._refuse()

    def search(self, *_: object, **__: object) -> tuple[list[Entry], int]:
        """Refuse."""
        self._refuse()

    def checkpoint(self) -> Checkpoint:
        """Refuse."""
        self._refuse()

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Refuse."""
        self._refuse()

    def verify(
        self, *, deep: bool = False, entry: int | None = None, progress: Callable[[int, int], bool] | None = None
    ) -> Object:
        """Return that it does not verify, and why."""
        finding: Object = {"code": self._why, "seq": None, "detail": "found when the journal was opened"}
        return {
            "ok": False,
            "size": 0,
            "root": to_base64(merkle.root([])),
            "vouched_until": None,
            "checkpoint": "",
            "findings": [finding],
        }

    def status(self) -> Object:
        """Return the alarm."""
        return {
            "size": 0,
            "signed": 0,
            "anchored": 0,
            "alarm": self.alarm(),
            "before": list(self._context.before),
            "findings": [],
            "recording": {"light": "paper", "why": self._why, "waiting": 0, "incomplete": True},
        }

    def _refuse(self) -> NoReturn:
        raise Corrupt("journal_alarm", why=self._why)
