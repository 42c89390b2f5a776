# SPDX-License-Identifier: Apache-2.0
"""Keep a SoftHSM folder whole: SoftHSM rewrites its files in place at every login and write, and syncs nothing.

While a process uses the folder, a durable marker ``busy`` says so, and the packed copy beside it is the truth: around
each login and write, under a lock of the folder, act → one packed copy, durable, if anything changed but the number
that every login moves on. A marker found at a start means an unclean end: where the files differ from the copy, the
copy comes back. So an act that was answered is never lost; one that was cut may be undone, and its caller asks again.
A clean end syncs the files and takes the marker away; what somebody changes with SoftHSM's own tools after that is
accepted.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from console.domain.errors import Corrupt, Unavailable

CONFIGURATION = """\
directories.tokendir = {tokens}
objectstore.backend = file
log.level = ERROR
slots.removable = false
"""
PACK_MAGIC = b"breakglass token folder 1\n"
ACTING, SETTLED = b"A", b"S"
# SoftHSM 2.6.1 writes its file of a token anew at each login, and only the number at its beginning is another: the
# generation, by which other processes see that they must read again (ObjectFile.cpp, Generation.cpp).
COUNTED_FILE, NUMBER_BYTES = "token.object", 8
Files = Mapping[str, bytes]


class TokenFolder:
    """One folder with SoftHSM's tokens; made if it does not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokens = folder / "tokens"
        self._busy = folder / "busy"
        self._pack = folder / "tokens.pack"
        self._known: tuple[bytes, Files] | None = None
        """The pack as this process last saw it, and what is in it."""

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Make the folder whole and point SoftHSM to it; initialise the module inside."""
        os.umask(0o077)
        self._tokens.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            self._heal()
            self._configure()
            yield

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Do one login or write inside. Raises ``Unavailable`` (token_broken) when another's act was cut."""
        with self._locked():
            if self._state() == ACTING:
                raise Unavailable("token_broken", why="another process was ended in the middle of an act")
            before = self._truth()
            self._mark(ACTING)
            try:
                yield
            finally:
                after = self._read()
                if not _alike(after, before):
                    self._keep(after)
                self._mark(SETTLED)

    def close(self) -> None:
        """Sync the files and take the marker away: from here on they are whole by themselves."""
        with self._locked():
            if self._state() == SETTLED:
                for path in self._tokens.rglob("*"):
                    _sync(path)
                _sync(self._tokens)
                self._busy.unlink()

    def _truth(self) -> Files:
        """Return what counts now: the pack; without a marker the files, which are packed first."""
        kept = self._kept() if self._state() == SETTLED else None
        if kept is None:
            kept = self._read()
            if self._read_pack() != _packed(kept):
                self._keep(kept)
        return kept

    def _kept(self) -> Files | None:
        """Return what is in the pack, or None if it is not there or not whole: then only the files are left."""
        pack = self._read_pack()
        if self._known is None or self._known[0] != pack:
            try:
                self._known = (pack, _unpacked(pack))
            except Corrupt:
                return None
        return self._known[1]

    def _keep(self, files: Files) -> None:
        pack = _packed(files)
        write_durably(self._pack, pack)
        self._known = (pack, files)

    def _state(self) -> bytes | None:
        try:
            return self._busy.read_bytes()
        except FileNotFoundError:
            return None

    def _mark(self, state: bytes) -> None:
        # The marker must be durable; the byte in it only tells other processes, which no power cut outlives.
        if not self._busy.exists():
            write_durably(self._busy, state)
            return
        descriptor = os.open(self._busy, os.O_WRONLY | os.O_CLOEXEC)
        os.pwrite(descriptor, state, 0)
        os.close(descriptor)

    def _configure(self) -> None:
        configuration = self._folder / "softhsm2.conf"
        wanted = CONFIGURATION.format(tokens=self._tokens).encode()
        if not configuration.exists() or configuration.read_bytes() != wanted:
            write_durably(configuration, wanted)
        os.environ["SOFTHSM2_CONF"] = str(configuration)

    def _heal(self) -> None:
        live, pack, state = self._read(), self._read_pack(), self._state()
        # After a cut act equal files do not suffice: an empty folder of a token that was being made breaks its slot.
        if pack and state is not None:
            kept = _unpacked(pack)
            if state == ACTING or not _alike(live, kept):
                self._restore(kept)
        elif pack != _packed(live):  # Somebody changed it on purpose, with SoftHSM's tools or from a backup.
            self._keep(live)
        # SoftHSM 2.6.1 cannot destroy an object whose lock file is not there (OSToken::deleteObject).
        for path in self._tokens.rglob("*.object"):
            path.with_suffix(".lock").touch()
        if state == ACTING:
            self._mark(SETTLED)

    def _restore(self, files: Files) -> None:
        for path in sorted(self._tokens.rglob("*"), reverse=True):  # What is in a folder comes before it.
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
        for name, data in files.items():
            (self._tokens / name).parent.mkdir(mode=0o700, exist_ok=True)
            write_durably(self._tokens / name, data)

    def _read(self) -> dict[str, bytes]:
        # Byte by byte each time: the clock of a file's time stamp stands still for milliseconds.
        start, found = len(os.fspath(self._tokens)) + 1, {}
        for folder, _, names in os.walk(self._tokens):
            for name in names:
                if not name.endswith(".lock"):
                    path = f"{folder}/{name}"
                    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  a Path for each costs more than the reading
                        found[path[start:]] = file.readall()
        return found

    def _read_pack(self) -> bytes:
        try:
            return self._pack.read_bytes()
        except FileNotFoundError:
            return b""

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _alike(one: Files, other: Files) -> bool:
    """Tell whether these are the same tokens, whatever number the last login left."""
    return one == other or {name: _uncounted(name, data) for name, data in one.items()} == {
        name: _uncounted(name, data) for name, data in other.items()
    }


def _uncounted(name: str, data: bytes) -> bytes:
    return data[NUMBER_BYTES:] if name.endswith(COUNTED_FILE) and len(data) > NUMBER_BYTES else data


def _packed(files: Files) -> bytes:
    """Return magic, a line of JSON [[name, size, SHA-256]…], then the contents, in order of name."""
    names = sorted(files)
    index = [[name, len(files[name]), hashlib.sha256(files[name]).hexdigest()] for name in names]
    return PACK_MAGIC + json.dumps(index).encode() + b"\n" + b"".join(files[name] for name in names)


def _unpacked(pack: bytes) -> dict[str, bytes]:
    """Return the files of a pack; ``Corrupt`` (token_copy_damaged) unless every byte is as it was written."""
    files: dict[str, bytes] = {}
    with suppress(ValueError, TypeError):
        index, contents = pack.removeprefix(PACK_MAGIC).split(b"\n", 1)
        for name, size, digest in json.loads(index):
            files[name], contents = contents[:size], contents[size:]
            if hashlib.sha256(files[name]).hexdigest() != digest:
                break
    if _packed(files) != pack:
        raise Corrupt("token_copy_damaged")
    return files


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it belongs to this user alone if the umask says so."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(data)
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
