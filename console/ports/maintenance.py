# SPDX-License-Identifier: Apache-2.0
"""The port for the care of the journal."""

from pathlib import PurePath
from typing import Protocol

from console.domain.canonical import Object


class Maintenance(Protocol):
    """Tells how the journal is, and lets it be copied."""

    def status(self) -> Object:
        """Return how the last start compared with the anchors, whether the mirror takes entries, and earlier alarms.

        ``recording``: ``light`` (recording, reserve, paper: what takes entries), ``why``, ``waiting`` (how many entries
        wait for the log), ``incomplete`` (some that were written cannot be read just now).
        """

    def copy_to(self, file: PurePath) -> bool:
        """Copy the open database, between two commits; return False where none is open, and its file says it all."""
