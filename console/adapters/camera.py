# SPDX-License-Identifier: Apache-2.0
"""Cameras by Video4Linux: listed, opened, and their newest picture taken. No library but the kernel.

Source: Linux userspace API, "Video Capture Interface" and "Streaming I/O (Memory Mapping)"; the structures are those of
``linux/videodev2.h``. A camera is a device that somebody may have plugged in: every number it says is bounded.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import select
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from console.domain.errors import Refused, Unavailable
from console.domain.handoff.picture import GREY, JPEG, MAX_SIDE, MIN_SIDE, YUYV, Grey, read_raw

DEVICES = Path("/dev")
WANTED = (1280, 720)
PREFERRED = (GREY, YUYV, JPEG)
"""In this order, if they come at the wanted height: what is not pressed reads better."""
BUFFERS = 4
MOST_BUFFERS = 32
MOST_BYTES = 64 * 1024 * 1024
MOST_DEVICES = 64

CAPTURE, MEMORY_MAPPED, PROGRESSIVE_OR_ANY = 1, 1, 0
CAN_CAPTURE, CAN_STREAM, SAYS_DEVICE = 0x1, 0x04000000, 0x80000000
BROKEN_PICTURE = 0x40  # V4L2_BUF_FLAG_ERROR


class _Capability(ctypes.Structure):
    _fields_ = [
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus_info", ctypes.c_char * 32),
        ("version", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("device_caps", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 3),
    ]


class _Pixels(ctypes.Structure):
    _fields_ = [
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("pixelformat", ctypes.c_uint32),
        ("field", ctypes.c_uint32),
        ("bytesperline", ctypes.c_uint32),
        ("sizeimage", ctypes.c_uint32),
        ("rest", ctypes.c_uint32 * 6),
    ]


class _Kinds(ctypes.Union):
    # The kernel's union has members with pointers, which align it.
    _fields_ = [("pix", _Pixels), ("raw", ctypes.c_uint8 * 200), ("aligned", ctypes.c_void_p)]


class _Format(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint32), ("fmt", _Kinds)]


class _Request(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("memory", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
    ]


class _Timecode(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("rest", ctypes.c_uint8 * 8)]


class _Place(ctypes.Union):
    _fields_ = [("offset", ctypes.c_uint32), ("userptr", ctypes.c_ulong)]


class _Buffer(ctypes.Structure):
    _fields_ = [
        ("index", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("bytesused", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("field", ctypes.c_uint32),
        ("timestamp", ctypes.c_long * 2),
        ("timecode", _Timecode),
        ("sequence", ctypes.c_uint32),
        ("memory", ctypes.c_uint32),
        ("m", _Place),
        ("length", ctypes.c_uint32),
        ("reserved2", ctypes.c_uint32),
        ("request_fd", ctypes.c_int32),
    ]


def _code(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("V") << 8 | number


_WRITE, _READ, _BOTH = 1, 2, 3
QUERYCAP = _code(_READ, 0, ctypes.sizeof(_Capability))
S_FMT = _code(_BOTH, 5, ctypes.sizeof(_Format))
REQBUFS = _code(_BOTH, 8, ctypes.sizeof(_Request))
QUERYBUF = _code(_BOTH, 9, ctypes.sizeof(_Buffer))
QBUF = _code(_BOTH, 15, ctypes.sizeof(_Buffer))
DQBUF = _code(_BOTH, 17, ctypes.sizeof(_Buffer))
STREAMON = _code(_WRITE, 18, ctypes.sizeof(ctypes.c_int))
STREAMOFF = _code(_WRITE, 19, ctypes.sizeof(ctypes.c_int))


class V4l2Cameras:
    """Fits the port ``Cameras``: the cameras whose device files lie in a folder."""

    def __init__(self, devices: Path = DEVICES) -> None:
        self._devices = devices

    def names(self) -> Sequence[tuple[str, str]]:
        """Return (device, what the camera calls itself) of all that can deliver pictures."""
        found = []
        for path in sorted(self._devices.glob("video*"))[:MOST_DEVICES]:
            with suppress(OSError):
                descriptor = _opened(path)
                try:
                    capability = _capability(descriptor)
                finally:
                    os.close(descriptor)
                if _is_camera(capability):
                    found.append((path.name, _told(capability.card) or path.name))
        return found

    @contextmanager
    def camera(self, device: str) -> Iterator["Stream"]:
        """Lend a camera that delivers.

        Raises ``Unavailable``: camera_gone, camera_denied, camera_busy, camera_unsuited.
        """
        with ExitStack() as stack:
            try:
                descriptor = _opened(self._devices / device)
                stack.callback(os.close, descriptor)
                if not _is_camera(_capability(descriptor)):
                    raise Unavailable("camera_unsuited", camera=device)
                stream = Stream(device, descriptor, _chosen(device, descriptor), stack)
            except OSError as error:
                raise _trouble(device, error) from error
            yield stream


class Stream:
    """Fits the port ``Camera``: pictures come into memory that is shared with the kernel."""

    def __init__(self, device: str, descriptor: int, pixels: _Pixels, stack: ExitStack) -> None:
        self._device, self._descriptor = device, descriptor
        self._form, self._stride = _form(pixels), pixels.bytesperline
        self._width, self._height = pixels.width, pixels.height
        asked = _Request(BUFFERS, CAPTURE, MEMORY_MAPPED)
        fcntl.ioctl(descriptor, REQBUFS, asked)
        if not 1 <= asked.count <= MOST_BUFFERS:
            raise Unavailable("camera_unsuited", camera=device)
        self._memory = [self._mapped(index, stack) for index in range(asked.count)]
        for index in range(asked.count):
            self._give_back(index)
        stack.callback(self._stop)
        fcntl.ioctl(descriptor, STREAMON, ctypes.c_int(CAPTURE))

    def picture(self, limit_s: float) -> Grey | bytes | None:
        """Return the newest picture, a JPEG as its bytes; None if none came within the time.

        What the camera itself calls broken, or what is too short, counts as none. ``Unavailable``: camera_gone.
        """
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        deadline = time.monotonic() + limit_s
        try:
            while (left := deadline - time.monotonic()) > 0:
                if poll.poll(left * 1000) and (found := self._newest()) is not None:
                    return found
        except OSError as error:
            raise Unavailable("camera_gone", camera=self._device) from error
        return None

    def _newest(self) -> Grey | bytes | None:
        """Take what has come; what is older than the last one is given back unseen."""
        newest = self._next()
        for _ in self._memory:
            later = self._next() if newest is not None else None
            if later is None:
                break
            self._give_back(newest.index) if newest else None
            newest = later
        return self._taken(newest) if newest is not None else None

    def _next(self) -> _Buffer | None:
        buffer = _Buffer(type=CAPTURE, memory=MEMORY_MAPPED)
        try:
            fcntl.ioctl(self._descriptor, DQBUF, buffer)
        except BlockingIOError:
            return None
        if buffer.index >= len(self._memory):
            raise OSError(errno.EIO, "a buffer that was never lent")
        return buffer

    def _taken(self, buffer: _Buffer) -> Grey | bytes | None:
        memory = self._memory[buffer.index]
        data: bytes = memory[: min(buffer.bytesused, len(memory))]
        self._give_back(buffer.index)
        if buffer.flags & BROKEN_PICTURE or not data:
            return None
        if self._form == JPEG:
            return data
        try:
            return read_raw(data, self._form, self._width, self._height, self._stride)
        except Refused:
            return None

    def _mapped(self, index: int, stack: ExitStack) -> mmap.mmap:
        buffer = _Buffer(index=index, type=CAPTURE, memory=MEMORY_MAPPED)
        fcntl.ioctl(self._descriptor, QUERYBUF, buffer)
        if not 0 < buffer.length <= MOST_BYTES:
            raise Unavailable("camera_unsuited", camera=self._device)
        try:
            memory = mmap.mmap(self._descriptor, buffer.length, offset=buffer.m.offset)
        except ValueError as error:
            raise Unavailable("camera_unsuited", camera=self._device) from error
        stack.callback(memory.close)
        return memory

    def _give_back(self, index: int) -> None:
        fcntl.ioctl(self._descriptor, QBUF, _Buffer(index=index, type=CAPTURE, memory=MEMORY_MAPPED))

    def _stop(self) -> None:
        # It may be gone by now.
        with suppress(OSError):
            fcntl.ioctl(self._descriptor, STREAMOFF, ctypes.c_int(CAPTURE))


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def _capability(descriptor: int) -> _Capability:
    capability = _Capability()
    fcntl.ioctl(descriptor, QUERYCAP, capability)
    return capability


def _is_camera(capability: _Capability) -> bool:
    says_device = capability.capabilities & SAYS_DEVICE
    can = capability.device_caps if says_device else capability.capabilities
    return bool(can & CAN_CAPTURE and can & CAN_STREAM)


def _told(card: bytes) -> str:
    """Return the name that a device gives itself, as one line that can be shown."""
    return "".join(letter for letter in card.decode(errors="replace") if letter.isprintable()).strip()


def _chosen(device: str, descriptor: int) -> _Pixels:
    """Set the first form that comes at the wanted height, else the one that comes largest; return what was granted."""
    granted = [pixels for form in PREFERRED if (pixels := _set(descriptor, form)) is not None]
    if not granted:
        raise Unavailable("camera_unsuited", camera=device)
    high = [pixels for pixels in granted if pixels.height >= WANTED[1]]
    best = high[0] if high else max(granted, key=lambda pixels: pixels.height)
    again = _set(descriptor, _form(best))
    if again is None:
        raise Unavailable("camera_unsuited", camera=device)
    return again


def _set(descriptor: int, form: str) -> _Pixels | None:
    """Ask for a form at the wanted size; return what was granted, None if that is another form or no size."""
    asked = _Format(type=CAPTURE)
    asked.fmt.pix.width, asked.fmt.pix.height = WANTED
    asked.fmt.pix.pixelformat = int.from_bytes(form.encode(), "little")
    asked.fmt.pix.field = PROGRESSIVE_OR_ANY
    try:
        fcntl.ioctl(descriptor, S_FMT, asked)
    except OSError as error:
        if error.errno == errno.EINVAL:
            return None
        raise
    pixels: _Pixels = asked.fmt.pix
    fits = MIN_SIDE <= pixels.width <= MAX_SIDE and MIN_SIDE <= pixels.height <= MAX_SIDE
    return pixels if _form(pixels) == form and fits and pixels.sizeimage <= MOST_BYTES else None


def _form(pixels: _Pixels) -> str:
    return int(pixels.pixelformat).to_bytes(4, "little").decode("ascii", "replace")


def _trouble(device: str, error: OSError) -> Unavailable:
    codes = {errno.EACCES: "camera_denied", errno.EPERM: "camera_denied", errno.EBUSY: "camera_busy"}
    code = codes.get(error.errno or 0, "camera_gone")
    return Unavailable(code, camera=device)
