# SPDX-License-Identifier: Apache-2.0
"""The grab card: one page for the first ten minutes of an emergency, readable at arm's length; no secret is on it.

``content`` has exactly these keys. Every text is ready for the reader.

    station, vault, machine, made   str    machine: the name on the box; made: when this page was made
    mode_words   str                       the sentence in the banner; "" exactly on a real station
    policy       str                       the hash of people and rules (base64)
    size         int                       entries of the journal that this was read from
    root_words   list of 12 str            of the journal's root at that size
    qr           str, ASCII                that state, signed, as a frame
    steps        list of str               the first ten minutes
    groups       list of {group, needed: int, people: list of {name, phone, mail, reach, then, token}}
    unlockers    list of str               whose token unlocks the station
    sheets       list of {slot, group, needed: int, holders: list of str}
    prepared     list of str               requests that are agreed, by name
    words        list of 12 str            of the founding document

One page always: the type shrinks from 10 to 7.5 points, then it is refused. Where the station stands and which safe
holds what is written in by hand: this program does not know it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import cast

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import symbol, typeset
from console.adapters.paper.typeset import BOLD, HAIRLINE, LEADING, MONO, SANS, STRONG_LINE, Cell, Row
from console.domain.canonical import Object
from console.domain.errors import Misused, Refused

SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 18 * MM, WIDTH - 14 * MM, HEIGHT - 13 * MM, 15 * MM
VALUES, NUMBERS = LEFT + 38 * MM, LEFT + 7 * MM
GAP = 3 * MM
QR_SIDE = 27 * MM
TITLE_SIZE, BANNER_SIZE, FOOTER_SIZE = 20.0, 9.5, 7.0
BLANK = "_" * 38

KEYS = frozenset(
    "station vault machine made mode_words policy size root_words qr steps groups unlockers sheets prepared "
    "words".split()
)


def page(content: Object) -> bytes:
    """Return the card as PDF. Raises ``Misused``: paper_content; ``Refused``: paper_too_long."""
    if set(content) != KEYS:
        raise Misused("paper_content", keys=", ".join(sorted(KEYS ^ set(content))))
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle("Grab card")
    canvas.setAuthor(str(content["station"]))
    canvas.setCreator("Break-Glass Console")
    top = _head(canvas, str(content["mode_words"]))
    rows = [*_place(content), *_steps(content), *_people(content), *_paper(content), *_proof(content)]
    size = next((size for size in SIZES if typeset.height(rows, size) <= top - BOTTOM), None)
    if size is None:
        raise Refused("paper_too_long")
    typeset.draw(canvas, rows, top, size)
    symbol.draw(canvas, str(content["qr"]), right=RIGHT, top=TOP, side=QR_SIDE)
    _foot(canvas, content)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, mode_words: str) -> float:
    """Draw title and banner; return where the rows begin."""
    top = TOP
    for text, size in ((mode_words, BANNER_SIZE), ("Emergency: take this card", TITLE_SIZE)):
        if text:
            row = Row((Cell(text, LEFT, RIGHT - LEFT, BOLD),))
            typeset.draw(canvas, [row], top, size)
            top -= typeset.height([row], size)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top, RIGHT, top)
    return top - 3 * MM


def _place(content: Object) -> Iterator[Row]:
    # Beside the symbol, which begins with the title.
    beside = RIGHT - QR_SIDE - 2 * GAP
    yield _pair("Which machine", f"{content['machine']} ({content['station']})", beside)
    yield _pair("It stands in", BLANK, beside)
    yield _pair("Token of any of", ", ".join(cast(Sequence[str], content["unlockers"])), beside)
    yield _pair("Spare tokens, safe", BLANK)


def _steps(content: Object) -> Iterator[Row]:
    yield _title("The first ten minutes")
    for number, step in enumerate(cast(Sequence[str], content["steps"]), 1):
        yield Row((
            Cell(f"{number}.", LEFT, NUMBERS - LEFT, BOLD), Cell(step, NUMBERS, RIGHT - NUMBERS),
        ))  # fmt: skip


def _people(content: Object) -> Iterator[Row]:
    for group in cast(Sequence[Object], content["groups"]):
        name = str(group["group"])
        called = name.upper() if len(name) <= 2 else name.capitalize()
        yield _title(f"Call for {called}, from the top: up to {group['needed']} must agree")
        yield _columns(("Name", "Phone", "Otherwise", "Then call", "Token"), BOLD)
        for person in cast(Sequence[Object], group["people"]):
            otherwise = ", ".join(str(person[name]) for name in ("mail", "reach") if person[name])
            yield _columns((
                str(person["name"]), str(person["phone"]) or BLANK[:12], otherwise or "–", str(person["then"]) or "–",
                str(person["token"]),
            ))  # fmt: skip


def _paper(content: Object) -> Iterator[Row]:
    yield _title("Paper and prepared requests")
    yield _pair("Prepared requests", ", ".join(cast(Sequence[str], content["prepared"])) or "none")
    rows = cast(Sequence[Object], content["sheets"])
    for row in rows:
        holders = ", ".join(cast(Sequence[str], row["holders"]))
        for_what = f"Sheets: {row['slot']}"
        said = f"{row['needed']} of these of {row['group']}: {holders}. Safe: {BLANK[:20]}"
        yield _pair(for_what, said)
    if not rows:
        yield _pair("Recovery sheets", "none in force")


def _proof(content: Object) -> Iterator[Row]:
    words = cast(Sequence[str], content["words"])
    numbered = [f"{number} {word}" for number, word in enumerate(words, 1)]
    yield _title("The 12 words of this station: the unlock page must show the same")
    for at in (0, 6):
        yield Row((Cell("   ".join(numbered[at : at + 6]), LEFT, RIGHT - LEFT, MONO),))
    yield _title(f"The journal at {content['size']} entries; the symbol above is this state, signed")
    yield Row((Cell(" ".join(cast(Sequence[str], content["root_words"])), LEFT, RIGHT - LEFT, MONO),))


def _title(text: str) -> Row:
    return Row((Cell(text, LEFT, RIGHT - LEFT, BOLD),), space=0.8, rule=HAIRLINE)


def _pair(label: str, text: str, right: float = RIGHT) -> Row:
    return Row((Cell(label, LEFT, VALUES - LEFT - GAP, BOLD), Cell(text, VALUES, right - VALUES)), space=0.15)


def _columns(texts: Sequence[str], face: str = SANS) -> Row:
    edges = (LEFT, LEFT + 37 * MM, LEFT + 73 * MM, LEFT + 122 * MM, LEFT + 152 * MM, RIGHT + GAP)
    row = Row(
        tuple(
            Cell(text, left, end - left - GAP, face)
            for text, (left, end) in zip(texts, pairwise(edges), strict=True)
        )
    )
    return row if face == SANS else replace(row, space=0.1)


def _foot(canvas: Canvas, content: Object) -> None:
    top = BOTTOM - 2 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.line(LEFT, top, RIGHT, top)
    said = (
        f"Printed {content['made']} from {content['size']} entries of the journal. Vault {content['vault']}, people and"
        f" rules {content['policy']}. Throw it away when the program says that it is stale. No secret is on it."
    )
    typeset.draw(
        canvas, [Row((Cell(said, LEFT, RIGHT - LEFT),))], top - 0.4 * LEADING * FOOTER_SIZE, FOOTER_SIZE
    )
