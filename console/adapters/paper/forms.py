# SPDX-License-Identifier: Apache-2.0
"""Numbered blank forms for the hours in which nothing takes entries: a page each, filled in by hand.

``content`` has exactly these keys. Every text is ready for the reader.

    station, vault, made   str    made: when they were printed
    mode_words    str             the sentence in the banner; "" exactly on a real station
    first, last   int             the numbers of the forms
    not_proven    list of str     what a form that was filled in does not prove
"""

from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate
from typing import cast

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import layout
from console.adapters.paper.layout import BOLD, HAIRLINE, LEADING, SANS, STRONG_LINE, Cell, Row
from console.adapters.paper.sections import (
    BANNER_SIZE,
    BOTTOM,
    FOOTER_SIZE,
    HEIGHT,
    LEFT,
    MM,
    RIGHT,
    TITLE_SIZE,
    TOP,
    WIDTH,
    check_keys,
)
from console.domain.canonical import Object
from console.domain.text import Voice

KEYS = frozenset("station vault made mode_words first last not_proven".split())
TEXT_SIZE, LABEL_SIZE = 9.0, 7.5
LINE = 8.5 * MM
"""High enough to write in."""
CODES, ACCEPTING, SIGNING, FREE = 6, 2, 2, 5
"""Lines of each table."""


def pages(content: Object, say: Voice) -> bytes:
    """Return the forms as PDF, their texts as ``say`` says them. Raises ``Misused``: paper_content."""
    check_keys(content, KEYS)
    first, last = cast(int, content["first"]), cast(int, content["last"])
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(say("Paper forms {first} to {last}", first=first, last=last))
    canvas.setAuthor(str(content["station"]))
    canvas.setCreator("Break-Glass Console")
    for number in range(first, last + 1):
        _page(canvas, content, number, say)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _page(canvas: Canvas, content: Object, number: int, say: Voice) -> None:
    top = _head(canvas, content, number, say)
    local, utc, name = say("Local time, zone"), say("The same in UTC"), say("Name in block letters")
    begun = ((say("Incident number"), 3), (say("Why nothing takes entries"), 4), (local, 3), (utc, 3))
    top = _table(canvas, say("How it began"), begun, 1, top)
    accepting = ((name, 4), (say("Group"), 2), (local, 3), (utc, 3), (say("Signature by hand"), 4))
    top = _table(canvas, say("Two keyholders of two groups accept paper mode"), accepting, ACCEPTING, top)
    codes = (
        (local, 3),
        (utc, 2),
        (say("Activation"), 2),
        (say("Credential, number of the code"), 4),
        (say("Who asked, who was there"), 4),
        (say("Read back by"), 2),
    )
    top = _table(canvas, say("Each code that is given: never write down the code itself"), codes, CODES, top)
    done = ((local, 3), (utc, 2), (say("What was done, and by whom"), 12))
    top = _table(canvas, say("Whatever else is done"), done, FREE, top)
    signing = ((name, 5), (local, 3), (utc, 3), (say("Signature by hand"), 5))
    top = _table(canvas, say("At the end two of you sign"), signing, SIGNING, top)
    typed = (
        (say("Entry number"), 3),
        (say("Typed in by"), 5),
        (say("Compared with this form by"), 5),
        (say("It goes on with form"), 3),
    )
    top = _table(canvas, say("Typed in afterwards as a note"), typed, 1, top)
    _rows(canvas, [_not_proven(content, say)], top, LABEL_SIZE)
    _foot(canvas, content, number, say)


def _head(canvas: Canvas, content: Object, number: int, say: Voice) -> float:
    """Draw title, banner and what the form is for; return where the tables begin."""
    top = TOP
    if content["mode_words"]:
        top = _rows(canvas, [_whole(say(str(content["mode_words"])), BOLD)], top, BANNER_SIZE)
    top = _rows(canvas, [_whole(say("Paper form {number}", number=number), BOLD)], top, TITLE_SIZE)
    station = say("Station {station}", station=content["station"])
    top = _rows(canvas, [_whole(station, BOLD)], top, TEXT_SIZE)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top - 1 * MM, RIGHT, top - 1 * MM)
    used = say(
        "For the time in which nothing takes entries. Write with a pen, one line for each thing. "
        "Cross out what is wrong, so that it can still be read."
    )
    return _rows(canvas, [_whole(used)], top - 2.5 * MM, TEXT_SIZE)


def _table(canvas: Canvas, title: str, columns: Sequence[tuple[str, float]], lines: int, top: float) -> float:
    """Draw a title and empty lines under the names of their columns, (name, share); return what lies below."""
    top = _rows(canvas, [_whole(title, BOLD)], top - 2 * MM, TEXT_SIZE)
    unit = (RIGHT - LEFT) / sum(share for _, share in columns)
    edges = [LEFT, *(LEFT + unit * share for share in accumulate(share for _, share in columns))]
    names = Row(
        tuple(
            Cell(name, left + 1 * MM, right - left - 2 * MM)
            for (name, _), left, right in zip(columns, edges, edges[1:], strict=False)
        )
    )
    below = _rows(canvas, [names], top, LABEL_SIZE) - 0.5 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.grid(edges, [top, *(below - line * LINE for line in range(lines + 1))])
    return below - lines * LINE


def _not_proven(content: Object, say: Voice) -> Row:
    told = " ".join(say(text) for text in cast(Sequence[str], content["not_proven"]))
    label = say("Not proven by this")
    width = layout.text_width(label, BOLD, LABEL_SIZE) + 3 * MM
    return Row((Cell(label, LEFT, width, BOLD), Cell(told, LEFT + width, RIGHT - LEFT - width)), space=0.5)


def _foot(canvas: Canvas, content: Object, number: int, say: Voice) -> None:
    said = say(
        "Form {number}, printed {made}. Vault {vault}. The journal knows of every printing.",
        number=number,
        made=content["made"],
        vault=content["vault"],
    )
    _rows(canvas, [_whole(said)], BOTTOM - 4 * MM + LEADING * FOOTER_SIZE, FOOTER_SIZE)


def _whole(text: str, face: str = SANS) -> Row:
    return Row((Cell(text, LEFT, RIGHT - LEFT, face),))


def _rows(canvas: Canvas, rows: Sequence[Row], top: float, size: float) -> float:
    """Draw rows; return what lies below them."""
    layout.draw(canvas, rows, top, size)
    return top - layout.height(rows, size)
