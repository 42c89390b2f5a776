# SPDX-License-Identifier: Apache-2.0
"""Daemons and tools that token implementations need: started, waited for, ended; skipped where they are missing."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.waits import LIMIT_S, wait_until

LIBRARIES = ("/usr/lib/*-linux-gnu/pkcs11", "/usr/lib/*-linux-gnu", "/usr/lib")
END_S = 5.0
MOUNTING = "mount --make-rprivate / && mount -t tmpfs tmpfs /mnt"


@contextmanager
def running(
    command: Sequence[str], log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a daemon until the end of the block, and wait at its beginning until it is ready; yield its id."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
    try:
        deadline = time.monotonic() + LIMIT_S
        while not ready():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, f"{command[0]} is not ready: {log.read_text()}"
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_S)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a tool to its end; it must succeed."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def said(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return what a tool prints."""
    told = {**os.environ, **environment}
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=30, check=False).stdout


def until_done(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a tool again and again until it succeeds."""

    def is_done() -> bool:
        told = {**os.environ, **(environment or {})}
        return subprocess.run(command, env=told, capture_output=True, timeout=30, check=False).returncode == 0

    wait_until(is_done, command[0])


def needs(*programs: str) -> None:
    """Skip unless these programs are installed."""
    for program in programs:
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            pytest.skip(f"{program} is not installed")


def needs_mounts() -> None:
    """Skip unless a daemon can be given the fixed places that it wants, by mounting over them."""
    tried = subprocess.run(["unshare", "--mount", "sh", "-c", MOUNTING], capture_output=True, timeout=10, check=False)
    if tried.returncode:
        pytest.skip("needs to mount over its daemon's fixed places, which is not allowed here (root may)")


def needs_file(path: Path) -> None:
    """Skip unless a file is there."""
    if not path.exists():
        pytest.skip(f"{path.name} is not installed")


def library(name: str) -> Path:
    """Return the path of a PKCS#11 library; skip if it is not installed."""
    for pattern in LIBRARIES:
        for folder in Path("/").glob(pattern.lstrip("/")):
            if (folder / name).exists():
                return folder / name
    pytest.skip(f"{name} is not installed")


def found(folder: str, name: str) -> Path:
    """Return a file in a folder; skip if it is not there."""
    path = Path(folder) / name
    needs_file(path)
    return path


def free_ports(count: int) -> int:
    """Return the first of so many neighbouring ports that nobody uses, below those that the kernel hands out."""
    for first in random.sample(range(20000, 30000, 2), 100):
        with ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


def listens(port: int, *, connect: bool = True) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    if not connect:  # A card reader takes the first connection for a card.
        return any(
            f":{port:04X} " in line and " 0A " in line for line in Path("/proc/net/tcp").read_text().splitlines()
        )
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
