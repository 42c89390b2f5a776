# SPDX-License-Identifier: Apache-2.0
"""This machine: its clock, its randomness, durable files, and memory that is neither swapped nor dumped."""

import ctypes
import errno
import mmap
import os
import resource
import stat
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from console.domain.entries.entry import Reading
from console.domain.errors import Unavailable

MEMFD_SECRET = 447  # the same number on x86_64 and aarch64
MADV_DONTDUMP = 16
TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET = 1, 2
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PRINT_SERVICE = Path("/run/cups/cups.sock")
DEVICES = Path("/dev")
LEASE = "station.lock"
"""Whoever holds the station has locked this file in its folder."""


class ThisMachine:
    """Fits the port ``Machine``."""

    def __init__(self) -> None:
        self._boot = BOOT_ID.read_text().strip()

    def reading(self) -> Reading:
        """Return the present reading of wall clock, boot and suspend-inclusive clock."""
        wall_ms = time.time_ns() // 1_000_000
        return Reading(wall_ms=wall_ms, boot=self._boot, up_ns=time.clock_gettime_ns(time.CLOCK_BOOTTIME))

    def slept_ns(self) -> int:
        """Return the nanoseconds for which this machine was suspended since its boot."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)

    def random(self, size: int) -> bytes:
        """Return ``size`` bytes from the system's generator."""
        return os.urandom(size)

    def new_id(self) -> str:
        """Return a fresh UUIDv7 (RFC 9562 section 5.7)."""
        return uuid7(time.time_ns() // 1_000_000, self.random(10))

    @contextmanager
    def secret(self, size: int) -> Iterator[memoryview]:
        """Lend ``size`` bytes of locked memory, wiped when given back."""
        with SecretBuffer(size) as buffer:
            yield buffer.view

    def health(self, folder: PurePath) -> Mapping[str, object]:
        """Return how this machine holds secrets, and what a readiness page must know."""
        with SecretBuffer(mmap.PAGESIZE) as probe:
            memory = probe.protection
        disk = os.statvfs(folder)
        return {
            "memory": memory,
            "dumps": resource.getrlimit(resource.RLIMIT_CORE)[0] != 0,
            "interfaces": _interfaces(),
            "free_bytes": disk.f_bavail * disk.f_frsize,
            "display": _display(),
            "printer": PRINT_SERVICE.exists(),
            "cameras": sorted(path.name for path in DEVICES.glob("video*")),
        }


class ClockWatch:
    """A descriptor that becomes readable as soon as the wall clock is set (timerfd_create(2)); or ``OSError``."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._arm()

    def fileno(self) -> int:
        """Return the descriptor, to be waited for."""
        return int(self._descriptor)

    def was_set(self) -> bool:
        """Return whether the clock was set since the last time that this was asked."""
        try:
            os.read(self._descriptor, 8)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno != errno.ECANCELED:
                raise
        self._arm()
        return True

    def close(self) -> None:
        """Give it back."""
        os.close(self._descriptor)

    def _arm(self) -> None:
        # No interval, and a time that never comes: what counts is that the kernel cancels it.
        never = struct.pack("4q", 0, 0, (1 << 40), 0)
        flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        if self._libc.timerfd_settime(self._descriptor, flags, never, None):
            raise OSError(ctypes.get_errno(), "timerfd_settime")


def _display() -> str:
    """Return what the windows are shown by: of an X server every program can read every other one's window."""
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "x11" if os.environ.get("DISPLAY") else "none"


def _interfaces() -> list[str]:
    """Return the network interfaces that this process could see, but for the loopback."""
    rows = Path("/proc/net/dev").read_text().splitlines()[2:]
    names = [row.partition(":")[0].strip() for row in rows]
    return [name for name in names if name != "lo"]


def uuid7(wall_ms: int, random: bytes) -> str:
    """Return the UUIDv7 of a time and 10 random bytes: 48 bits of time, version, 12 bits, variant, 62 bits."""
    bits = wall_ms << 80 | int.from_bytes(random, "big")
    bits = bits & ~(0xF << 76) | 7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def open_plain(path: Path, flags: int) -> int:
    """Open a file of a medium that others had in hands; ``OSError`` for whatever is no plain file."""
    # A link could lead into the station's own files, and a pipe would be waited for.
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return descriptor


def read_plain(path: Path, most: int) -> bytes:
    """Return what such a file holds, up to ``most`` bytes and one more; raises as ``open_plain``."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        return file.read(most + 1)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for its owner only; it is on the medium when this returns.

    Raises ``Unavailable`` (not_written).
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise Unavailable("not_written", path=str(path), why=os.strerror(error.errno or 0)) from error


def write_out(path: Path, data: bytes) -> None:
    """Write a result where a person names a place, for its owner only; ``Unavailable`` (not_written)."""
    try:
        with os.fdopen(_opened_outside(path), "wb") as file:
            file.write(data)
    except OSError as error:
        raise Unavailable("not_written", path=str(path), why=os.strerror(error.errno or 0)) from error


def check_outside(folder: Path) -> None:
    """Raise ``Unavailable`` (not_written) where a link leads into the folder of a station.

    A place that a person names may lie on a medium that others prepared.
    """
    named, found = Path(os.path.normpath(folder.absolute())), folder.resolve()
    if named != found and any((place / LEASE).exists() for place in (found, *found.parents)):
        raise Unavailable("not_written", path=str(folder), why="a link leads into the folder of a station")


def _opened_outside(path: Path) -> int:
    check_outside(path.parent)
    flags = os.O_WRONLY | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        descriptor = os.open(path, flags)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise
        return descriptor  # what /dev/stdout leads to: a pipe, a terminal
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
    return descriptor


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file of any size, durably, for its owner only. Raises ``Unavailable`` (not_written)."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as to, source.open("rb") as from_:
            while part := from_.read(1 << 20):
                to.write(part)
            to.flush()
            os.fsync(to.fileno())
        sync_folder(target.parent)
    except OSError as error:
        raise Unavailable("not_written", path=str(target), why=os.strerror(error.errno or 0)) from error


def make_folder(path: Path) -> None:
    """Make a folder of mode 0700, and those above it, durably; one that exists is no error.

    Raises ``Unavailable`` (not_written).
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable("not_written", path=str(path), why=os.strerror(error.errno or 0)) from error


def remove_durably(path: Path) -> None:
    """Remove a file; a missing one is no error. Raises ``Unavailable`` (not_written)."""
    if not path.parent.is_dir():
        return
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileNotFoundError:  # not even its folder is there
        return
    except OSError as error:
        raise Unavailable("not_written", path=str(path), why=os.strerror(error.errno or 0)) from error


class SecretBuffer:
    """Memory for plaintexts: never swapped, never in a core dump; with ``memfd_secret`` unreadable for root too.

    ``protection`` says which it became: ``memfd_secret`` or ``mlock``. Raises ``Unavailable`` (memory_not_locked).
    """

    def __init__(self, size: int) -> None:
        self._map, self.protection = _secret_map(size)
        self.view = memoryview(self._map)[:size]

    def wipe(self) -> None:
        """Overwrite with zeros; the buffer may be used again."""
        self.view[:] = bytes(len(self.view))

    def close(self) -> None:
        """Overwrite and give the memory back."""
        self.wipe()
        with suppress(BufferError):  # Somebody still holds a part of the view: it reads zeros, and goes with them.
            self.view.release()
            self._map.close()

    def __enter__(self) -> "SecretBuffer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _secret_map(size: int) -> tuple[mmap.mmap, str]:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(MEMFD_SECRET, os.O_CLOEXEC)
    if descriptor >= 0:
        try:
            os.ftruncate(descriptor, size)
            return mmap.mmap(descriptor, size), "memfd_secret"
        except OSError:  # The limit of locked memory; the fallback below is bound by it as well, and says so.
            pass
        finally:
            os.close(descriptor)
    return _locked_map(libc, size), "mlock"


def _locked_map(libc: ctypes.CDLL, size: int) -> mmap.mmap:
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(size)):
        raise Unavailable("memory_not_locked", why=os.strerror(ctypes.get_errno()))
    memory.madvise(MADV_DONTDUMP)
    return memory


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
