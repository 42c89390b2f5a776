# SPDX-License-Identifier: Apache-2.0
"""Small file systems of one's own, to be filled, made read-only and taken away."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

BLOCK = 4096


class Volume:
    """One mounted ext4 in a file."""

    def __init__(self, image: Path, at: Path, megabytes: int) -> None:
        self.image, self.at = image, at
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        # No blocks are kept for root, who runs these tests and would never find the disk full.
        _run("mkfs.ext4", "-q", "-F", "-b", str(BLOCK), "-m", "0", str(image))
        at.mkdir(exist_ok=True)
        self.mount()

    def mount(self) -> None:
        """Mount it."""
        _run("mount", "-o", "loop,nodev,nosuid,errors=remount-ro", str(self.image), str(self.at))

    def vanish(self) -> None:
        """Take it away under whoever uses it."""
        _run("umount", "--lazy", str(self.at))

    def make_read_only(self) -> None:
        """Have the file system find an error of its own, at which it turns read-only under whoever uses it."""
        device = Path(_run("findmnt", "--noheadings", "--output", "SOURCE", str(self.at)).strip()).name
        trigger = Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
        if not trigger.exists():
            pytest.skip("this kernel triggers no error of ext4")
        trigger.write_text("1")

    def make_writable(self) -> None:
        """Mount it afresh."""
        _run("umount", "--lazy", str(self.at))
        subprocess.run(["e2fsck", "-p", str(self.image)], check=False, capture_output=True)
        self.mount()

    def protect(self) -> None:
        """Let nobody write on it, as the switch on a card does, while nobody has a file of it open."""
        _run("mount", "-o", "remount,ro", str(self.at))

    def unprotect(self) -> None:
        """Let everybody write on it again."""
        _run("mount", "-o", "remount,rw", str(self.at))

    def fill(self, blocks_left: int) -> None:
        """Fill it until only so many blocks are free."""
        os.sync()
        # The map of the large file may take blocks, too: what is over goes to another one, block by block.
        most = max(0, os.statvfs(self.at).f_bavail - blocks_left - 16) * BLOCK
        with (self.at / "filler").open("wb") as file, suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(most, 1))
        with (self.at / "filler2").open("wb", buffering=0) as rest:
            while os.statvfs(self.at).f_bavail > blocks_left:
                try:
                    rest.write(b"x" * BLOCK)
                    os.fsync(rest.fileno())
                except OSError:
                    break

    def empty(self) -> None:
        """Give the room back."""
        for name in ("filler", "filler2"):
            (self.at / name).unlink(missing_ok=True)
        os.sync()


@contextmanager
def volume(folder: Path, name: str, megabytes: int = 12) -> Iterator[Volume]:
    """Lend a mounted volume; it is taken away at the end, whatever happened."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system takes root")
    if shutil.which("mkfs.ext4") is None or shutil.which("findmnt") is None:
        pytest.skip("mkfs.ext4 or findmnt is not installed")
    at = folder / name
    try:
        try:
            lent = Volume(folder / f"{name}.img", at, megabytes)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"the kernel mounts no file of ours: {error.stderr}")
        yield lent
    finally:
        while os.path.ismount(at):
            subprocess.run(["umount", "--lazy", str(at)], check=False, capture_output=True)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
