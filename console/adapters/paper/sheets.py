# SPDX-License-Identifier: Apache-2.0
"""A recovery sheet: one page with the words of one person's part, large enough to be read by lamplight.

``content`` has exactly these keys. Every text is ready for the reader.

    station, vault  str                 whose glass it is
    mode_words      str                 the sentence in the banner; "" exactly on a real station
    what            str                 what the sheet is for, e.g. "the group legal"
    group           str                 the group of the person who keeps it
    holder          str                 who keeps it
    generation, number, needed, count   int    sheet number of count; so many are needed
    words           list of str
    check           str                 the key check value
    made            str                 when it was printed
"""

from collections.abc import Sequence
from io import BytesIO
from typing import cast

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import layout
from console.adapters.paper.layout import BOLD, LEADING, MONO, SANS, Cell, Row
from console.adapters.paper.voice import called
from console.domain.canonical import Object
from console.domain.errors import Misused
from console.domain.text import Voice

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 20 * MM, WIDTH - 15 * MM, HEIGHT - 18 * MM, 15 * MM
VALUES = LEFT + 45 * MM
TITLE_SIZE, BANNER_SIZE, TEXT_SIZE, WORD_SIZE, CHECK_SIZE = 22.0, 11.0, 10.5, 15.0, 20.0
COLUMNS = 3
WORD_LEADING = 1.75

KEYS = frozenset("station vault mode_words what group holder generation number needed count words check made".split())

RULES = (
    "Never photograph it, never copy it, never type it into anything but the station itself.",
    "Keep it in its closed cover, in a safe of your own. Two sheets never lie in one place.",
    "It is read back once, when it is new. After that it is needed only when tokens or the station are lost.",
    "If it is lost, or somebody may have seen it, tell Legal and IT the same day: new sheets are printed.",
    "Once used, it is spent. So is every older sheet when new ones are signed: shred it before a witness.",
)


def page(content: Object, say: Voice) -> bytes:
    """Return the sheet as PDF, its texts as ``say`` says them. Raises ``Misused``: paper_content."""
    if set(content) != KEYS:
        raise Misused("paper_content", keys=", ".join(sorted(KEYS ^ set(content))))
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    # No word in title or subject: print systems list these.
    canvas.setTitle(say("Recovery sheet"))
    canvas.setCreator("Break-Glass Console")
    below = _head(canvas, content, say)
    below = _rows(canvas, _facts(content, say), below)
    below = _words(canvas, cast(Sequence[str], content["words"]), below - 8 * MM)
    below = _check(canvas, str(content["check"]), below - 6 * MM, say)
    _rows(canvas, [Row((Cell(f"–  {say(rule)}", LEFT, RIGHT - LEFT),), space=0.35) for rule in RULES], below - 4 * MM)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, content: Object, say: Voice) -> float:
    top = TOP
    canvas.setFont(BOLD, TITLE_SIZE)
    canvas.drawString(LEFT, top - TITLE_SIZE, say("Recovery sheet: keep secret"))
    top -= TITLE_SIZE * LEADING
    if content["mode_words"]:
        banner = Row((Cell(say(str(content["mode_words"])), LEFT, RIGHT - LEFT, BOLD),), space=0.5)
        layout.draw(canvas, [banner], top, BANNER_SIZE)
        top -= layout.height([banner], BANNER_SIZE)
    return top - 3 * MM


def _facts(content: Object, say: Voice) -> list[Row]:
    numbers = {name: content[name] for name in ("number", "count", "needed")}
    made = {name: content[name] for name in ("generation", "made")}
    pairs = (
        (say("Kept by"), f"{content['holder']} ({called(str(content['group']), say)})"),
        (say("Part of the key of"), say(str(content["what"]))),
        (say("Sheet"), say("{number} of {count}; any {needed} of them are needed", **numbers)),
        (say("Generation"), say("{generation}, printed {made}", **made)),
        (say("Station"), content["station"]),
        (say("Vault"), content["vault"]),
    )
    return [
        Row((Cell(name, LEFT, VALUES - LEFT, BOLD), Cell(str(said), VALUES, RIGHT - VALUES))) for name, said in pairs
    ]


def _rows(canvas: Canvas, rows: Sequence[Row], top: float) -> float:
    layout.draw(canvas, rows, top, TEXT_SIZE)
    return top - layout.height(rows, TEXT_SIZE)


def _words(canvas: Canvas, words: Sequence[str], top: float) -> float:
    """Set the words in columns, read downwards, each with its number; return what lies below them."""
    lines = -(-len(words) // COLUMNS)
    step, width = WORD_SIZE * WORD_LEADING, (RIGHT - LEFT) / COLUMNS
    canvas.setLineWidth(layout.STRONG_LINE)
    canvas.rect(LEFT - 2 * MM, top - lines * step - 2 * MM, RIGHT - LEFT + 2 * MM, lines * step + 4 * MM)
    for at, word in enumerate(words):
        left, base = LEFT + at // lines * width, top - (at % lines + 0.75) * step
        canvas.setFont(SANS, WORD_SIZE * 0.7)
        canvas.drawRightString(left + 7 * MM, base, str(at + 1))
        canvas.setFont(MONO, WORD_SIZE)
        canvas.drawString(left + 10 * MM, base, word)
    return top - lines * step - 2 * MM


def _check(canvas: Canvas, check: str, top: float, say: Voice) -> float:
    canvas.setFont(BOLD, TEXT_SIZE)
    canvas.drawString(LEFT, top - CHECK_SIZE, say("Check value"))
    canvas.setFont(MONO, CHECK_SIZE)
    canvas.drawString(VALUES, top - CHECK_SIZE, check)
    canvas.setFont(SANS, TEXT_SIZE * 0.85)
    canvas.drawString(VALUES + 60 * MM, top - CHECK_SIZE, say("the same on every sheet of this set; no secret"))
    return top - CHECK_SIZE * LEADING
