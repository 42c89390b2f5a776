# SPDX-License-Identifier: Apache-2.0
"""The port for a folder on another disk."""

from pathlib import PurePath
from typing import Protocol

from console.ports.vault import Files


class Medium(Files, Protocol):
    """A folder on another disk: a backup, or what a station is restored from."""

    @property
    def folder(self) -> PurePath:
        """Where it lies."""

    def prepare(self) -> None:
        """Make it ready to be written; ``Refused``: folder_not_empty, backup_same_disk."""

    def write(self, name: str, data: bytes) -> None:
        """Write durably."""

    def sha256(self, name: str) -> bytes:
        """Return the hash of a file, however large."""
