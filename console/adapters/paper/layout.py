# SPDX-License-Identifier: Apache-2.0
"""Rows of wrapped text on a baseline grid: the only thing that our pages are made of."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from console.domain.errors import Unavailable

SANS, BOLD, MONO = "NotoSans-Regular", "NotoSans-Bold", "NotoSansMono-Regular"
LEADING = 1.36
"""Distance of two baselines, in sizes."""
_ASCENT = 0.97
HAIRLINE, STRONG_LINE = 0.4, 1.2


@dataclass(frozen=True)
class Cell:
    """A text in a column; ``left`` and ``width`` are points on the page."""

    text: str
    left: float
    width: float
    face: str = SANS


@dataclass(frozen=True)
class Row:
    """Cells side by side whose first lines share a baseline; ``space`` above it is in lines, ``rule`` in points."""

    cells: tuple[Cell, ...]
    space: float = 0
    rule: float = 0


def load_faces(folder: Path) -> None:
    """Make the bundled faces known to reportlab. Raises ``Unavailable``: fonts_missing."""
    for face in (SANS, BOLD, MONO):
        if face in pdfmetrics.getRegisteredFontNames():
            continue
        try:
            pdfmetrics.registerFont(TTFont(face, str(folder / f"{face}.ttf")))
        except (TTFError, OSError) as error:
            raise Unavailable("fonts_missing", file=f"{face}.ttf") from error


def text_width(text: str, face: str, size: float) -> float:
    """Return the width in points of one line."""
    return float(pdfmetrics.stringWidth(text, face, size))


def printable(text: str, face: str) -> str:
    """Return the text with every letter that the face lacks, or that is invisible, spelled ``[U+202E]``.

    Nothing may be missing on paper without a trace, and nothing may turn the reading order round.
    """
    glyphs = pdfmetrics.getFont(face).face.charToGlyph
    return "".join(
        letter
        if letter == "\n" or (ord(letter) in glyphs and not unicodedata.category(letter).startswith("C"))
        else f"[U+{ord(letter):04X}]"
        for letter in text.replace("\t", " ").replace("\r\n", "\n")
    )


def wrap(text: str, face: str, size: float, width: float) -> list[str]:
    """Return the lines of a text; a word wider than the column is cut into lines, never lost."""
    return [
        line
        for paragraph in printable(text, face).split("\n")
        for line in _wrap_paragraph(paragraph, face, size, width)
    ]


def height(rows: Sequence[Row], size: float) -> float:
    """Return the height in points of rows set one below the other."""
    return sum((row.space + _depth(row, size)) * size * LEADING for row in rows)


def draw(canvas: Canvas, rows: Sequence[Row], top: float, size: float) -> None:
    """Set rows one below the other, from ``top`` downwards."""
    step = size * LEADING
    for row in rows:
        top -= row.space * step
        if row.rule:
            _rule(canvas, row, top + 0.3 * row.space * step)
        for cell in row.cells:
            canvas.setFont(cell.face, size)
            for number, line in enumerate(wrap(cell.text, cell.face, size, cell.width)):
                canvas.drawString(cell.left, top - _ASCENT * size - number * step, line)
        top -= _depth(row, size) * step


def _rule(canvas: Canvas, row: Row, height_on_page: float) -> None:
    canvas.setLineWidth(row.rule)
    last = row.cells[-1]
    canvas.line(row.cells[0].left, height_on_page, last.left + last.width, height_on_page)


def _depth(row: Row, size: float) -> int:
    return max((len(wrap(cell.text, cell.face, size, cell.width)) for cell in row.cells), default=0)


def _wrap_paragraph(paragraph: str, face: str, size: float, width: float) -> list[str]:
    blank = text_width(" ", face, size)
    lines: list[list[str]] = [[]]
    used = 0.0
    for word in paragraph.split(" "):
        for piece in _cut(word, face, size, width):
            needed = text_width(piece, face, size)
            if lines[-1] and used + blank + needed > width:
                lines.append([])
            used = used + blank + needed if lines[-1] else needed
            lines[-1].append(piece)
    return [" ".join(line) for line in lines]


def _cut(word: str, face: str, size: float, width: float) -> list[str]:
    if text_width(word, face, size) <= width:
        return [word]
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, face, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
