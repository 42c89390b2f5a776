# SPDX-License-Identifier: Apache-2.0
"""A folder in memory for sheets that another program prints: made here, and gone with everything in it.

Nothing of it reaches a disk but by swap, as with every memory file system.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from console.adapters.paper.press import in_memory
from console.domain.errors import Unavailable

SHARED = Path("/dev/shm")  # noqa: S108 - only ever a new folder of our own in it
PREFIX = "breakglass-sheets-"


class MemoryFolder:
    """One at a time, for its owner only."""

    def __init__(self, environment: Mapping[str, str], shared: Path = SHARED) -> None:
        own = environment.get("XDG_RUNTIME_DIR")
        self._places = [Path(own), shared] if own else [shared]
        self._made: Path | None = None

    def make(self) -> str:
        """Return an empty folder; what was in one before is gone. ``Unavailable`` (no_memory_folder)."""
        self.remove()
        for place in self._places:
            if place.is_dir() and in_memory(place) and os.access(place, os.W_OK | os.X_OK):
                _remove_left(place)
                self._made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
                return str(self._made)
        raise Unavailable("no_memory_folder")

    def is_at(self, folder: str) -> bool:
        """Return whether this is the folder that was made."""
        return self._made == Path(folder)

    def remove(self) -> bool:
        """Overwrite and remove what lies there, and the folder; return whether anything lay there."""
        made, self._made = self._made, None
        return made is not None and made.exists() and _removed(made)


def _removed(folder: Path) -> bool:
    # Under another name first: whoever still writes pages into it gets an error instead of leaving one behind.
    going = folder.rename(folder.with_name(f"{folder.name}-going"))
    pages = [page for page in going.rglob("*") if page.is_file() and not page.is_symlink()]
    for page in pages:
        with page.open("r+b") as file:
            file.write(bytes(page.stat().st_size))
    # Whoever printed from it may have left a folder of their own there.
    shutil.rmtree(going)
    return bool(pages)


def _remove_left(place: Path) -> None:
    """Remove what a program that was killed has left there."""
    for left in place.glob(f"{PREFIX}*"):
        owner, told = left.name.removeprefix(PREFIX).split("-")[0], left.lstat()
        # Everybody may plant a name there: a link would have our own files overwritten.
        is_ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid()
        if is_ours and not Path("/proc", owner).exists():
            _removed(left)
