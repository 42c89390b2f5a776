# SPDX-License-Identifier: Apache-2.0
"""What a journal cannot do whose database is not open."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import NoReturn

from console.adapters.journal.closing import Closing
from console.domain.canonical import Object
from console.domain.entries.entry import Draft, Entry
from console.domain.journal.proof import Proof
from console.domain.record.counsel import CounselKey


class NoDatabase(Closing):
    """Takes no entry and hands nothing on."""

    @abstractmethod
    def _refuse(self) -> NoReturn:
        """Raise what says why the database is not open."""

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Refuse."""
        self._refuse()

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: Mapping[str, CounselKey] | None = None,
        progress: Callable[[int, int], bool] | None = None,
    ) -> Object:
        """Refuse."""
        self._refuse()

    def prove(self, seq: int, *, audience: str, counsel: Mapping[str, CounselKey] | None = None) -> Proof:
        """Refuse."""
        self._refuse()

    def copy_to(self, file: PurePath) -> bool:
        """Return False: no database is open."""
        return False

    def close(self) -> None:
        """Nothing is open."""
