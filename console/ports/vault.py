# SPDX-License-Identifier: Apache-2.0
"""The port for the station's durable files."""

from typing import Protocol


class Files(Protocol):
    """Files of a station, wherever they lie."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""

    def names(self, prefix: str) -> list[str]:
        """Return the names of the files in a folder (``prefix`` ends with ``/``), in order."""


class Vault(Files, Protocol):
    """The station's durable files: whole or not at all, mirrored to the second medium."""

    def write(self, name: str, data: bytes) -> None:
        """Write durably here and on the mirror: temporary, fsync, rename, fsync of the folder."""

    def remove(self, name: str) -> None:
        """Remove here and on the mirror, durably; a missing file is no error."""

    def unmirrored(self) -> list[str]:
        """Return the names that the second medium lacks, after trying to copy some of them."""

    def meet_medium(self) -> None:
        """Note all that a second medium may lack which was not the last one to be here."""

    def is_apart(self) -> bool:
        """Return whether the second medium, as far as it is there, is another disk than the station's."""
