# SPDX-License-Identifier: Apache-2.0
"""Files that come in and go out: a field to name them, a list to choose from, the reading and the writing."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.domain import toml
from console.domain.canonical import Object
from console.domain.errors import Refused, Unavailable
from console.domain.handoff.frames import MAX_FILES_BYTES
from console.gui.kit.widgets import button, row
from console.language import say
from console.settings import load_toml

BETWEEN = " ; "


class FilesField(QWidget):
    """Names one or more files, typed or chosen."""

    changed = Signal()
    named = Signal()
    """Somebody has finished naming them."""
    mode = QFileDialog.FileMode.ExistingFiles
    verb, placeholder = say("Choose files …"), say("several with ; between them")
    verb_aloud = say("Choose files: {label}")

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self._edit = QLineEdit()
        self._edit.setAccessibleName(label)
        self._edit.setPlaceholderText(self.placeholder)
        self._dialog: QFileDialog | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._edit)
        choose = button(self.verb, self._choose, name=self.verb_aloud.format(label=label))
        self._buttons = row(choose)
        column.addLayout(self._buttons)
        self._edit.textChanged.connect(lambda _: self.changed.emit())
        self._edit.editingFinished.connect(self.named.emit)
        self.setFocusProxy(self._edit)

    def add_beside(self, made: QPushButton) -> None:
        """Put another way to choose beside the list."""
        self._buttons.addWidget(made)

    def names(self) -> list[str]:
        """Return the files that are named; a folder stands for the files in it."""
        return [part.strip() for part in self._edit.text().split(";") if part.strip()]

    def clear(self) -> None:
        """Name nothing, and close the list: the lock wins over it."""
        self._edit.clear()
        if self._dialog is not None:
            self._dialog.reject()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._label)
        # The system's own one would need its services, and a portal would see which files are chosen.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(self.mode)
        dialog.setDirectory(self._begin_at())
        dialog.filesSelected.connect(self._chosen)
        dialog.finished.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.open()

    def _begin_at(self) -> str:
        """Return the folder that the list shows first: that of what is named, else one's own."""
        named = Path(self.names()[0]).expanduser() if self.names() else Path.home()
        return str(next((place for place in (named, *named.parents) if place.is_dir()), Path.home()))

    def _chosen(self, names: Sequence[str]) -> None:
        self._edit.setText(BETWEEN.join(names))
        self.named.emit()

    def _forget_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


class FolderField(FilesField):
    """Names one folder, typed or chosen."""

    mode = QFileDialog.FileMode.Directory
    verb, placeholder = say("Choose folder …"), ""
    verb_aloud = say("Choose folder: {label}")

    def name(self) -> str:
        """Return the folder that is named; empty: none."""
        return self._edit.text().strip()

    def fill(self, name: str) -> None:
        """Name this folder."""
        self._edit.setText(name)


def read_all(names: Sequence[str]) -> dict[str, bytes]:
    """Return what these files, and the files in these folders, hold.

    Raises ``Unavailable`` (file_unreadable), ``Refused`` (files_too_large: more than 256 MiB together).
    """
    found: dict[str, bytes] = {}
    left = MAX_FILES_BYTES
    for name in names:
        path = Path(name).expanduser()
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            found[str(file)] = bytes(_read(file, left))
            left -= len(found[str(file)])
    return found


def _read(path: Path, most: int) -> bytearray:
    # Not every name that somebody types is a file: reading a device or a pipe could wait for ever.
    with (
        _touching("file_unreadable", "file", str(path)),
        os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file,
    ):
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Unavailable("file_unreadable", file=str(path), why=say("it is no plain file"))
        if found.st_size > most:
            raise Refused("files_too_large", file=str(path), most=MAX_FILES_BYTES)
        whole = bytearray(found.st_size + 1)  # what says that it is empty may still fail, or not end
        del whole[file.readinto(whole) :]
        return whole


def read_wipeable(name: str) -> bytearray:
    """Return what a file holds, in a buffer that the caller wipes; raises as ``read_all``."""
    return _read(Path(name).expanduser(), MAX_FILES_BYTES)


def read_toml(name: str) -> Object:
    """Return the table of a TOML file as plain values; ``Unavailable`` (file_unreadable), ``Refused`` as they say."""
    return toml.values(load_toml(bytes(read_wipeable(name)), name), name)


def write_all(folder: str, files: Mapping[str, bytes], *, deep: bool = False) -> str:
    """Write these files for their owner only; return where in words, which say it of a folder that was made for them.

    Only the last folder is made, unless ``deep``: a path that begins wrongly is a slip. ``Unavailable``
    (folder_missing, not_written).
    """
    from console.wiring.station import write_out

    home, was_made = folder_for(folder, deep=deep)
    for name, data in files.items():
        write_out(home / name, data)
    return say("{folder}, a folder that was made for it", folder=home) if was_made else str(home)


def folder_for(folder: str, *, deep: bool = False) -> tuple[Path, bool]:
    """Return a folder to write into, and whether it was made now; raises as ``write_all``."""
    home = Path(folder).expanduser()
    if not deep and not home.parent.is_dir():
        raise Unavailable("folder_missing", folder=str(home.parent))
    was_made = not home.exists()
    with _touching("not_written", "path", str(home)):
        home.mkdir(mode=0o700, parents=deep, exist_ok=True)
    return home, was_made


@contextmanager
def _touching(code: str, fact: str, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        facts = {fact: name, "why": os.strerror(error.errno or 0)}
        raise Unavailable(code, **facts) from error
