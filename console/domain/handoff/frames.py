# SPDX-License-Identifier: Apache-2.0
"""What crosses the air gap as pictures: an object as numbered frames, and the frames as the object again.

    BG1/<KIND>/<hash, 24 characters>/<i>/<n>/<payload, base32>

The object is deflated and cut into ``n`` payloads. Every object travels like this, a short one as frame 1 of 1.
Frames say what belongs together and that it arrived whole; who made the object is proven by the signatures
inside it. A one-time code is no frame: its picture holds the bare code. Byte for byte: docs/formats/handoff.md.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from console.domain.canonical import digest
from console.domain.errors import Corrupt, Misused, Refused

FILE, REQUEST, APPROVAL, CHECKPOINT, PIN_CARD = "file", "request", "approval", "checkpoint", "pin-card"
WITNESS, CARD, CHANGE, SIGNATURE = "witness", "card", "change", "signature"
ERRAND, ANSWER = "errand", "answer"
"""The kinds of objects that travel."""

FRAME_BYTES = 300
MIN_FRAME_BYTES = 32
MAX_FRAME_BYTES = 1000
MAX_FRAMES = 256
MAX_OBJECT_BYTES = 64 * 1024
MAX_FILES_BYTES = 256 * 1024 * 1024
"""So much is read of the files that come in, all of them together."""
HASH_BYTES = 15

_RAW_DEFLATE = -15
_KIND = re.compile(r"[a-z][a-z0-9-]{0,11}\Z")
_TEXT = re.compile(r"BG1/([A-Z][A-Z0-9-]{0,11})/([A-Z2-7]{24})/([1-9][0-9]{0,2})/([1-9][0-9]{0,2})/([A-Z2-7]+)\Z")
_MAX_SPANS = 2000
_SPAN = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?\Z")
_MAX_TEXT = 50 + MAX_FRAME_BYTES * 8 // 5


@dataclass(frozen=True)
class Frame:
    """One picture's worth: ``number`` counts from 1 to ``count``; ``object_hash`` is 15 bytes."""

    kind: str
    object_hash: bytes
    number: int
    count: int
    payload: bytes

    def text(self) -> str:
        """Return the frame in the letters of QR's alphanumeric mode."""
        head = f"BG1/{self.kind.upper()}/{_to_base32(self.object_hash)}/{self.number}/{self.count}"
        return f"{head}/{_to_base32(self.payload)}"


def split(kind: str, data: bytes, *, frame_bytes: int = FRAME_BYTES) -> list[str]:
    """Return the frames of an object as texts, in order.

    ``frame_bytes`` is the payload of each frame but the last. Raises ``Refused``: handoff_density,
    handoff_too_long (more than 64 KiB or 256 frames: take a file instead).
    """
    if not _KIND.match(kind):
        raise Misused("handoff_kind", kind=kind)
    if not MIN_FRAME_BYTES <= frame_bytes <= MAX_FRAME_BYTES:
        raise Refused("handoff_density", asked=frame_bytes, least=MIN_FRAME_BYTES, most=MAX_FRAME_BYTES)
    if len(data) > MAX_OBJECT_BYTES:
        raise Refused("handoff_too_long", bytes=len(data), most=MAX_OBJECT_BYTES)
    packed = pack(data)
    payloads = [packed[start : start + frame_bytes] for start in range(0, len(packed), frame_bytes)]
    if len(payloads) > MAX_FRAMES:
        raise Refused("handoff_too_long", frames=len(payloads), most=MAX_FRAMES)
    name = object_hash(kind, data)
    return [
        Frame(kind, name, number, len(payloads), payload).text() for number, payload in enumerate(payloads, start=1)
    ]


def parse(text: str) -> Frame:
    """Return the frame that a text spells, spaces and line ends around it ignored (scanners type them).

    Raises ``Refused``: handoff_not_a_frame, handoff_version (a frame of a later program).
    """
    text = text.strip(" \t\r\n")
    match = _TEXT.match(text) if len(text) <= _MAX_TEXT else None
    if match is None:
        later = re.match(r"BG([0-9]{1,4})/", text)
        if later and later[1] != "1":
            raise Refused("handoff_version", version=later[1])
        raise Refused("handoff_not_a_frame")
    kind, name, number, count, payload = match.groups()
    if not int(number) <= int(count) <= MAX_FRAMES:
        raise Refused("handoff_not_a_frame")
    return Frame(kind.lower(), _from_base32(name), int(number), int(count), _from_base32(payload))


