# SPDX-License-Identifier: Apache-2.0
"""The station's durable files: whole or not at all, on the station's disk and on the second medium.

Everything here is safe in the clear: records, tables, slots and genesis are sealed or signed. A missing second
medium must not keep anybody from an emergency: what could not be copied is listed in ``unmirrored``, said aloud by
``station check``, and copied as soon as the medium is back.
"""

from pathlib import Path

from console.adapters import machine
from console.domain.errors import ConsoleError, Misused, Unavailable

UNMIRRORED = "unmirrored"


class FolderVault:
    """Files under two roots; names are relative paths with ``/``."""

    def __init__(self, folder: Path, mirror: Path) -> None:
        self._folder = folder
        self._mirror = mirror

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""
        try:
            return _path(self._folder, name).read_bytes()
        except FileNotFoundError as error:
            raise Unavailable("file_missing", name=name) from error

    def write(self, name: str, data: bytes) -> None:
        """Write durably here and on the mirror; raises ``Unavailable`` (disk_full) when the station's disk is."""
        # The mirror first: a kill between the two leaves a copy that is ahead, never one that is missing unseen.
        try:
            self._copy(name, data)
        except (OSError, ConsoleError):
            self._note_unmirrored(name)
        _write(_path(self._folder, name), data)

    def remove(self, name: str) -> None:
        """Remove on the mirror and here, durably; a missing file is no error."""
        if self._mirror.is_dir():
            machine.remove_durably(_path(self._mirror, name))
        machine.remove_durably(_path(self._folder, name))

    def names(self, prefix: str) -> list[str]:
        """Return the names of the station's own files in a folder (``prefix`` ends with ``/``), in order."""
        found = (self._folder / prefix).rglob("*")
        return sorted(
            path.relative_to(self._folder).as_posix()
            for path in found
            if path.is_file() and not path.name.startswith(".")
        )

    def unmirrored(self) -> list[str]:
        """Return the names that the second medium lacks, after trying to copy them."""
        names = self._noted()
        if not names or not self._mirror.is_dir():
            return names
        for name in names:
            if _path(self._folder, name).exists():
                self._copy(name, self.read(name))
        machine.remove_durably(self._folder / UNMIRRORED)
        return []

    def _copy(self, name: str, data: bytes) -> None:
        if not self._mirror.is_dir():
            raise Unavailable("mirror_missing", folder=str(self._mirror))
        _write(_path(self._mirror, name), data)

    def _note_unmirrored(self, name: str) -> None:
        names = dict.fromkeys([*self._noted(), name])
        machine.write_durably(self._folder / UNMIRRORED, "\n".join(names).encode())

    def _noted(self) -> list[str]:
        file = self._folder / UNMIRRORED
        return file.read_text().split("\n") if file.exists() else []


def _write(path: Path, data: bytes) -> None:
    machine.make_folder(path.parent)
    machine.write_durably(path, data)


def _path(root: Path, name: str) -> Path:
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise Misused("file_name", name=name)
    return root / name
