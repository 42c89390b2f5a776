# SPDX-License-Identifier: Apache-2.0
"""The port for where sheets with secrets come out."""

from typing import Protocol

from console.domain.canonical import Object


class Press(Protocol):
    """Where sheets with secrets come out: a printer or a folder in memory; on a disk in a drill only."""

    def check(self) -> Object:
        """Return ``to`` (printer, memory, disk) and ``where``.

        Raises ``Unavailable`` (printer_missing, folder_missing), ``Refused`` (sheets_not_on_disk, spool_on_disk).
        """

    def put(self, name: str, page: bytes, copies: int) -> None:
        """Bring out one page; raises ``Unavailable`` (not_printed, not_written)."""
