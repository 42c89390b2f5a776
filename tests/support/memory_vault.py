# SPDX-License-Identifier: Apache-2.0
"""A station's files in memory."""

from dataclasses import dataclass, field
from pathlib import PurePath

from console.domain.errors import Misused, Unavailable


@dataclass
class MemoryVault:
    """Fits the port ``Vault``. ``medium`` is the second one; None while it is not there."""

    files: dict[str, bytes] = field(default_factory=dict)
    medium: dict[str, bytes] | None = field(default_factory=dict)
    owed: list[str] = field(default_factory=list)
    """What the second medium lacks."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""
        _check(name)
        if name not in self.files:
            raise Unavailable("file_missing", name=name)
        return self.files[name]

    def names(self, prefix: str) -> list[str]:
        """Return the names of the files in a folder, in order."""
        return sorted(name for name in self.files if name.startswith(prefix))

    def write(self, name: str, data: bytes) -> None:
        """Keep it here and on the second medium."""
        _check(name)
        if self.medium is not None:
            self.medium[name] = data
        else:
            self._owe(name)
        self.files[name] = data

    def remove(self, name: str) -> None:
        """Remove it here and there; a missing file is no error."""
        _check(name)
        if self.medium is not None:
            self.medium.pop(name, None)
        self.files.pop(name, None)

    def unmirrored(self) -> list[str]:
        """Return what the second medium lacks, after copying it if the medium is there."""
        if self.medium is not None:
            self.medium |= {name: self.files[name] for name in self.owed if name in self.files}
            self.owed.clear()
        return list(self.owed)

    def meet_medium(self) -> None:
        """Owe a medium that is new here everything."""
        if self.medium is not None:
            for name in self.files.keys() - self.medium.keys():
                self._owe(name)

    def is_apart(self) -> bool:
        """Return True: there is no disk that both could share."""
        return True

    def _owe(self, name: str) -> None:
        if name not in self.owed:
            self.owed.append(name)


def _check(name: str) -> None:
    if ".." in PurePath(name).parts or PurePath(name).is_absolute():
        raise Misused("file_name", name=name)
