# SPDX-License-Identifier: Apache-2.0
"""What a process gives up for good at its start: the network, core dumps, being looked into by its own user.

Used by the console and by the token processes, which may not import one another; so it lies beside the domain.
Children inherit the network ban and cannot leave it. Linux on x86_64 and aarch64; elsewhere it refuses.
"""

import ctypes
import errno
import os
import resource
import struct

from console.domain.errors import Unavailable

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
RET_ALLOW, RET_ERRNO, RET_KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
SYSCALL_NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
X32_BIT = 0x40000000
AF_UNIX, AF_NETLINK = 1, 16
AF_INET, AF_INET6, AF_PACKET, AF_BLUETOOTH, AF_VSOCK = 2, 10, 17, 31, 40
SOCK_DGRAM = 2

# Machine -> audit architecture, then the numbers of socket, io_uring_setup and seccomp (the kernel's tables).
MACHINES = {"x86_64": (0xC000003E, 41, 425, 317), "aarch64": (0xC00000B7, 198, 425, 277)}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def shut_network() -> None:
    """Forbid this process, its threads and its children every socket but AF_UNIX and AF_NETLINK, and io_uring.

    Raises ``Unavailable`` (network_not_shut). EAFNOSUPPORT, not EPERM: libraries fall back quietly on it.
    """
    machine = os.uname().machine
    if machine not in MACHINES:
        raise Unavailable("network_not_shut", why=f"no filter for {machine}")
    code = _filter(machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    flags = (SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(MACHINES[machine][3], *flags, ctypes.byref(program)):
        raise Unavailable("network_not_shut", why=os.strerror(ctypes.get_errno()))


def is_network_shut() -> bool:
    """Try every way to the network that there may be; return whether the ban has answered each.

    Tried, not remembered: whoever is not under the ban gets a socket, or another error than the ban's.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for family in (AF_INET, AF_INET6, AF_PACKET, AF_BLUETOOTH, AF_VSOCK):
        descriptor = libc.socket(family, SOCK_DGRAM, 0)
        if descriptor >= 0:
            os.close(descriptor)
            return False
        if ctypes.get_errno() != errno.EAFNOSUPPORT:
            return False
    io_uring_setup = MACHINES.get(os.uname().machine, (0, 0, 0, 0))[2]
    return libc.syscall(io_uring_setup, 1, None) < 0 and ctypes.get_errno() == errno.ENOSYS


def forbid_dumps() -> None:
    """Leave no core dump and let no process of the same user attach (PR_SET_DUMPABLE, RLIMIT_CORE)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise Unavailable("dumps_not_forbidden", why=os.strerror(ctypes.get_errno()))


def _filter(machine: str) -> bytes:
    """Return the BPF program (8 bytes an instruction; the two middle numbers say how many to skip if true, false)."""
    architecture, socket, io_uring_setup, _ = MACHINES[machine]
    return b"".join(
        (
            _step(LOAD, 0, 0, ARCHITECTURE),
            _step(IF_EQUAL, 1, 0, architecture),
            _step(RETURN, 0, 0, RET_KILL_PROCESS),  # another table of numbers: 32-bit calls
            _step(LOAD, 0, 0, SYSCALL_NUMBER),
            _step(IF_AT_LEAST, 0, 1, X32_BIT),
            _step(RETURN, 0, 0, RET_KILL_PROCESS),
            _step(IF_EQUAL, 0, 1, io_uring_setup),
            _step(RETURN, 0, 0, RET_ERRNO | errno.ENOSYS),
            _step(IF_EQUAL, 1, 0, socket),
            _step(RETURN, 0, 0, RET_ALLOW),
            _step(LOAD, 0, 0, FIRST_ARGUMENT),
            _step(IF_EQUAL, 2, 0, AF_UNIX),
            _step(IF_EQUAL, 1, 0, AF_NETLINK),
            _step(RETURN, 0, 0, RET_ERRNO | errno.EAFNOSUPPORT),
            _step(RETURN, 0, 0, RET_ALLOW),
        )
    )


def _step(operation: int, skip_if_true: int, skip_if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", operation, skip_if_true, skip_if_false, value)
