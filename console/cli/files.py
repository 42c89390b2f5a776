# SPDX-License-Identifier: Apache-2.0
"""Files named on the command line: ``-`` is stdin or stdout; TOML comes in as plain values, its texts in NFC."""

import os
import sys
from pathlib import Path

from console.cli import text
from console.cli.call import Reply
from console.domain import toml
from console.domain.canonical import Object
from console.domain.errors import Refused, Unavailable
from console.domain.handoff.frames import MAX_FILES_BYTES
from console.settings import load_toml

STDIN, STDOUT = 0, 1


def read(name: str) -> bytearray:
    """Return a file's bytes in a buffer that can be wiped.

    Raises ``Unavailable`` (file_unreadable), ``Refused`` (files_too_large: more than 256 MiB).
    """
    try:
        if name == "-":
            return _read_all(STDIN, name)
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _read_all(descriptor, name)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unavailable("file_unreadable", file=name, why=os.strerror(error.errno or 0)) from error


def read_toml(name: str) -> Object:
    """Return the table of a TOML file as plain values; ``Refused`` (toml_wrong), and as ``plain.values``."""
    return toml.values(load_toml(bytes(read(name)), name), name)


def as_text(value: str, source: str, field: str) -> str:
    """Return a text in NFC; ``Refused`` (toml_value) for an unknown letter."""
    return toml.as_text(value, source, field)


def write(name: str, data: bytes) -> None:
    """Write a result for its owner only; ``Unavailable`` (not_written)."""
    if name == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from console.wiring.station import write_out

    write_out(Path(name), data)


def hand_over(name: str, data: bytes) -> Reply[Object]:
    """Write a result for its owner only and return the reply that names its file; as ``write``."""
    write(name, data)
    return written([name], to_stderr=name == "-")


def written(names: list[str], *, to_stderr: bool = False) -> Reply[Object]:
    """Return the reply that names the files that were written."""
    return Reply({"files": names}, text.written, to_stderr=to_stderr)


def write_numbered(folder: str, stem: str, parts: list[bytes]) -> list[str]:
    """Write pictures into a folder as stem-1.png, stem-2.png, …; return their names."""
    try:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("not_written", path=folder, why=os.strerror(error.errno or 0)) from error
    names = [str(Path(folder, f"{stem}-{number}.png")) for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        write(name, part)
    return names


def _read_all(descriptor: int, name: str) -> bytearray:
    whole, part = bytearray(), bytearray(64 * 1024)
    while size := os.readv(descriptor, [part]):
        whole += part[:size]
        if len(whole) > MAX_FILES_BYTES:
            raise Refused("files_too_large", file=name, most=MAX_FILES_BYTES)
    part[:] = bytes(len(part))
    return whole
