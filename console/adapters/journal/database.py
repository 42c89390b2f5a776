# SPDX-License-Identifier: Apache-2.0
"""The SQLCipher file: refused unless it is safe to use, opened the one way that is measured to be durable.

SQLCipher gives confidentiality and nothing more: a flipped bit in the WAL, a deleted WAL, a replayed page and
a rolled-back file all pass its own check. Evidence rests on the tree, the signature and the anchor.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3

from console.adapters.machine import sync_folder
from console.domain.canonical import digest
from console.domain.errors import ConsoleError, Corrupt, Misused, Refused, Unavailable

Connection = Any
"""A ``sqlcipher3`` connection; the library brings no types."""
Cursor = Any
"""A cursor of such a connection."""
DatabaseError = sqlcipher3.Error

FORMAT = "1"
# Older ones corrupt: sqlite.org/wal.html#walresetbug, and sqlcipher issue 604 above 4 GiB.
MIN_SQLITE = (3, 51, 3)
MIN_SQLCIPHER = (4, 19)
_PLAIN_HEADER = b"SQLite format 3\0"
_SALT_BYTES = 16
# Each cached statement holds slots of the connection's small heap (lookaside), which has room for about twelve. With
# more, every append takes blocks of locked memory from the system instead: 4 mlock and 4 munlock, about 25 µs.
_CACHED_STATEMENTS = 8
BALLAST_BYTES = 16 * 1024 * 1024

_READING_PRAGMAS = (
    "cipher_log_level=NONE",  # it writes to stderr otherwise, over the terminal
    "cipher_memory_security=ON",
    "cache_size=-2000",  # 2 MB instead of the library's 8: the log is written at its end and read in one pass
    "trusted_schema=OFF",
    "temp_store=MEMORY",
)
_PRAGMAS = (
    "locking_mode=EXCLUSIVE",  # first of all: no -shm file, and it opens on a disk that is full
    *_READING_PRAGMAS,
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=1000",
    "foreign_keys=ON",
)
# Triggers stop our own bugs; they stop no attacker. None on INSERT: with locked memory each firing costs 40 µs.
_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE entry(seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL CHECK(length(leaf)=32),
    sig BLOB CHECK(length(sig)=64), body BLOB NOT NULL CHECK(length(body) BETWEEN 2 AND 65535)) STRICT;
CREATE TABLE field(seq INTEGER, name TEXT, sealed BLOB NOT NULL, PRIMARY KEY(seq,name)) STRICT, WITHOUT ROWID;
CREATE TABLE tile(level INTEGER, n INTEGER, root BLOB NOT NULL CHECK(length(root)=32),
    PRIMARY KEY(level,n)) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, range BLOB NOT NULL,
    sig BLOB NOT NULL CHECK(length(sig)=64)) STRICT;
CREATE TABLE stream(act TEXT, seq INTEGER, PRIMARY KEY(act,seq)) STRICT, WITHOUT ROWID;
CREATE TABLE kind(type TEXT, seq INTEGER, PRIMARY KEY(type,seq)) STRICT, WITHOUT ROWID;
CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT,'append only'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT,'append only'); END;
"""


def check_versions(sqlite: tuple[int, ...], cipher: str) -> None:
    """Refuse libraries that are known to lose or corrupt data."""
    found = tuple(int(part) for part in re.findall(r"\d+", cipher)[:2])
    if sqlite < MIN_SQLITE or found < MIN_SQLCIPHER:
        version = ".".join(map(str, sqlite))
        raise Unavailable("sqlcipher_too_old", sqlite=version, sqlcipher=cipher)


