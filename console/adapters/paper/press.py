# SPDX-License-Identifier: Apache-2.0
"""Where sheets with secrets come out: a printer, or a folder in memory; on a disk in a drill only.

CUPS writes what it prints into its spool first: so outside a drill the spool must lie in memory too.
"""

import ctypes
import shutil
from collections.abc import Mapping
from pathlib import Path

from console.adapters.child import Limits, drawn, feed
from console.adapters.machine import write_durably
from console.domain.canonical import Object
from console.domain.errors import Refused, Unavailable

PRINTER = "printer"
SPOOL = Path("/var/spool/cups")
IN_MEMORY = (0x01021994, 0x858458F6)  # TMPFS_MAGIC, RAMFS_MAGIC: statfs(2)
ANSWER_LIMIT_S = 10.0
PRINT_LIMIT_S = 60.0
LISTING = Limits(seconds=3.0, memory=512 * 1024 * 1024, output=64 * 1024)


class SheetPress:
    """Fits the port ``Press``; ``out`` is ``printer``, ``printer:NAME`` (one of ``printers``) or a folder."""

    def __init__(self, out: str, *, drill: bool, environment: Mapping[str, str], spool: Path = SPOOL) -> None:
        self._out = out
        kind, _, self._name = out.partition(":")
        self._is_printer = kind == PRINTER
        self._drill = drill
        self._environment = environment
        self._spool = spool

    def check(self) -> Object:
        """Return where pages will come out, if they may."""
        if self._is_printer:
            return self._check_printer()
        folder = Path(self._out)
        if not folder.is_dir():
            raise Unavailable("folder_missing", folder=self._out)
        is_memory = in_memory(folder)
        if not is_memory and not self._drill:
            raise Refused("sheets_not_on_disk", folder=self._out)
        return {"to": "memory" if is_memory else "disk", "where": str(folder)}

    def put(self, name: str, page: bytes, copies: int) -> None:
        """Print so many copies, or write one file that is printed so often."""
        self.check()
        if not self._is_printer:
            write_durably(Path(self._out) / name, page)
            return
        named = ["-d", self._name] if self._name else []
        command = [self._tool("lp"), "-s", "-n", str(copies), "-t", name, *named]
        if not feed(command, page, self._environment, limit_s=PRINT_LIMIT_S):
            raise Unavailable("not_printed", name=name)

    def _check_printer(self) -> Object:
        if not self._drill and self._spool.exists() and not in_memory(self._spool):
            raise Refused("spool_on_disk", folder=str(self._spool))
        if not feed([self._tool("lpstat"), "-a"], b"", self._environment, limit_s=ANSWER_LIMIT_S):
            raise Unavailable("printer_missing")
        if self._name and self._name not in printers(self._environment):
            raise Unavailable("printer_missing")
        return {"to": PRINTER, "where": self._name or PRINTER}

    def _tool(self, name: str) -> str:
        found = shutil.which(name, path=self._environment.get("PATH"))
        if found is None:
            raise Unavailable("printer_missing")
        return found


def printers(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the printers that the print system knows; none where there is no print system."""
    tool = shutil.which("lpstat", path=environment.get("PATH"))
    said = drawn([tool, "-a"], b"", environment, LISTING) if tool else None
    # A line that begins with a blank goes on about the printer before it.
    lines = (said or b"").decode(errors="replace").splitlines()
    return [line.split()[0] for line in lines if line[:1].strip()]


def in_memory(folder: Path) -> bool:
    """Return whether a folder lies in a memory file system (tmpfs, ramfs)."""
    room = ctypes.create_string_buffer(256)
    # struct statfs begins with f_type, of the size of a long.
    if ctypes.CDLL(None, use_errno=True).statfs(bytes(folder), room) != 0:
        raise Unavailable("folder_missing", folder=str(folder))
    return ctypes.c_long.from_buffer(room).value in IN_MEMORY
