# SPDX-License-Identifier: Apache-2.0
"""Frames between the console and its child processes: bytes <-> message, pure.

A frame is two lengths (head, tail; 4 bytes each, big-endian), a JSON head, and a raw tail. PINs, shares and
shared secrets travel in the tail only: JSON would leave copies that cannot be wiped.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.domain.errors import Corrupt, Misused

LENGTHS = struct.Struct(">II")
MAX_HEAD_BYTES = 64 * 1024
MAX_TAIL_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Frame:
    """One message: a head of plain values and a wipeable tail."""

    head: Mapping[str, object]
    tail: bytearray = field(default_factory=bytearray, repr=False)


def encode(frame: Frame) -> tuple[bytes, bytearray]:
    """Return the lengths with the head, and the tail itself (not copied, so that the caller can wipe it)."""
    head = json.dumps(frame.head, separators=(",", ":")).encode()
    if len(head) > MAX_HEAD_BYTES or len(frame.tail) > MAX_TAIL_BYTES:
        raise Misused("frame_too_large")
    return LENGTHS.pack(len(head), len(frame.tail)) + head, frame.tail


def after(parts: Sequence[memoryview], written: int) -> list[memoryview]:
    """Return what is left of these parts when so many bytes of them are written."""
    left = []
    for part in parts:
        left.append(part[written:])
        written = max(0, written - len(part))
    return [part for part in left if part]


def lengths(prefix: bytes) -> tuple[int, int]:
    """Return (head, tail) lengths of the frame that starts with these 8 bytes; ``Corrupt`` if over the limits."""
    head, tail = LENGTHS.unpack(prefix)
    if head > MAX_HEAD_BYTES or tail > MAX_TAIL_BYTES:
        raise Corrupt("frame_too_large")
    return head, tail


def decode_head(data: bytes) -> dict[str, object]:
    """Return the head's values; ``Corrupt`` if it is not one JSON object."""
    try:
        head = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Corrupt("frame_garbled") from error
    if not isinstance(head, dict):
        raise Corrupt("frame_garbled")
    return head
