# SPDX-License-Identifier: Apache-2.0
"""Papers of several sections on as many pages as it takes: head, facts beside the signed state, sections, foot.

Of ``content`` these keys are read here. Every text is ready for the reader.

    title, station, vault    str
    mode_words               str            the sentence in the banner; "" exactly on a real station
    qr                       str, ASCII     the journal's state, signed, as a frame
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import layout, symbol
from console.adapters.paper.layout import BOLD, HAIRLINE, LEADING, SANS, STRONG_LINE, Cell, Row
from console.domain.canonical import Object
from console.domain.errors import Misused
from console.domain.text import Voice

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 20 * MM, WIDTH - 15 * MM, HEIGHT - 15 * MM, 19 * MM
VALUES = LEFT + 30 * MM
GAP = 3 * MM
QR_SIDE = 28 * MM
BESIDE_QR = RIGHT - QR_SIDE - 2 * GAP
"""Where a text beside the symbol ends."""
TITLE_SIZE, BANNER_SIZE, TEXT_SIZE, FOOTER_SIZE = 20.0, 9.0, 8.5, 7.0


def check_keys(content: Object, keys: frozenset[str]) -> None:
    """Raise ``Misused`` (paper_content) unless the content has exactly these keys."""
    if set(content) != keys:
        raise Misused("paper_content", keys=", ".join(sorted(keys ^ set(content))))


def document(content: Object, sections: Sequence[list[Row]], say: Voice) -> bytes:
    """Return the sections as PDF; the first stands beside the symbol."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(str(content["title"]))
    canvas.setAuthor(str(content["station"]))
    canvas.setCreator("Break-Glass Console")
    rows = [row for section in sections for row in section]
    sheets = list(_sheets(rows, TOP - _depth_of_head(content) - BOTTOM))
    for number, sheet in enumerate(sheets, 1):
        top = _head(canvas, content)
        layout.draw(canvas, sheet, top, TEXT_SIZE)
        if number == 1:
            symbol.draw(canvas, str(content["qr"]), right=RIGHT, top=top, side=QR_SIDE)
        _foot(canvas, content, page_of(number, len(sheets), say))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def page_of(number: int, count: int, say: Voice) -> str:
    """Return which of how many pages this is."""
    return say("page {number} of {count}", number=number, count=count)


def read_from(content: Object, say: Voice) -> str:
    """Return from which state of the journal a paper was made."""
    return say("{size} entries of the journal; the symbol is that state, signed", size=content["size"])


def words_in_lines(words: Sequence[str]) -> str:
    """Return twelve words in three lines of four, as they are read aloud."""
    return "\n".join([" ".join(words[:4]), " ".join(words[4:8]), " ".join(words[8:])])


def section(rows: list[Row]) -> list[Row]:
    """Return the rows of a section, under a rule."""
    return [replace(rows[0], space=1, rule=HAIRLINE), *rows[1:]]


def heading(text: str) -> Row:
    """Return the title of a section."""
    return Row((Cell(text, LEFT, RIGHT - LEFT, BOLD),))


def pair(label: str, text: str, right: float = RIGHT) -> Row:
    """Return a label and its text."""
    return Row((Cell(label, LEFT, VALUES - LEFT - GAP, BOLD), Cell(text, VALUES, right - VALUES)))


def _sheets(rows: Sequence[Row], room: float) -> Iterator[list[Row]]:
    """Yield the rows of each page, in ``room`` points."""
    page: list[Row] = []
    for row in rows:
        if page and layout.height([*page, row], TEXT_SIZE) > room:
            yield page
            page = []
        page.append(row if page else replace(row, space=0))
    yield page


def _head_rows(content: Object) -> tuple[Row, Row | None]:
    words = str(content["mode_words"])
    banner = Row((Cell(words, LEFT, RIGHT - LEFT, BOLD),)) if words else None
    return Row((Cell(str(content["title"]), LEFT, RIGHT - LEFT, BOLD),)), banner


def _depth_of_head(content: Object) -> float:
    title, banner = _head_rows(content)
    words = layout.height([banner], BANNER_SIZE) if banner else 0
    return layout.height([title], TITLE_SIZE) + words + 4 * MM


def _head(canvas: Canvas, content: Object) -> float:
    """Draw title and banner; return where the rows begin."""
    title, banner = _head_rows(content)
    top = TOP
    if banner:
        layout.draw(canvas, [banner], top, BANNER_SIZE)
        top -= layout.height([banner], BANNER_SIZE)
    layout.draw(canvas, [title], top, TITLE_SIZE)
    top -= layout.height([title], TITLE_SIZE)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top, RIGHT, top)
    return top - 4 * MM


def _foot(canvas: Canvas, content: Object, number: str) -> None:
    top = BOTTOM - 3 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.line(LEFT, top, RIGHT, top)
    width = layout.text_width(number, SANS, FOOTER_SIZE)
    cells = (Cell(str(content["vault"]), LEFT, RIGHT - LEFT - width - GAP), Cell(number, RIGHT - width, width + 1))
    layout.draw(canvas, [Row(cells)], top - 0.5 * LEADING * FOOTER_SIZE, FOOTER_SIZE)
