# SPDX-License-Identifier: Apache-2.0
"""The custody register: who held which token and which shares, from when to when; as many pages as it takes.

``content`` has exactly these keys. Every text is ready for the reader.

    title, station, vault, made    str    made: when these pages were made
    mode_words   str                      the sentence in the banner; "" exactly on a real station
    size         int                      entries of the journal that this was read from
    root_words   list of 12 str           of the journal's root at that size
    qr           str, ASCII               that state, signed, as a frame
    tokens       list of {who, facts, shares}
                 who: str; facts: list of [label, text]; shares: list of [credential, since, until]
    not_proven   list of str              what these pages do not prove
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import cast

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import symbol, typeset
from console.adapters.paper.typeset import BOLD, HAIRLINE, LEADING, SANS, STRONG_LINE, Cell, Row
from console.domain.canonical import Json, Object
from console.domain.errors import Misused

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 20 * MM, WIDTH - 15 * MM, HEIGHT - 15 * MM, 19 * MM
VALUES, SINCE, UNTIL = LEFT + 30 * MM, LEFT + 92 * MM, LEFT + 134 * MM
GAP = 3 * MM
QR_SIDE = 28 * MM
TITLE_SIZE, BANNER_SIZE, TEXT_SIZE, FOOTER_SIZE = 20.0, 9.0, 8.5, 7.0

KEYS = frozenset("title station vault made mode_words size root_words qr tokens not_proven".split())
SHARES = ("Shares of", "Since", "Until")


def pages(content: Object) -> bytes:
    """Return the register as PDF. Raises ``Misused``: paper_content."""
    if set(content) != KEYS:
        raise Misused("paper_content", keys=", ".join(sorted(KEYS ^ set(content))))
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(str(content["title"]))
    canvas.setAuthor(str(content["station"]))
    canvas.setCreator("Break-Glass Console")
    rows = [row for block in _blocks(content) for row in block]
    sheets = list(_sheets(rows, TOP - _depth_of_head(content) - BOTTOM))
    for number, sheet in enumerate(sheets, 1):
        top = _head(canvas, content)
        typeset.draw(canvas, sheet, top, TEXT_SIZE)
        if number == 1:
            symbol.draw(canvas, str(content["qr"]), right=RIGHT, top=top, side=QR_SIDE)
        _foot(canvas, content, f"page {number} of {len(sheets)}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _sheets(rows: Sequence[Row], room: float) -> Iterator[list[Row]]:
    """Yield the rows of each page, in ``room`` points."""
    page: list[Row] = []
    for row in rows:
        if page and typeset.height([*page, row], TEXT_SIZE) > room:
            yield page
            page = []
        page.append(row if page else replace(row, space=0))
    yield page


def _blocks(content: Object) -> Iterator[list[Row]]:
    words = cast(Sequence[str], content["root_words"])
    facts = [
        ("Station", str(content["station"])), ("Vault", str(content["vault"])), ("Made", str(content["made"])),
        ("Read from", f"{content['size']} entries of the journal; the symbol is that state, signed"),
        ("Root in 12 words", "\n".join([" ".join(words[:4]), " ".join(words[4:8]), " ".join(words[8:])])),
    ]  # fmt: skip
    # Beside the symbol.
    yield [_pair(label, text, RIGHT - QR_SIDE - 2 * GAP) for label, text in facts]
    for token in cast(Sequence[Object], content["tokens"]):
        yield _token(token)
    yield _section([_pair("Not proven here", "\n".join(cast(Sequence[str], content["not_proven"])))])


def _token(token: Object) -> list[Row]:
    title = Row((Cell(str(token["who"]), LEFT, RIGHT - LEFT, BOLD),))
    facts = [_pair(str(label), str(text)) for label, text in cast(Sequence[Sequence[Json]], token["facts"])]
    shares = cast(Sequence[Sequence[str]], token["shares"])
    table = [_line(SHARES, BOLD), *(_line(row, SANS) for row in shares)] if shares else []
    return _section([title, *facts, *table])


def _section(rows: list[Row]) -> list[Row]:
    return [replace(rows[0], space=1, rule=HAIRLINE), *rows[1:]]


def _pair(label: str, text: str, right: float = RIGHT) -> Row:
    return Row((Cell(label, LEFT, VALUES - LEFT - GAP, BOLD), Cell(text, VALUES, right - VALUES)))


def _line(texts: Sequence[str], face: str) -> Row:
    edges = (VALUES, SINCE, UNTIL, RIGHT + GAP)
    places = pairwise(edges)
    return Row(
        tuple(Cell(t, left, end - left - GAP, face) for t, (left, end) in zip(texts, places, strict=True))
    )


def _head_rows(content: Object) -> tuple[Row, Row | None]:
    words = str(content["mode_words"])
    banner = Row((Cell(words, LEFT, RIGHT - LEFT, BOLD),)) if words else None
    return Row((Cell(str(content["title"]), LEFT, RIGHT - LEFT, BOLD),)), banner


def _depth_of_head(content: Object) -> float:
    title, banner = _head_rows(content)
    words = typeset.height([banner], BANNER_SIZE) if banner else 0
    return typeset.height([title], TITLE_SIZE) + words + 4 * MM


def _head(canvas: Canvas, content: Object) -> float:
    """Draw title and banner; return where the rows begin."""
    title, banner = _head_rows(content)
    top = TOP
    if banner:
        typeset.draw(canvas, [banner], top, BANNER_SIZE)
        top -= typeset.height([banner], BANNER_SIZE)
    typeset.draw(canvas, [title], top, TITLE_SIZE)
    top -= typeset.height([title], TITLE_SIZE)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top, RIGHT, top)
    return top - 4 * MM


def _foot(canvas: Canvas, content: Object, number: str) -> None:
    top = BOTTOM - 3 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.line(LEFT, top, RIGHT, top)
    width = typeset.text_width(number, SANS, FOOTER_SIZE)
    cells = (
        Cell(str(content["vault"]), LEFT, RIGHT - LEFT - width - GAP),
        Cell(number, RIGHT - width, width + 1),
    )
    typeset.draw(canvas, [Row(cells)], top - 0.5 * LEADING * FOOTER_SIZE, FOOTER_SIZE)
