# SPDX-License-Identifier: Apache-2.0
"""Files that come in and go out: a field to name them, a list to choose from, the reading and the writing."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from console.domain import plain
from console.domain.canonical import Object
from console.domain.errors import Unavailable
from console.gui.widgets import button, row
from console.language import say
from console.settings import load_toml

BETWEEN = " ; "


class FilesField(QWidget):
    """Names one or more files, typed or chosen."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self._edit = QLineEdit()
        self._edit.setAccessibleName(label)
        self._edit.setPlaceholderText(say("several with ; between them"))
        self._dialog: QFileDialog | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._edit)
        column.addLayout(
            row(button(say("Choose files …"), self._choose, name=say("Choose files: {label}", label=label)))
        )
        self.setFocusProxy(self._edit)

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
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._edit.setText(BETWEEN.join(names)))
        dialog.finished.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def read_all(names: Sequence[str]) -> dict[str, bytes]:
    """Return what these files, and the files in these folders, hold; ``Unavailable`` (file_unreadable)."""
    found: dict[str, bytes] = {}
    for name in names:
        path = Path(name).expanduser()
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            with _touching("file_unreadable", "file", str(file)):
                found[str(file)] = file.read_bytes()
    return found


def read_wipeable(name: str) -> bytearray:
    """Return what a file holds, in a buffer that the caller wipes; ``Unavailable`` (file_unreadable)."""
    path = Path(name).expanduser()
    with _touching("file_unreadable", "file", str(path)), path.open("rb", buffering=0) as file:
        whole = bytearray(os.fstat(file.fileno()).st_size)
        del whole[file.readinto(whole) :]
        return whole


def read_toml(name: str) -> Object:
    """Return the table of a TOML file as plain values; ``Unavailable`` (file_unreadable), ``Refused`` as they say."""
    return plain.values(load_toml(bytes(read_wipeable(name)), name), name)


def write_all(folder: str, files: Mapping[str, bytes]) -> str:
    """Write these files for their owner only, the folder made if need be; ``Unavailable`` (not_written)."""
    home = Path(folder).expanduser()
    with _touching("not_written", "path", str(home)):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in files.items():
            descriptor = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
    return str(home)


@contextmanager
def _touching(code: str, fact: str, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        facts = {fact: name, "why": os.strerror(error.errno or 0)}
        raise Unavailable(code, **facts) from error
