# SPDX-License-Identifier: Apache-2.0
"""What a camera sees: symbols on a screen in front of it, as pixels in the forms that cameras deliver."""

import struct
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from console.adapters.qr import QrCodes
from console.domain.handoff import picture
from console.domain.handoff.picture import Grey

WIDTH, HEIGHT = 1280, 720
BROKEN = 0x40


def seen(text: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Return a symbol on a screen that fills most of the picture, before a grey room; an empty text: only the room."""
    room = Image.new("L", size, 120)
    if text:
        symbol = Image.open(BytesIO(QrCodes().render(text))).convert("L")
        side = min(size) * 9 // 10
        symbol = symbol.resize((side, side), Image.Resampling.BILINEAR)
        room.paste(symbol, ((size[0] - side) // 2, (size[1] - side) // 2))
    return room


def delivered(image: Image.Image, form: str, padding: int = 0) -> bytes:
    """Return the bytes of one picture; ``padding`` bytes stand behind each row."""
    if form == picture.JPEG:
        file = BytesIO()
        image.save(file, "JPEG", quality=80)
        return file.getvalue()
    grey = image.tobytes()
    rows = [grey[at : at + image.width] for at in range(0, len(grey), image.width)]
    if form == picture.YUYV:
        rows = [b"".join(bytes((tone, 128)) for tone in row) for row in rows]
    return b"".join(row + bytes(padding) for row in rows)


def taken(image: Image.Image) -> Grey:
    """Return the picture as a camera of grey pixels delivers it."""
    return Grey(image.width, image.height, image.tobytes())


def film(file: Path, images: Sequence[Image.Image], form: str, padding: int = 0, broken: int = -1) -> Path:
    """Write the pictures for ``kernel.c``; the one numbered ``broken`` is marked so, and says nothing."""
    width, height = images[0].size
    step = {picture.GREY: 1, picture.YUYV: 2, picture.JPEG: 0}[form]
    parts = [struct.pack("<4I", width, height, width * step + padding, len(images))]
    for number, image in enumerate(images):
        data = delivered(image, form, padding)
        parts.append(struct.pack("<2I", BROKEN if number == broken else 0, len(data)) + data)
    file.write_bytes(b"".join(parts))
    return file
