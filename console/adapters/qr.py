# SPDX-License-Identifier: Apache-2.0
"""QR pictures: drawn with ``qrcode``, read back with ``zxing-cpp``, all in memory."""

import math
import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from console.domain.errors import Misused, Refused

if TYPE_CHECKING:
    from PIL.Image import Image

MODULE_PIXELS = 8
QUIET_MODULES = 4
MAX_TEXT_BYTES = 2331
"""What the largest symbol holds in bytes at error correction M (ISO/IEC 18004, table 7)."""
MAX_PICTURE_BYTES = 64 * 1024 * 1024
MAX_PICTURE_PIXELS = 40_000_000
"""An A4 page scanned at 600 dpi has 35 million; a small file could otherwise unpack to fill the memory."""

# What Pillow's readers of PNG and JPEG raise for broken files; a test with broken files watches this list.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)


class QrCodes:
    """The port ``Codes``. Nothing is written to a file: a picture may be a live one-time code."""

    def render(self, text: str) -> bytes:
        """Return one symbol as PNG: error correction M, quiet zone 4, 8 pixels a module, black on white.

        Raises ``Refused``: code_too_long; ``Misused``: code_empty.
        """
        return _png(self.modules(text))

    def page(self, texts: Sequence[str]) -> bytes:
        """Return all these symbols in one PNG, as square as they go, each drawn as by ``render``; raises like it."""
        symbols = [self.modules(text) for text in texts]
        columns = math.ceil(math.sqrt(len(symbols)))
        side = max(map(len, symbols))
        light = [[False] * side for _ in range(side)]
        padded = [_padded(symbol, side) for symbol in symbols]
        padded += [light] * (-len(symbols) % columns)
        rows = [padded[at : at + columns] for at in range(0, len(padded), columns)]
        return _png([[dark for symbol in row for dark in symbol[y]] for row in rows for y in range(side)])

    def modules(self, text: str) -> list[list[bool]]:
        """Return the same symbol as rows of modules, True for dark, quiet zone included; raises like ``render``."""
        size = len(text.encode())
        if not text:
            raise Misused("code_empty")
        if size > MAX_TEXT_BYTES:
            raise Refused("code_too_long", bytes=size, most=MAX_TEXT_BYTES)
        return _modules(text)

    def scan(self, picture: bytes) -> list[str]:
        """Return the texts of all QR symbols in a PNG or JPEG picture: an empty list if there are none.

        Raises ``Refused``: picture_unreadable, picture_too_large.
        """
        import zxingcpp

        image = _grey(picture)
        # Handed over as a shaped view: ``zxingcpp.ImageView`` (3.1.1) does not keep its buffer alive, and
        # reading freed memory now and then finds no symbol.
        pixels = memoryview(image.tobytes()).cast("B", shape=(image.height, image.width))
        formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
        found = zxingcpp.read_barcodes(pixels, formats=formats, text_mode=zxingcpp.TextMode.Plain)
        return [symbol.text for symbol in found]


def _modules(text: str) -> list[list[bool]]:
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(text, optimize=0)
    code.make()
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _padded(symbol: list[list[bool]], side: int) -> list[list[bool]]:
    """Return a symbol in the upper left of a light square."""
    rest = side - len(symbol)
    return [[*row, *[False] * rest] for row in symbol] + [[False] * side] * rest


def _png(modules: list[list[bool]]) -> bytes:
    from PIL import Image

    width, height = len(modules[0]), len(modules)
    image = Image.new("1", (width, height))
    image.putdata([not dark for row in modules for dark in row])
    image = image.resize((width * MODULE_PIXELS, height * MODULE_PIXELS), Image.Resampling.NEAREST)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _grey(picture: bytes) -> "Image":
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
