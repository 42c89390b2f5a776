# SPDX-License-Identifier: Apache-2.0
"""Picture files from outside as grey pixels, whatever they claim to be and however large."""

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from console.domain.errors import Refused
from console.domain.handoff.picture import Grey

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURE_BYTES = 64 * 1024 * 1024
MAX_PICTURE_PIXELS = 40_000_000
"""An A4 page scanned at 600 dpi has 35 million; a small file could otherwise unpack to fill the memory."""

# What Pillow's readers of PNG and JPEG raise for broken files; a test with broken files watches this list.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


def grey(picture: bytes) -> Grey:
    """Return the pixels of a PNG or JPEG, on white; ``Refused``: picture_unreadable, picture_too_large."""
    image = _opened(picture)
    return Grey(image.width, image.height, image.tobytes())


def _opened(picture: bytes) -> "Image":
    from PIL import JpegImagePlugin, PngImagePlugin

    if len(picture) > MAX_PICTURE_BYTES:
        raise Refused("picture_too_large", bytes=len(picture), most=MAX_PICTURE_BYTES)
    # The two readers are called by name: ``Image.open`` would offer the bytes to every format Pillow knows.
    readers = {b"\x89PNG": PngImagePlugin.PngImageFile, b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile}
    reader = next((readers[magic] for magic in readers if picture.startswith(magic)), None)
    if reader is None:
        raise Refused("picture_unreadable")
    try:
        image = reader(BytesIO(picture))
        pixels = image.width * image.height
        if pixels > MAX_PICTURE_PIXELS:
            raise Refused("picture_too_large", pixels=pixels, most=MAX_PICTURE_PIXELS)
        return _on_white(image)
    except _BROKEN as error:
        raise Refused("picture_unreadable") from error


def _on_white(image: "Image") -> "Image":
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("L")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("L")