def object_hash(kind: str, data: bytes) -> bytes:
    """Return the 15 bytes by which the frames of one object know each other."""
    return digest("handoff", kind.encode(), data)[:HASH_BYTES]


def spans(numbers: Sequence[int]) -> str:
    """Return ascending numbers as people read them out: ``2, 5-7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def read_spans(typed: str, count: int) -> list[int]:
    """Return the numbers from 1 to ``count`` that somebody named, as ``spans`` writes them or with blanks between.

    Raises ``Refused`` (frame_numbers_wrong): a part that is none, or that names no picture.
    """
    if len(typed) > _MAX_SPANS:
        raise Refused("frame_numbers_wrong", part=typed[:20], count=count)
    found: set[int] = set()
    for part in re.sub(r"\s*-\s*", "-", typed).replace(",", " ").replace(";", " ").split():
        match = _SPAN.match(part)
        if match is None:
            raise Refused("frame_numbers_wrong", part=part[:20], count=count)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= count:
            raise Refused("frame_numbers_wrong", part=part[:20], count=count)
        found.update(range(first, last + 1))
    return sorted(found)


class Collector:
    """Gathers the frames of one object, in any order; a frame seen twice is fine.

    The first frame decides which object it is. A frame that is refused changes nothing.
    """

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}

    def add(self, text: str) -> Frame:
        """Take one frame. Raises like ``parse``, and ``Refused`` handoff_other_object, ``Corrupt`` handoff_conflict."""
        frame = parse(text)
        first = next(iter(self._frames.values()), frame)
        if (frame.kind, frame.object_hash, frame.count) != (first.kind, first.object_hash, first.count):
            raise Refused("handoff_other_object", expected=_name(first), got=_name(frame))
        if self._frames.setdefault(frame.number, frame) != frame:
            raise Corrupt("handoff_conflict", frame=frame.number, object=_name(frame))
        return frame

    def count(self) -> int:
        """Return how many frames the object has: 0 before the first one."""
        return next(iter(self._frames.values())).count if self._frames else 0

    def missing(self) -> list[int]:
        """Return the numbers of the frames that have not come yet."""
        return [number for number in range(1, self.count() + 1) if number not in self._frames]

    def is_complete(self) -> bool:
        """Say whether the object can be read."""
        return bool(self._frames) and not self.missing()

    def kind(self) -> str:
        """Return the object's kind. Raises ``Refused`` handoff_incomplete before the first frame."""
        if not self._frames:
            raise Refused("handoff_incomplete", missing="all")
        return next(iter(self._frames.values())).kind

    def data(self) -> bytes:
        """Return the object. Raises ``Refused``: handoff_incomplete, handoff_too_long; ``Corrupt``: handoff_garbled."""
        kind = self.kind()
        if missing := self.missing():
            raise Refused("handoff_incomplete", missing=", ".join(map(str, missing)))
        frames = [self._frames[number] for number in sorted(self._frames)]
        data = unpack(b"".join(frame.payload for frame in frames))
        if object_hash(kind, data) != frames[0].object_hash:
            raise Corrupt("handoff_garbled", object=_name(frames[0]))
        return data


def _name(frame: Frame) -> str:
    return f"{frame.kind} {_to_base32(frame.object_hash)[:8]}, {frame.count} frames"


def pack(data: bytes) -> bytes:
    """Return the bytes of raw deflate (RFC 1951)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    return packer.compress(data) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """Return what was packed. Raises ``Refused``: handoff_too_long; ``Corrupt``: handoff_garbled."""
    unpacker = zlib.decompressobj(_RAW_DEFLATE)
    try:
        # The limit holds while unpacking: a few frames could otherwise swell to fill the memory.
        data = unpacker.decompress(packed, MAX_OBJECT_BYTES + 1)
    except zlib.error as error:
        raise Corrupt("handoff_garbled") from error
    if len(data) > MAX_OBJECT_BYTES:
        raise Refused("handoff_too_long", most=MAX_OBJECT_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise Corrupt("handoff_garbled")
    return data


def _to_base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def _from_base32(text: str) -> bytes:
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise Refused("handoff_not_a_frame") from error
    if _to_base32(data) != text:
        raise Refused("handoff_not_a_frame")
    return data
