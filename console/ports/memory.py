# SPDX-License-Identifier: Apache-2.0
"""The port for a folder in memory."""

from typing import Protocol


class MemoryFolder(Protocol):
    """A folder in memory for sheets that another program prints, and that is gone as soon as nobody needs it."""

    def make(self) -> str:
        """Return an empty folder; what was in one before is gone. Raises ``Unavailable`` (no_memory_folder)."""
        ...

    def is_at(self, folder: str) -> bool:
        """Return whether this is the folder that was made."""
        ...

    def remove(self) -> bool:
        """Overwrite and remove what lies there, and the folder; return whether anything lay there."""
        ...
