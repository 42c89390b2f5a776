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

from console.adapters.paper import layout, symbol
from console.adapters.paper.layout import BOLD, HAIRLINE, LEADING, MONO, SANS, STRONG_LINE, Cell, Row
from console.adapters.paper.sections import check_keys
from console.adapters.paper.voice import called
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.domain.text import Voice

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


def page(content: Object, say: Voice) -> bytes:
    """Return the card as PDF, its texts as ``say`` says them.

    Raises ``Misused``: paper_content; ``Refused``: paper_too_long.
    """
    check_keys(content, KEYS)
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(say("Grab card"))
    canvas.setAuthor(str(content["station"]))
    canvas.setCreator("Break-Glass Console")
    top = _head(canvas, say(str(content["mode_words"])) if content["mode_words"] else "", say)
    rows = [
        *_place(content, say),
        *_steps(content, say),
        *_people(content, say),
        *_paper(content, say),
        *_proof(content, say),
    ]
    size = next((size for size in SIZES if layout.height(rows, size) <= top - BOTTOM), None)
    if size is None:
        raise Refused("paper_too_long")
    layout.draw(canvas, rows, top, size)
    symbol.draw(canvas, str(content["qr"]), right=RIGHT, top=TOP, side=QR_SIDE)
    _foot(canvas, content, say)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, mode_words: str, say: Voice) -> float:
    """Draw title and banner; return where the rows begin."""
    top = TOP
    for text, size in ((mode_words, BANNER_SIZE), (say("Emergency: take this card"), TITLE_SIZE)):
        if text:
            row = Row((Cell(text, LEFT, RIGHT - LEFT, BOLD),))
            layout.draw(canvas, [row], top, size)
            top -= layout.height([row], size)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top, RIGHT, top)
    return top - 3 * MM


def _place(content: Object, say: Voice) -> Iterator[Row]:
    # Beside the symbol, which begins with the title.
    beside = RIGHT - QR_SIDE - 2 * GAP
    yield _pair(say("Which machine"), f"{content['machine']} ({content['station']})", beside)
    yield _pair(say("It stands in"), BLANK, beside)
    yield _pair(say("Token of any of"), ", ".join(cast(Sequence[str], content["unlockers"])), beside)
    yield _pair(say("Spare tokens, safe"), BLANK)


def _steps(content: Object, say: Voice) -> Iterator[Row]:
    yield _title(say("The first ten minutes"))
    for number, step in enumerate(cast(Sequence[str], content["steps"]), 1):
        yield Row((Cell(f"{number}.", LEFT, NUMBERS - LEFT, BOLD), Cell(say(step), NUMBERS, RIGHT - NUMBERS)))


def _people(content: Object, say: Voice) -> Iterator[Row]:
    for group in cast(Sequence[Object], content["groups"]):
        yield _title(
            say(
                "Call for {group}, from the top: up to {needed} must agree",
                group=called(str(group["group"]), say),
                needed=group["needed"],
            )
        )
        heads = (say("Name"), say("Phone"), say("Otherwise"), say("Then call"), say("Token"))
        yield _columns(heads, BOLD)
        for person in cast(Sequence[Object], group["people"]):
            otherwise = ", ".join(str(person[name]) for name in ("mail", "reach") if person[name])
            yield _columns(
                (
                    str(person["name"]),
                    str(person["phone"]) or BLANK[:12],
                    otherwise or "–",
                    str(person["then"]) or "–",
                    say(str(person["token"])),
                )
            )


def _paper(content: Object, say: Voice) -> Iterator[Row]:
    yield _title(say("Paper and prepared requests"))
    yield _pair(say("Prepared requests"), ", ".join(cast(Sequence[str], content["prepared"])) or say("none"))
    rows = cast(Sequence[Object], content["sheets"])
    for row in rows:
        left = [say("{name} (has left)", name=name) for name in cast(Sequence[str], row["left"])]
        holders = ", ".join((*cast(Sequence[str], row["holders"]), *left))
        said = say(
            "{needed} of these of {group}: {holders}. Safe: {blank}",
            needed=row["needed"],
            group=called(str(row["group"]), say),
            holders=holders,
            blank=BLANK[:20],
        )
        yield _pair(say("Sheets: {slot}", slot=called(str(row["slot"]), say)), said)
    if not rows:
        yield _pair(say("Recovery sheets"), say("none in force"))


def _proof(content: Object, say: Voice) -> Iterator[Row]:
    words = cast(Sequence[str], content["words"])
    numbered = [f"{number} {word}" for number, word in enumerate(words, 1)]
    yield _title(say("The 12 words of this station: the unlock page must show the same"))
    for at in (0, 6):
        yield Row((Cell("   ".join(numbered[at : at + 6]), LEFT, RIGHT - LEFT, MONO),))
    yield _title(say("The journal at {size} entries; the symbol above is this state, signed", size=content["size"]))
    yield Row((Cell(" ".join(cast(Sequence[str], content["root_words"])), LEFT, RIGHT - LEFT, MONO),))


def _title(text: str) -> Row:
    return Row((Cell(text, LEFT, RIGHT - LEFT, BOLD),), space=0.8, rule=HAIRLINE)


def _pair(label: str, text: str, right: float = RIGHT) -> Row:
    return Row((Cell(label, LEFT, VALUES - LEFT - GAP, BOLD), Cell(text, VALUES, right - VALUES)), space=0.15)


def _columns(texts: Sequence[str], face: str = SANS) -> Row:
    edges = (LEFT, LEFT + 37 * MM, LEFT + 73 * MM, LEFT + 122 * MM, LEFT + 152 * MM, RIGHT + GAP)
    row = Row(
        tuple(
            Cell(text, left, end - left - GAP, face) for text, (left, end) in zip(texts, pairwise(edges), strict=True)
        )
    )
    return row if face == SANS else replace(row, space=0.1)


def _foot(canvas: Canvas, content: Object, say: Voice) -> None:
    top = BOTTOM - 2 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.line(LEFT, top, RIGHT, top)
    said = say(
        "Printed {made} from {size} entries of the journal. Vault {vault}, people and rules {policy}. "
        "Throw it away when the program says that it is stale. No secret is on it.",
        made=content["made"],
        size=content["size"],
        vault=content["vault"],
        policy=content["policy"],
    )
    layout.draw(canvas, [Row((Cell(said, LEFT, RIGHT - LEFT),))], top - 0.4 * LEADING * FOOTER_SIZE, FOOTER_SIZE)
