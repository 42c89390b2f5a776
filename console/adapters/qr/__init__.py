# SPDX-License-Identifier: Apache-2.0
"""QR pictures: drawn with ``qrcode``, read back with ``zxing-cpp``, all in memory."""

import math
from collections.abc import Iterator, Sequence
from io import BytesIO

from console.adapters.qr import files, pdf
from console.domain.errors import Misused, Refused
from console.domain.handoff.picture import Grey

MODULE_PIXELS = 8
QUIET_MODULES = 4
MAX_TEXT_BYTES = 2331
"""What the largest symbol holds in bytes at error correction M (ISO/IEC 18004, table 7)."""


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
        """Return the texts of all QR symbols in a PNG or JPEG picture or in a PDF's pages: empty if there are none.

        Raises ``Refused``: picture_unreadable, picture_too_large, pdf_unreadable, pdf_too_long; ``Unavailable``:
        pdf_reader_missing.
        """
        return [text for page in _pages(picture) for text in self.see(page)]

    def see(self, picture: Grey) -> list[str]:
        """Return the texts of all QR symbols in a picture."""
        import zxingcpp

        # Handed over as a shaped view: ``zxingcpp.ImageView`` (3.1.1) does not keep its buffer alive, and
        # reading freed memory now and then finds no symbol.
        pixels = memoryview(picture.pixels).cast("B", shape=(picture.height, picture.width))
        formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
        found = zxingcpp.read_barcodes(pixels, formats=formats, text_mode=zxingcpp.TextMode.Plain)
        return [symbol.text for symbol in found]

    def grey(self, picture: bytes) -> Grey:
        """Return the pixels of a PNG or JPEG picture; ``Refused``: picture_unreadable, picture_too_large."""
        return files.grey(picture)


def _pages(picture: bytes) -> Iterator[Grey]:
    if picture.startswith(pdf.BEGINS):
        yield from pdf.pages(picture)
    else:
        yield files.grey(picture)


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
