# SPDX-License-Identifier: Apache-2.0
"""The one door to other processes: start a child of this program, talk to it or to the keeper in frames.

A child has descriptors of its own (libraries print on stdout), an environment from an allow-list, and a session of its
own (Ctrl-C in the terminal must not cut it in the middle of an act). Every wait has an end, writing included.
"""

import os
import resource
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.domain import frame
from console.domain.errors import ConsoleError, Corrupt, Misused, Refused, Unavailable
from console.domain.frame import Frame

ENVIRONMENT = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "PATH",
        "TZ",
        "XDG_RUNTIME_DIR",
        # What PKCS#11 modules are told where to look by.
        "DBUS_SESSION_BUS_ADDRESS",
        "P11_KIT_SERVER_ADDRESS",
        "PCSCLITE_CSOCK_NAME",
        "SOFTHSM2_CONF",
        "TPM2_PKCS11_STORE",
        "TPM2_PKCS11_TCTI",
        "YUBIHSM_PKCS11_CONF",
    }
)
# What programs of the system find their libraries by, where they were unpacked instead of installed.
UNPACKED = frozenset({"LD_LIBRARY_PATH"})
ENDING_LIMIT_S = 2.0
_FAMILIES = {family.family: family for family in (Refused, Unavailable, Corrupt, Misused)}
PEER = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Wire:
    """Frames over two descriptors. Raises ``Unavailable``: no_answer when the time is over, other_end_gone."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading = reading
        self._writing = writing
        for descriptor in {reading, writing}:
            os.set_blocking(descriptor, False)

    def send(self, message: Frame, deadline: float) -> None:
        """Write a whole frame until ``deadline`` (monotonic seconds)."""
        parts = [memoryview(part) for part in frame.encode(message)]
        while parts:
            try:
                parts = frame.after(parts, os.writev(self._writing, parts))
            except BlockingIOError:
                self._wait(self._writing, select.POLLOUT, deadline)
            except BrokenPipeError as error:
                raise Unavailable("other_end_gone") from error

    def receive(self, deadline: float) -> Frame:
        """Return the next frame, its tail wipeable."""
        head_size, tail_size = frame.lengths(bytes(self._filled(frame.LENGTHS.size, deadline)))
        head = frame.decode_head(bytes(self._filled(head_size, deadline)))
        return Frame(head, self._filled(tail_size, deadline))

    def close(self) -> None:
        """Close both descriptors."""
        for descriptor in {self.reading, self._writing}:
            os.close(descriptor)

    def _filled(self, size: int, deadline: float) -> bytearray:
        buffer, got = bytearray(size), 0
        view = memoryview(buffer)
        while got < size:
            try:
                more = os.readv(self.reading, [view[got:]])
            except BlockingIOError:
                self._wait(self.reading, select.POLLIN, deadline)
                continue
            except ConnectionResetError:
                more = 0
            if not more:
                raise Unavailable("other_end_gone")
            got += more
        return buffer

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0, (deadline - time.monotonic()) * 1000)):
            raise Unavailable("no_answer")


def first_with_word(wires: Collection[Wire], deadline: float) -> Wire:
    """Return one of these that has something to read; ``Unavailable`` (no_answer) when the time is over."""
    poll = select.poll()
    for wire in wires:
        poll.register(wire.reading, select.POLLIN)
    ready = poll.poll(max(0, (deadline - time.monotonic()) * 1000))
    for wire in wires:
        if any(wire.reading == descriptor for descriptor, _ in ready):
            return wire
    raise Unavailable("no_answer")


class Child:
    """A started process; it ends at ``end`` or, if this process dies, by itself at the end of its pipe."""

    def __init__(self, module: str, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
        self._process, self.wire = _start(module, arguments, environment)
        self.pid = self._process.pid

    def end(self) -> None:
        """Close its pipe, give it a moment, then kill it."""
        self.wire.close()
        try:
            self._process.wait(ENDING_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once; only its own death is waited for."""
        self._process.kill()
        self._process.wait(ENDING_LIMIT_S)


def start_detached(module: str, environment: Mapping[str, str]) -> Wire:
    """Start a process that outlives this one, and return the wire to it."""
    process, wire = _start(module, ("detached",), environment)
    # It forks at once; what is waited for is the first half.
    process.wait(ENDING_LIMIT_S)
    return wire


def feed(command: Sequence[str], data: bytes, environment: Mapping[str, str], *, limit_s: float) -> bool:
    """Run a program of the system with ``data`` on its stdin; return whether it succeeded within the time."""
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=limit_s,
            env=allowed(environment, ENVIRONMENT | UNPACKED),
            cwd="/",
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@dataclass(frozen=True)
class Limits:
    """What a program of the system may take: seconds of wall clock and processor, bytes of memory and of output."""

    seconds: float
    memory: int
    output: int


def drawn(command: Sequence[str], data: bytes, environment: Mapping[str, str], limits: Limits) -> bytes | None:
    """Run a program of the system that turns hostile ``data`` into something; None if it fails or takes too much.

    It gets nothing of the data before its limits hold. What it makes lies in memory, and the kernel bounds it.
    """
    made = os.memfd_create("made", os.MFD_CLOEXEC)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=made,
            stderr=subprocess.DEVNULL,
            env=allowed(environment, ENVIRONMENT | UNPACKED),
            cwd="/",
            start_new_session=True,
        )
        return os.pread(made, os.fstat(made).st_size, 0) if _ends_well(process, data, limits) else None
    except OSError:
        return None
    finally:
        os.close(made)


def _ends_well(process: "subprocess.Popen[bytes]", data: bytes, limits: Limits) -> bool:
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.output,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CPU: int(limits.seconds) + 1,
        resource.RLIMIT_CORE: 0,
    }
    try:
        for name, most in bounds.items():
            resource.prlimit(process.pid, name, (most, most))
        process.communicate(data, limits.seconds)
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        process.kill()
        process.wait(ENDING_LIMIT_S)
    return process.returncode == 0


def dial(path: Path, deadline: float) -> Wire:
    """Connect to a unix socket of the same user. Raises ``Unavailable``: nobody_listens, no_answer (queue is full)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            connection.connect(str(path))
        except TimeoutError as error:
            raise Unavailable("no_answer") from error
        except (OSError, ValueError) as error:
            raise Unavailable("nobody_listens", path=str(path)) from error
        _, user, _ = PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
        if user != os.geteuid():
            raise Unavailable("nobody_listens", path=str(path), why="it belongs to another user")
        descriptor = connection.detach()
    return Wire(descriptor, descriptor)


def error_of(said: Mapping[str, Any]) -> ConsoleError:
    """Return the error that a child says: {family, code, facts}."""
    return _FAMILIES.get(said["family"], Misused)(said["code"], **said["facts"])


def said_of(error: ConsoleError) -> dict[str, object]:
    """Return what a child says of an error."""
    facts = {name: str(value) for name, value in error.facts.items()}
    return {"family": error.family, "code": error.code, "facts": facts}


def allowed(environment: Mapping[str, str], names: Set[str] = ENVIRONMENT) -> dict[str, str]:
    """Return what of an environment a child may see."""
    return {name: value for name, value in environment.items() if name in names}


def _start(
    module: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple["subprocess.Popen[bytes]", Wire]:
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", module, str(theirs_in), str(theirs_out), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs_in, theirs_out),
            env=allowed(environment),
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    return process, Wire(ours_in, ours_out)
