# SPDX-License-Identifier: Apache-2.0
"""The station's durable files: whole or not at all, on the station's disk and on the second medium.

Everything here is safe in the clear: records, tables, slots and genesis are sealed or signed. A missing second
medium must not keep anybody from an emergency: what could not be copied is listed in ``unmirrored``, said aloud by
``station check``, and copied as soon as the medium is back.
"""

import hashlib
import os
from pathlib import Path

from console.adapters import machine
from console.domain.errors import ConsoleError, Misused, Refused, Unavailable

UNMIRRORED = "unmirrored"


class FolderVault:
    """Files under two roots; names are relative paths with ``/``. A keyholder's own console has no second medium."""

    def __init__(self, folder: Path, mirror: Path | None) -> None:
        self._folder = folder
        self._mirror = mirror

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""
        return _read(self._folder, name)

    def write(self, name: str, data: bytes) -> None:
        """Write durably here and on the mirror; raises ``Unavailable`` (disk_full) when the station's disk is."""
        # The mirror first: a kill between the two leaves a copy that is ahead, never one that is missing unseen.
        if self._mirror is not None:
            self._write_mirror(self._mirror, name, data)
        _write(_path(self._folder, name), data)

    def remove(self, name: str) -> None:
        """Remove on the mirror and here, durably; a missing file is no error."""
        if self._mirror is not None and self._mirror.is_dir():
            machine.remove_durably(_path(self._mirror, name))
        machine.remove_durably(_path(self._folder, name))

    def names(self, prefix: str) -> list[str]:
        """Return the names of the station's own files in a folder (``prefix`` ends with ``/``), in order."""
        return _names(self._folder, prefix)

    def unmirrored(self) -> list[str]:
        """Return the names that the second medium lacks, after trying to copy them."""
        names = self._noted()
        if not names or self._mirror is None or not self._mirror.is_dir():
            return names
        for name in names:
            if _path(self._folder, name).exists():
                _copy(self._mirror, name, self.read(name))
        machine.remove_durably(self._folder / UNMIRRORED)
        return []

    def _write_mirror(self, mirror: Path, name: str, data: bytes) -> None:
        try:
            _copy(mirror, name, data)
        except (OSError, ConsoleError):
            self._note_unmirrored(name)

    def _note_unmirrored(self, name: str) -> None:
        names = dict.fromkeys([*self._noted(), name])
        machine.write_durably(self._folder / UNMIRRORED, "\n".join(names).encode())

    def _noted(self) -> list[str]:
        file = self._folder / UNMIRRORED
        return file.read_text().split("\n") if file.exists() else []


def _copy(mirror: Path, name: str, data: bytes) -> None:
    if not mirror.is_dir():
        raise Unavailable("mirror_missing", folder=str(mirror))
    _write(_path(mirror, name), data)


class BackupFolder:
    """Fits ``ports.Medium``: a folder that must lie on another disk than the station's, unless that is asked for."""

    def __init__(self, folder: Path, station: Path, *, same_disk: bool = False) -> None:
        self.folder = folder
        self._station, self._same_disk = station, same_disk

    def prepare(self) -> None:
        """Make the folder; ``Refused`` unless it is empty and on another disk."""
        machine.make_folder(self.folder.absolute())
        if any(self.folder.iterdir()):
            raise Refused("folder_not_empty", folder=str(self.folder))
        if not self._same_disk and self.folder.stat().st_dev == self._station.stat().st_dev:
            raise Refused("backup_same_disk", folder=str(self.folder))

    def read(self, name: str) -> bytes:
        """Return a file's bytes; ``Unavailable`` (backup_absent) if it is not there."""
        try:
            return _read(self.folder, name)
        except Unavailable as error:
            if error.code != "file_missing":
                raise
            raise Unavailable("backup_absent", folder=str(self.folder), name=name) from error

    def write(self, name: str, data: bytes) -> None:
        """Write durably."""
        _write(_path(self.folder, name), data)

    def names(self, prefix: str) -> list[str]:
        """Return the names of its files, in order."""
        return _names(self.folder, prefix)

    def sha256(self, name: str) -> bytes:
        """Return the hash of a file, read in parts."""
        with _path(self.folder, name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()


def _read(root: Path, name: str) -> bytes:
    try:
        return _path(root, name).read_bytes()
    except FileNotFoundError as error:
        raise Unavailable("file_missing", name=name) from error
    except OSError as error:
        raise Unavailable(
            "file_unreadable", file=str(root / name), why=os.strerror(error.errno or 0)
        ) from error


def _names(root: Path, prefix: str) -> list[str]:
    found = (root / prefix).rglob("*")
    return sorted(
        path.relative_to(root).as_posix()
        for path in found
        if path.is_file() and not path.name.startswith(".")
    )


def _write(path: Path, data: bytes) -> None:
    machine.make_folder(path.parent)
    machine.write_durably(path, data)


def _path(root: Path, name: str) -> Path:
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise Misused("file_name", name=name)
    return root / name
