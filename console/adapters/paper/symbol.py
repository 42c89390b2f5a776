# SPDX-License-Identifier: Apache-2.0
"""A QR symbol on a page, drawn as squares, so that it is sharp on every printer."""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfgen.canvas import Canvas

from console.domain.errors import Misused

MAX_LETTERS = 540


def draw(canvas: Canvas, text: str, *, right: float, top: float, side: float) -> None:
    """Draw it with its upper right corner there; the paper around it is its quiet zone. ``Misused``: paper_content."""
    if not text.isascii() or not 0 < len(text) <= MAX_LETTERS:
        raise Misused("paper_content", keys="qr")
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    module = side / len(code.modules)
    canvas.setFillGray(1)
    canvas.rect(right - side - 4 * module, top - side, side + 4 * module, side, stroke=0, fill=1)
    canvas.setFillGray(0)
    squares = canvas.beginPath()
    for line, row in enumerate(code.modules):
        for column, dark in enumerate(row):
            if dark:
                squares.rect(right - side + column * module, top - (line + 1) * module, module, module)
    canvas.drawPath(squares, stroke=0, fill=1)
