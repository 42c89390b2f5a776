# SPDX-License-Identifier: Apache-2.0
"""A process that writes entries and says which were acknowledged: ``writer FOLDER FIRST COUNT``.

What its HSM holds lies in the folder, too, so that the next process finds it.
"""

import sys
from pathlib import Path

from console.domain.errors import Unavailable
from tests.support.journals import Surroundings, draft


def surroundings(folder: Path) -> Surroundings:
    """Return the surroundings of the journal in a folder, with what its HSM held."""
    around = Surroundings(folder)
    for name, held in (("anchor", around.anchored), ("head", around.heads)):
        file = folder / name
        held[:] = [file.read_bytes()] if file.exists() and file.stat().st_size else []
    around.opening_keys["act:act-1"] = bytes(32)
    return around


def keep(around: Surroundings) -> None:
    """Keep what the HSM holds."""
    for name, held in (("anchor", around.anchored), ("head", around.heads)):
        made = around.folder / f"{name}.new"
        made.write_bytes(held[0] if held else b"")
        made.replace(around.folder / name)


class Kept(Surroundings):
    """Surroundings whose HSM outlives the process at each change."""

    def set_anchor(self, note: bytes) -> None:
        """Hold it, and keep it."""
        super().set_anchor(note)
        keep(self)

    def set_head(self, note: bytes) -> None:
        """Hold it, and keep it."""
        super().set_head(note)
        keep(self)


def main(folder: Path, first: int, count: int) -> None:
    """Write, and say on stdout what was acknowledged."""
    known = surroundings(folder)
    around = Kept(folder, anchored=known.anchored, heads=known.heads, opening_keys=known.opening_keys)
    with around.record() as recorder:
        for number in range(first, first + count):
            try:
                recorder.append(
                    [draft(number, body={"number": number}, fields={"why": "x" * 300})], critical=number % 2 == 0
                )
            except Unavailable as error:
                sys.stdout.write(f"refused {error.code}\n")
            else:
                sys.stdout.write(f"{number} {recorder.light()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