def create_database(path: Path, key: bytearray, log: str, mode: str) -> None:
    """Make the file, whole or not at all; ``Refused`` if there is one already."""
    if path.exists():
        raise Refused("journal_exists")
    raw = path.with_name(path.name + ".new")
    raw.unlink(missing_ok=True)
    os.close(os.open(raw, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    with foreign_errors():
        connection = _connect(raw, key, log)
        connection.executescript(_SCHEMA)
        rows = [("format", FORMAT), ("log", log), ("mode", mode), ("projected", "0")]
        connection.executemany("INSERT INTO meta VALUES (?,?)", rows)
        connection.close()
    raw.rename(path)
    sync_folder(path.parent)


def open_database(path: Path, key: bytearray, log: str, mode: str) -> Connection:
    """Open an existing journal for its one writer.

    ``Corrupt``: journal_missing, journal_not_encrypted, journal_of_another_station, journal_key_wrong,
    journal_format. ``Unavailable``: sqlcipher_too_old, disk_full, journal_unavailable.
    """
    _check_header(path, log)
    with foreign_errors():
        connection = _connect(path, key, log)
        meta = dict(connection.execute("SELECT name, value FROM meta"))
    for name, expected, code in (
        ("format", FORMAT, "journal_format"),
        ("log", log, "journal_of_another_station"),
        ("mode", mode, "journal_of_another_station"),
    ):
        if meta.get(name) != expected:
            connection.close()
            raise Corrupt(code, found=meta.get(name), expected=expected)
    return connection


def open_unchanging(path: Path, key: bytearray, log: str) -> Connection:
    """Open the file of a journal that nobody writes meanwhile, for reading; its tail, if any, is not seen.

    Raises as ``open_database`` does.
    """
    _check_header(path, log)
    with foreign_errors():
        return _connect(path, key, log, "mode=ro&immutable=1", _READING_PRAGMAS)


def settle(connection: Connection, path: Path) -> None:
    """Write what stands in the WAL into the database file, synced, and empty the WAL, synced.

    A sync that failed may have left pages that the kernel calls clean and that no later sync writes; what was written
    afresh is durable. Raises ``Unavailable`` (journal_unavailable) when it is not.
    """
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    try:
        # SQLite locks the database file alone, so closing this descriptor gives no lock away.
        descriptor = os.open(f"{path}-wal", os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unavailable("journal_unavailable", why=os.strerror(error.errno or 0)) from error
    if busy:
        raise Unavailable("journal_unavailable", why="busy")


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Turn the library's errors into ours at this door."""
    try:
        yield
    except sqlcipher3.Error as error:
        raise translate(error) from error


def translate(error: sqlcipher3.Error) -> ConsoleError:
    """Return our error for one of the library's."""
    name = getattr(error, "sqlite_errorname", "SQLITE_MISUSE")
    if name == "SQLITE_FULL":
        return Unavailable("disk_full")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return Corrupt("journal_damaged")
    if name.startswith(("SQLITE_MISUSE", "SQLITE_CONSTRAINT", "SQLITE_ERROR")):
        return Misused("journal_statement", why=str(error))
    return Unavailable("journal_unavailable", why=name.lower())


def hold_ballast(database: Path, size: int = BALLAST_BYTES) -> bool:
    """Keep ``size`` bytes of the disk in reserve beside the database; False, and none kept, when the disk is full.

    Full is less than a sixteenth of the reserve: the HSM's folder and the tables need room before the journal does.
    """
    path, low = ballast_path(database), size // 16
    try:
        disk = os.statvfs(database.parent)
        free = disk.f_bavail * disk.f_frsize
        if path.exists() and path.stat().st_size == size:
            if free < low:
                path.unlink()
            return free >= low
        return free >= size + 2 * low and _fill(path, size)
    except OSError:  # read-only, or failing: the journal will say so itself
        return False


def _fill(path: Path, size: int) -> bool:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        path.unlink()
        return False
    finally:
        os.close(descriptor)
    return True


def ballast_path(database: Path) -> Path:
    """Return where the reserve lies."""
    return database.with_name(database.name + ".ballast")


def _check_header(path: Path, log: str) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(_SALT_BYTES)
    except FileNotFoundError as error:
        raise Corrupt("journal_missing") from error
    except OSError as error:
        raise Unavailable("journal_unavailable", why=os.strerror(error.errno or 0)) from error
    if len(header) < _SALT_BYTES:
        raise Corrupt("journal_missing")
    if header == _PLAIN_HEADER:
        raise Corrupt("journal_not_encrypted")
    if header != _salt(log):
        raise Corrupt("journal_of_another_station")


def _salt(log: str) -> bytes:
    """Return the file's first 16 bytes. The key is random and the file's own, so its salt may name the log."""
    return digest("journal.salt", log.encode())[:_SALT_BYTES]


def _connect(
    path: Path, key: bytearray, log: str, access: str = "mode=rw", pragmas: Sequence[str] = _PRAGMAS
) -> Connection:
    if len(key) != 32:
        raise Misused("journal_key_length", bytes=len(key))
    uri = f"{path.absolute().as_uri()}?{access}"
    connection = sqlcipher3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=_CACHED_STATEMENTS
    )
    try:
        connection.executescript(f"""PRAGMA key="x'{key.hex()}{_salt(log).hex()}'\"""")
        (cipher,) = connection.execute("PRAGMA cipher_version").fetchone() or ("",)
        check_versions(sqlcipher3.sqlite_version_info, cipher)
        connection.executescript(";".join(f"PRAGMA {pragma}" for pragma in pragmas))
        if pragmas is _PRAGMAS:
            _keep_cached(connection)
    except sqlcipher3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise Corrupt("journal_key_wrong") from error
        raise
    except ConsoleError:
        connection.close()
        raise
    return connection


def _keep_cached(connection: Connection) -> None:
    """Use the statements of every commit twice: a full cache drops what was used least, the newest of those first."""
    for _ in range(2):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
