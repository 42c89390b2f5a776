# SPDX-License-Identifier: Apache-2.0
"""Two small file systems in files, and a power cut of both: ``FS_IOC_SHUTDOWN`` without a flush of their logs.

What was synced is there after the next mount, what was not is lost, as far as the file system says so. That the disk
below really keeps what it was told to flush, is not tried.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SHUTDOWN = 0x8004587D
"""_IOR('X', 125, __u32): the number is the same on each architecture that we run on."""
NO_LOG_FLUSH = struct.pack("I", 2)
MEGABYTES = {"ext4": 96, "xfs": 300}
"""Sparse. mkfs.xfs makes none smaller."""


class Volume:
    """One file system in a file, mounted or not."""

    def __init__(self, kind: str, file: Path, at: Path) -> None:
        self.kind, self._file, self.at = kind, file, at
        with file.open("wb") as image:
            image.truncate(MEGABYTES[kind] << 20)
        _run(f"mkfs.{kind}", "-q", str(file))

    def mount(self) -> None:
        """Mount it, its log replayed."""
        self.at.mkdir(exist_ok=True)
        _run("mount", "-o", "loop,nodev,nosuid", str(self._file), str(self.at))

    def unmount(self) -> None:
        """Unmount it."""
        _run("umount", str(self.at))

    def descriptor(self) -> int:
        """Return what it is shut down by."""
        return os.open(self.at, os.O_RDONLY | os.O_DIRECTORY)


@contextmanager
def two_volumes(kind: str, other: str, work: Path) -> Iterator[tuple[Volume, Volume]]:
    """Lend a file system for the station, and mounted inside it as ``mirror`` one for the second medium.

    They are unmounted at the end, whatever happened.
    """
    home = Volume(kind, work / "home.img", work / "s")
    try:
        home.mount()
        medium = Volume(other, work / "medium.img", home.at / "mirror")
        medium.mount()
        yield home, medium
    finally:
        for at in (home.at / "mirror", home.at):
            # Lazily, for a process that is just ending may still have a file open.
            subprocess.run(["umount", "--quiet", "--lazy", str(at)], check=False)


def cut_power(first: int, second: int) -> int:
    """Shut both down and return when, on the monotonic clock: only what was said before that counts."""
    at = time.monotonic_ns()
    fcntl.ioctl(first, SHUTDOWN, NO_LOG_FLUSH)
    fcntl.ioctl(second, SHUTDOWN, NO_LOG_FLUSH)
    os.close(first)
    os.close(second)
    return at


def why_not(work: Path) -> str:
    """Return why power cannot be cut here; empty where it can."""
    if os.geteuid():
        return "needs root, to mount file systems of its own"
    if missing := [name for name in ("mkfs.ext4", "mkfs.xfs") if not shutil.which(name)]:
        return f"{', '.join(missing)} is not installed"
    for kind in MEGABYTES:
        folder = work / kind
        folder.mkdir()
        try:
            volume = Volume(kind, folder / "try.img", folder / "s")
            volume.mount()
            fcntl.ioctl(descriptor := volume.descriptor(), SHUTDOWN, NO_LOG_FLUSH)
            os.close(descriptor)
        except (OSError, subprocess.CalledProcessError) as error:
            return f"the kernel refuses to mount or to shut down {kind}: {error}"
        finally:
            with suppress(subprocess.CalledProcessError):
                volume.unmount()
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
