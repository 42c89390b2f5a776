# SPDX-License-Identifier: Apache-2.0
"""How a hand-over leaves and comes in on the command line: a folder of pictures, one page, a file, or stdout."""

from collections.abc import Sequence
from pathlib import Path

from console.actions.handoff import transfer
from console.cli import files
from console.domain.errors import Refused
from console.domain.handoff.frames import CARD, CHANGE, PIN_CARD, SIGNATURE

FILE_SUFFIX = ".bg"
OTHERS = {CARD: "not_a_card", CHANGE: "not_a_change", SIGNATURE: "not_a_signature", PIN_CARD: "not_a_pin_card"}
"""Kind that belongs here -> what is said of anything else."""


def bring_out(out: str, stem: str, data: bytes) -> list[str]:
    """Write an object where ``out`` says; return the names of what was written.

    ``-`` or ``*.bg``: its plain bytes. ``*.png``: one page with every picture. Anything else: a folder of pictures.
    """
    from console.wiring.station import codes

    if out == "-" or out.endswith(FILE_SUFFIX):
        files.write(out, data)
        return [out]
    if out.endswith(".png"):
        files.write(out, transfer.page(codes(), data))
        return [out]
    return files.write_numbered(out, stem, transfer.pictures(codes(), data))


def take_in(names: Sequence[str], wanted: str | None = None) -> bytes:
    """Return the object that pictures or a file hold; a folder stands for the files in it.

    ``Refused`` (not_a_card, …) for what is not of the ``wanted`` kind: it is a slip, no evidence.
    """
    from console.wiring.station import codes

    found = [path for name in names for path in files_of(name)]
    data = transfer.take_in(codes(), {name: bytes(files.read(name)) for name in found})
    if wanted is not None and transfer.kind_of(data) != wanted:
        raise Refused(OTHERS[wanted])
    return data


def files_of(name: str) -> list[str]:
    """Return the files that a name stands for: of a folder, those in it."""
    if name == "-" or not Path(name).is_dir():
        return [name]
    return [str(path) for path in sorted(Path(name).iterdir()) if path.is_file()]
