# SPDX-License-Identifier: Apache-2.0
"""The token process's end of a pipe or socket: read a frame into a wipeable buffer, write one."""

import os
from collections.abc import Callable, Sequence
from functools import partial

from console.domain import frame
from console.domain.frame import Frame

ReadInto = Callable[[memoryview], int]
Write = Callable[[Sequence[memoryview]], int]
"""Writes some of these bytes at once and returns how many: a reader that is woken twice costs more than all else."""


def read(read_into: ReadInto) -> Frame | None:
    """Return the next frame, or None when the other side is gone; ``Corrupt`` if it is none."""
    prefix = _filled(read_into, frame.LENGTHS.size)
    if prefix is None:
        return None
    head_size, tail_size = frame.lengths(bytes(prefix))
    head = _filled(read_into, head_size)
    tail = _filled(read_into, tail_size)
    if head is None or tail is None:
        return None
    return Frame(frame.decode_head(bytes(head)), tail)


def write(write_some: Write, message: Frame) -> None:
    """Write a whole frame and wipe its tail."""
    parts = [memoryview(part) for part in frame.encode(message)]
    while parts := frame.after(parts, write_some(parts)):
        pass
    wipe(message.tail)


def wipe(buffer: bytearray) -> None:
    """Overwrite a buffer with zeros."""
    buffer[:] = bytes(len(buffer))


def reader_of(descriptor: int) -> ReadInto:
    """Return how to read from a pipe without a copy that cannot be wiped."""
    return lambda view: os.readv(descriptor, [view])


def writer_of(descriptor: int) -> Write:
    """Return how to write to a pipe."""
    return partial(os.writev, descriptor)


def _filled(read_into: ReadInto, size: int) -> bytearray | None:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        more = read_into(view[got:])
        if not more:
            return None
        got += more
    return buffer
