# SPDX-License-Identifier: Apache-2.0
"""Where ``activation release`` lets a secret appear; each fits the port ``Screen``.

``choose`` refuses before anything happens: a showing counts, and a code that is shown nowhere is lost.
"""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from console.actions.console import Console
from console.actions.credential import versions
from console.cli import files
from console.cli.call import Call
from console.cli.terminal import Terminal, write_all
from console.domain.canonical import Json
from console.domain.errors import Refused, Unavailable
from console.ports.codes import Codes
from console.ports.screen import Screen

MEMORY_FILE_SYSTEMS = ("tmpfs", "ramfs")
MOUNTS = Path("/proc/self/mountinfo")
HALVES = {(False, False): " ", (False, True): "▄", (True, False): "▀", (True, True): "█"}
"""Two modules of a QR symbol, one above the other, by whether they are dark."""
BLACK_ON_WHITE, AS_BEFORE = "\x1b[30;107m", "\x1b[0m"


def choose(call: Call, console: Console, name: str, document: dict[str, Json]) -> Screen:
    """Return the screen that the options name.

    Raises ``Refused``: release_where, qr_only_for_codes, qr_file_in_real_mode, descriptor_closed, secret_to_disk.
    """
    options, is_real = call.arguments, console.policy.roster.mode == "real"
    if options.qr is not None:
        return _picture(call, console, name, options.qr, is_real=is_real)
    if options.out is not None:
        check_descriptor(options.out, is_real=is_real)
        return DescriptorScreen(options.out)
    if not options.show:
        raise Refused("release_where")
    if call.terminal.has_terminal():
        return TerminalScreen(call.terminal)
    check_descriptor(files.STDOUT, is_real=is_real)
    if options.json:
        return DocumentScreen(document)
    return DescriptorScreen(files.STDOUT, end=b"\n")


class TerminalScreen:
    """The person's terminal, as text."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show it until it is read or its time is over."""
        return self._terminal.show(f"{title} ({kind})", secret, seconds=seconds)


class DrawnScreen:
    """The person's terminal, as a QR symbol drawn with half blocks."""

    def __init__(self, terminal: Terminal, codes: Codes) -> None:
        self._terminal = terminal
        self._codes = codes

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Draw it until it is read or its time is over."""
        drawn = memoryview(draw(self._codes.modules(str(secret, "utf-8"))).encode())
        return self._terminal.show(f"{title} ({kind})", drawn, seconds=seconds)


class PictureScreen:
    """A PNG file; never on a real station."""

    def __init__(self, file: str, codes: Codes) -> None:
        self._file = file
        self._codes = codes

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Write the picture."""
        files.write(self._file, self._codes.render(str(secret, "utf-8")))
        return "shown"


class DescriptorScreen:
    """An open descriptor of the caller: a pipe, a terminal, a file in memory."""

    def __init__(self, descriptor: int, end: bytes = b"") -> None:
        self._descriptor = descriptor
        self._end = end

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Write the secret itself."""
        if self._descriptor == files.STDOUT:
            sys.stdout.buffer.write(secret)
            sys.stdout.buffer.write(self._end)
            sys.stdout.buffer.flush()
        else:
            write_all(self._descriptor, secret)
        return "shown"


class DocumentScreen:
    """The JSON document of a script that asked for ``--show`` and has no terminal."""

    def __init__(self, document: dict[str, Json]) -> None:
        self._document = document

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Put the secret into the document."""
        self._document["secret"] = str(secret, "utf-8")
        return "shown"


def draw(modules: Sequence[Sequence[bool]]) -> str:
    """Return a QR symbol as lines of half blocks, two rows of modules in each."""
    rows = [*modules, [False] * len(modules[0])]
    lines = [
        "".join(HALVES[pair] for pair in zip(rows[at], rows[at + 1], strict=True)) for at in range(0, len(modules), 2)
    ]
    return "\n".join(f"{BLACK_ON_WHITE}{line}{AS_BEFORE}" for line in lines)


def _picture(call: Call, console: Console, name: str, file: str, *, is_real: bool) -> Screen:
    kind = versions.kind(console, name)
    if not kind.shows_code:
        raise Refused("qr_only_for_codes", name=name, kind=kind.name)
    if file == "-":
        if not call.terminal.has_terminal():
            raise Unavailable("no_terminal")
        return DrawnScreen(call.terminal, console.codes)
    if is_real:
        raise Refused("qr_file_in_real_mode")
    if not os.access(Path(file).absolute().parent, os.W_OK) or Path(file).is_dir():
        raise Unavailable("not_written", path=file, why="the folder cannot be written to")
    return PictureScreen(file, console.codes)


def check_descriptor(descriptor: int, *, is_real: bool) -> None:
    try:
        found = os.fstat(descriptor)
    except OSError as error:
        raise Refused("descriptor_closed", descriptor=descriptor) from error
    if is_real and stat.S_ISREG(found.st_mode) and not _is_in_memory(descriptor, found.st_dev):
        raise Refused("secret_to_disk", descriptor=descriptor)


def _is_in_memory(descriptor: int, device: int) -> bool:
    """Say whether an open file lies in memory: a memfd, or a file system of memory (proc(5), mountinfo)."""
    if str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith("/memfd:"):
        return True
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in MOUNTS.read_text().splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == number:
            return after.split()[0] in MEMORY_FILE_SYSTEMS
    return False
