# SPDX-License-Identifier: Apache-2.0
"""The station's durable files: whole or not at all, on the station's disk and on the second medium.

Everything here is safe in the clear: records, tables, slots and genesis are sealed or signed. A second medium that is
missing, full or read-only must not keep anybody from an emergency: what could not be copied is listed in
``unmirrored``, said aloud by ``station check``, and copied as soon as it can be. A medium that was not the last one to
be here may lack anything: all is compared, and what differs is copied.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from console.adapters import machine
from console.domain.canonical import decode_object
from console.domain.errors import ConsoleError, Misused, Refused, Unavailable

UNMIRRORED = "unmirrored"
MEDIUM, LAST_MEDIUM = "medium", "last-medium"
"""The name that a second medium was given, on it; and on the station's disk that of the last one to be here."""
FIRST_FILE, NAME_BYTES = "genesis.json", 8
MOST_BYTES = 1024 * 1024
"""What the founding document and a medium's name never reach."""
MOST_AT_ONCE = 256
"""Files that one act copies at the most: a new medium is filled over several acts, never in one long wait."""


class FolderVault:
    """Files under two roots; names are relative paths with ``/``. A keyholder's own console has no second medium.

    ``mirrored``: how the names of what lies on both begin.
    """

    def __init__(self, folder: Path, mirror: Path | None, mirrored: Sequence[str] = ()) -> None:
        self._folder = folder
        self._mirror = mirror
        self._mirrored = tuple(mirrored)

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""
        return _read(self._folder, name)

    def write(self, name: str, data: bytes) -> None:
        """Write durably here and on the mirror; raises ``Unavailable`` (disk_full) when the station's disk is."""
        # The mirror first: a kill between the two leaves a copy that is ahead, never one that is missing unseen.
        if self._mirror is not None:
            self._write_mirror(name, data)
        _write(_path(self._folder, name), data)

    def remove(self, name: str) -> None:
        """Remove on the mirror and here, durably; a missing file is no error."""
        if (mirror := self._present()) is not None:
            try:
                machine.remove_durably(_on_medium(mirror, name))
            except ConsoleError:
                self._note_unmirrored(name)
        machine.remove_durably(_path(self._folder, name))

    def names(self, prefix: str) -> list[str]:
        """Return the names of the station's own files in a folder (``prefix`` ends with ``/``), in order."""
        return _names(self._folder, prefix)

    def unmirrored(self) -> list[str]:
        """Return the names that the second medium lacks, after trying to copy some of them."""
        names, mirror = self._noted(), self._present()
        if not names or mirror is None:
            return names
        left = _uncopied(self._folder, mirror, names)
        if left != names:
            self._note(left)
        return left

    def meet_medium(self) -> None:
        """Note all that a second medium may lack which was not the last one to be here, and give it a name."""
        mirror = self._present()
        if mirror is None:
            return
        last, name = _text(self._folder / LAST_MEDIUM), _text(mirror / MEDIUM)
        if name and name == last:
            return
        known = (found for found in self.names("") if found.startswith(self._mirrored))
        self._note([*dict.fromkeys([*self._noted(), *known])])
        # A medium that cannot be named is met again each time, until it can be written.
        with suppress(ConsoleError):
            if not name:
                name = secrets.token_hex(NAME_BYTES)
                machine.write_durably(mirror / MEDIUM, name.encode())
            machine.write_durably(self._folder / LAST_MEDIUM, name.encode())

    def is_apart(self) -> bool:
        """Return whether the second medium, as far as it is there, is another disk than the station's."""
        mirror = self._mirror
        if mirror is None or not _is_there(mirror):
            return True
        return mirror.stat().st_dev != self._folder.stat().st_dev

    def _present(self) -> Path | None:
        """Return the second medium, if it is there and not another station's: nothing there is overwritten."""
        if self._mirror is None or not _is_there(self._mirror):
            return None
        last = _text(self._folder / LAST_MEDIUM)
        is_known = not last or _text(self._mirror / MEDIUM) == last
        return self._mirror if is_known or not _is_anothers(self._mirror, self._folder) else None

    def _write_mirror(self, name: str, data: bytes) -> None:
        mirror = self._present()
        try:
            if mirror is not None:
                _write(_on_medium(mirror, name), data)
                return
        except ConsoleError:
            pass
        self._note_unmirrored(name)

    def _note_unmirrored(self, name: str) -> None:
        self._note([*dict.fromkeys([*self._noted(), name])])

    def _note(self, names: Sequence[str]) -> None:
        if names:
            machine.write_durably(self._folder / UNMIRRORED, "\n".join(names).encode())
        else:
            machine.remove_durably(self._folder / UNMIRRORED)

    def _noted(self) -> list[str]:
        file = self._folder / UNMIRRORED
        return file.read_text().split("\n") if file.exists() else []


def _uncopied(folder: Path, mirror: Path, names: Sequence[str]) -> list[str]:
    """Bring the second medium up to date with these files; return those that it still lacks."""
    left, copied = list[str](), 0
    for name in names:
        try:
            if copied < MOST_AT_ONCE:
                copied += _bring(folder, mirror, name)
                continue
        except (OSError, ConsoleError):
            pass
        left.append(name)
    return left


def _bring(folder: Path, mirror: Path, name: str) -> bool:
    """Copy one file, or take it away where it is gone here; return whether anything was to be done."""
    copy = _on_medium(mirror, name)
    if not _path(folder, name).exists():
        machine.remove_durably(copy)
        return True
    data = _read(folder, name)
    if copy.is_file() and not copy.is_symlink() and machine.read_plain(copy, len(data)) == data:
        return False
    _write(copy, data)
    return True


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # a medium that fails says so to whoever asks anything of it
        return False


def _is_anothers(mirror: Path, folder: Path) -> bool:
    """Return whether a medium holds the founding document of another station; a torn one is copied again."""
    try:
        theirs, ours = (decode_object(machine.read_plain(at / FIRST_FILE, MOST_BYTES)) for at in (mirror, folder))
    except (OSError, ConsoleError):
        return False
    return theirs.get("roster") != ours.get("roster")


def _text(file: Path) -> str:
    try:
        return machine.read_plain(file, MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError):
        return ""


def _on_medium(mirror: Path, name: str) -> Path:
    """Return where a file lies on the second medium; ``Unavailable`` (not_written) where a link there leads away."""
    path = _path(mirror, name)
    if not Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(mirror)):
        raise Unavailable("not_written", path=str(path), why=os.strerror(errno.ELOOP))
    return path


class BackupFolder:
    """Fits the port ``Medium``: a folder that must lie on another disk than the station's, unless that is asked for."""

    def __init__(self, folder: Path, station: Path, *, same_disk: bool = False) -> None:
        self.folder = folder
        self._station, self._same_disk = station, same_disk

    def prepare(self) -> None:
        """Make the folder; ``Refused`` unless it is empty and on another disk."""
        machine.check_outside(self.folder)
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
        raise Unavailable("file_unreadable", file=str(root / name), why=os.strerror(error.errno or 0)) from error


def _names(root: Path, prefix: str) -> list[str]:
    found = (root / prefix).rglob("*")
    return sorted(
        path.relative_to(root).as_posix() for path in found if path.is_file() and not path.name.startswith(".")
    )


def _write(path: Path, data: bytes) -> None:
    machine.make_folder(path.parent)
    machine.write_durably(path, data)


def _path(root: Path, name: str) -> Path:
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise Misused("file_name", name=name)
    return root / name
