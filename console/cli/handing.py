# SPDX-License-Identifier: Apache-2.0
"""How a hand-over leaves and comes in on the command line: a folder of pictures, one page, a file, or stdout."""

from collections.abc import Sequence
from pathlib import Path

from console.actions import handoff
from console.cli import files

FILE_SUFFIX = ".bg"


def bring_out(out: str, stem: str, data: bytes) -> list[str]:
    """Write an object where ``out`` says; return the names of what was written.

    ``-`` or ``*.bg``: its plain bytes. ``*.png``: one page with every picture. Anything else: a folder of pictures.
    """
    from console.wiring import codes

    if out == "-" or out.endswith(FILE_SUFFIX):
        files.write(out, data)
        return [out]
    if out.endswith(".png"):
        files.write(out, handoff.page(codes(), data))
        return [out]
    return files.write_numbered(out, stem, handoff.pictures(codes(), data))


def take_in(names: Sequence[str]) -> bytes:
    """Return the object that pictures or a file hold; a folder stands for the files in it."""
    from console.wiring import codes

    found = [path for name in names for path in _files(name)]
    return handoff.take_in(codes(), {name: bytes(files.read(name)) for name in found})


def _files(name: str) -> list[str]:
    if name == "-" or not Path(name).is_dir():
        return [name]
    return [str(path) for path in sorted(Path(name).iterdir()) if path.is_file()]
