# SPDX-License-Identifier: Apache-2.0
"""The incident summary: one page that tells a whole emergency, and what it does not prove.

``content`` has exactly these keys. Every text is ready for the reader; a time names its zone.

    title           str                      e.g. "Incident summary"
    mode            "real" | "drill" | "demo"  other than real: the word stands across the page
    mode_words      str                      the sentence in the banner; "" exactly when real
    station, vault, incident, activation, category, made    str    made: when this page was made
    jurisdictions, matters, alternatives_tried              list of str
    requester       {who, role, local, utc, proof}          str each: who asked
    approvals       list of {who, role, local, utc, proof}  str each
    reason, harm_if_delayed, deadline_at_risk, ended        str    ended: when and why it ended
    course          list of {seq: int, local, utc, surely, what, who}      in order of seq; surely: between which
                                             times, as far as clocks outside bound it
    rotations       list of {credential, state}             str each: owed or done, and since when
    journal         {size: int, root: base64, words: list of 12 str, checkpoint: str}
    not_proven      list of str              what this page does not prove
    qr              str, ASCII               what the small QR says: the signed state of the journal, as a frame

One page always. The type shrinks from 8.5 to 7 points; if that is not enough, the longest texts are shortened and
the last events summed up, each with a sentence on the page that says so. Nothing is cut in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import accumulate

from reportlab.pdfgen.canvas import Canvas

from console.adapters.paper import layout, symbol
from console.adapters.paper.layout import BOLD, HAIRLINE, LEADING, MONO, SANS, STRONG_LINE, Cell, Row, text_width
from console.adapters.paper.sections import (
    BANNER_SIZE,
    BOTTOM,
    FOOTER_SIZE,
    GAP,
    HEIGHT,
    LEFT,
    MM,
    RIGHT,
    TITLE_SIZE,
    TOP,
    WIDTH,
    check_keys,
    page_of,
)
from console.domain.canonical import Json, Object
from console.domain.errors import Misused, Refused
from console.domain.text import Voice

SIZES = (8.5, 8.0, 7.5, 7.0)
TEXT_LIMITS = (None, 1500, 800, 400, 200)
FEWEST_EVENTS = 8
MORE_EVENTS = (
    "and {count} more entry: see the journal, seq {first}–{last}",
    "and {count} more entries: see the journal, seq {first}–{last}",
)
"""For one, and for several."""
WATERMARKS = {"drill": "DRILL", "demo": "DEMO"}

VALUES = LEFT + 41.5 * MM
QR_SIDE = 30 * MM
"""One frame of 300 bytes: what a scanner still reads at this size."""

PERSON = ("who", "role", "local", "utc", "proof")
EVENT = ("local", "utc", "surely", "what", "who")
KEYS = frozenset(
    "title mode mode_words station vault incident activation category made jurisdictions matters "
    "alternatives_tried requester approvals reason harm_if_delayed deadline_at_risk ended course rotations "
    "journal not_proven qr".split()
)


@dataclass(frozen=True)
class _Setting:
    """One try at fitting the page: the type's size, rows that follow one another, rows at the foot."""

    size: float
    upper: tuple[Row, ...]
    course: tuple[Row, ...]
    end: tuple[Row, ...]
    lower: tuple[Row, ...]

    def flow(self) -> tuple[Row, ...]:
        """Return the rows that follow one another from the top."""
        return self.upper + self.course + self.end

    def overflow(self, room: float) -> float:
        """Return by how many points the rows exceed the room."""
        return layout.height(self.flow() + self.lower, self.size) - room


def page(content: Object, say: Voice) -> bytes:
    """Return the summary as PDF, its labels as ``say`` says them.

    Raises ``Misused``: paper_content; ``Refused``: paper_too_long.
    """
    check_keys(content, KEYS)
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    _describe(canvas, content)
    top = _head(canvas, content, say)
    setting = _fit(content, top - BOTTOM, say)
    layout.draw(canvas, setting.flow(), top, setting.size)
    layout.draw(canvas, setting.lower, BOTTOM + layout.height(setting.lower, setting.size), setting.size)
    symbol.draw(canvas, _text(content, "qr"), right=RIGHT, top=top, side=QR_SIDE)
    _foot(canvas, content, say)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _describe(canvas: Canvas, content: Object) -> None:
    canvas.setTitle(f"{_text(content, 'title')} {_text(content, 'incident')}")
    canvas.setAuthor(_text(content, "station"))
    canvas.setSubject(_text(content, "mode_words") or _text(content, "activation"))
    canvas.setCreator("Break-Glass Console")


def _head(canvas: Canvas, content: Object, say: Voice) -> float:
    """Draw title, banner and watermark; return where the rows begin."""
    top = TOP
    mode, words = _text(content, "mode"), _text(content, "mode_words")
    if (mode == "real") != (words == "") or mode not in ("real", "drill", "demo"):
        raise Misused("paper_content", keys="mode, mode_words")
    if words:
        _watermark(canvas, say(WATERMARKS[mode]))
        top = _banner(canvas, words, top)
    title = [Row((Cell(_text(content, "title"), LEFT, RIGHT - LEFT, BOLD),))]
    layout.draw(canvas, title, top, TITLE_SIZE)
    top -= layout.height(title, TITLE_SIZE)
    canvas.setLineWidth(STRONG_LINE)
    canvas.line(LEFT, top, RIGHT, top)
    return top - 4 * MM


def _watermark(canvas: Canvas, word: str) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(55)
    canvas.setFillGray(0.94)
    size = 620 / text_width(word, BOLD, 1)
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(0, -0.36 * size, word)
    canvas.restoreState()


def _banner(canvas: Canvas, words: str, top: float) -> float:
    inset = 2 * MM
    rows = (Row((Cell(words, LEFT + inset, RIGHT - LEFT - 2 * inset, BOLD),)),)
    depth = layout.height(rows, BANNER_SIZE) + inset
    canvas.setLineWidth(STRONG_LINE)
    canvas.rect(LEFT, top - depth, RIGHT - LEFT, depth)
    layout.draw(canvas, rows, top - inset / 2, BANNER_SIZE)
    return top - depth - 4 * MM


def _foot(canvas: Canvas, content: Object, say: Voice) -> None:
    top = BOTTOM - 3 * MM
    canvas.setLineWidth(HAIRLINE)
    canvas.line(LEFT, top, RIGHT, top)
    number = page_of(1, 1, say)
    width = text_width(number, SANS, FOOTER_SIZE)
    cells = (Cell(_text(content, "activation"), LEFT, RIGHT - LEFT - width - GAP), Cell(number, RIGHT - width, width))
    layout.draw(canvas, [Row(cells)], top - 1.5 * MM, FOOTER_SIZE)


def _fit(content: Object, room: float, say: Voice) -> _Setting:
    for size in SIZES:
        setting = _set(content, size, None, say)
        if setting.overflow(room) <= 0:
            return setting
    for limit in TEXT_LIMITS:
        setting = _summed_up(_set(content, SIZES[-1], limit, say), content, room, say)
        if setting.overflow(room) <= 0:
            return setting
    raise Refused("paper_too_long")


def _summed_up(setting: _Setting, content: Object, room: float, say: Voice) -> _Setting:
    """Return the setting with as many of the last events as must be summed up in one sentence."""
    title, *rows = setting.course
    excess = setting.overflow(room)
    if excess <= 0 or not rows:
        return setting
    saved = accumulate(layout.height([row], setting.size) for row in reversed(rows))
    dropped = next((n for n, points in enumerate(saved, 1) if points >= excess + setting.size * LEADING), len(rows))
    kept = max(len(rows) - dropped, min(FEWEST_EVENTS, len(rows) - 1))
    seqs = [_number(event, "seq") for event in _rows(content, "course")][kept:]
    words = say(MORE_EVENTS[len(seqs) > 1], count=len(seqs), first=seqs[0], last=seqs[-1])
    more = Row((Cell(words, VALUES, RIGHT - VALUES, BOLD),))
    return replace(setting, course=(title, *rows[:kept], more))


def _set(content: Object, size: float, limit: int | None, say: Voice) -> _Setting:
    return _Setting(
        size,
        (*_facts(content, size, say), *_people(content, size, say), *_account(content, limit, say)),
        tuple(_course(content, size, limit, say)),
        tuple(_end(content, limit, say)),
        tuple(_evidence(content, say)),
    )


def _facts(content: Object, size: float, say: Voice) -> list[Row]:
    pairs = [
        (say("Incident"), _text(content, "incident")),
        (say("Activation"), _text(content, "activation")),
        (say("Station"), _text(content, "station")),
        (say("Vault"), _text(content, "vault")),
        (say("Category"), _text(content, "category")),
        (say("Jurisdictions"), ", ".join(_texts(content, "jurisdictions"))),
        (say("Matters"), ", ".join(_texts(content, "matters"))),
        (say("Page made"), _text(content, "made")),
    ]
    rows = [_pair(label, text, right=RIGHT - QR_SIDE - 2 * GAP) for label, text in pairs]
    # The rows below are as wide as the page: they begin under the symbol.
    missing = QR_SIDE - layout.height(rows, size)
    return [*rows, Row((), space=max(0, missing / (size * LEADING)))]


def _people(content: Object, size: float, say: Voice) -> list[Row]:
    people = [(say("Asked"), _object(content, "requester"))]
    people += [(say("Approved"), approval) for approval in _rows(content, "approvals")]
    lines = [["", say("Who"), say("Role"), say("Local time"), say("UTC"), say("Proven by")]]
    lines += [[label, *(_text(person, key) for key in PERSON)] for label, person in people]
    return _table(lines, size, flexible=1, labels=BOLD)


def _account(content: Object, limit: int | None, say: Voice) -> list[Row]:
    return _section(
        [
            (say("Reason"), _shorten(_text(content, "reason"), limit, say)),
            (say("Harm if delayed"), _shorten(_text(content, "harm_if_delayed"), limit, say)),
            (say("Deadline at risk"), _text(content, "deadline_at_risk")),
            (say("Tried before"), _shorten("; ".join(_texts(content, "alternatives_tried")), limit, say)),
        ]
    )


def _course(content: Object, size: float, limit: int | None, say: Voice) -> list[Row]:
    """Return the title row and one row for each event."""
    lines = [[say("Local time"), say("UTC"), say("Proven, UTC"), say("What happened"), say("Who"), say("Entry")]]
    lines += [
        [*(_shorten(_text(event, key), limit, say) for key in EVENT), str(_number(event, "seq"))]
        for event in _rows(content, "course")
    ]
    return _table(lines, size, flexible=3, is_labelled=False)


def _end(content: Object, limit: int | None, say: Voice) -> list[Row]:
    rotations = [
        f"{_text(rotation, 'credential')}: {_text(rotation, 'state')}" for rotation in _rows(content, "rotations")
    ]
    return _section(
        [
            (say("Ended"), _shorten(_text(content, "ended"), limit, say)),
            (say("Secrets to change"), "\n".join(rotations) or say("none owed")),
        ]
    )


def _evidence(content: Object, say: Voice) -> list[Row]:
    journal = _object(content, "journal")
    size, time = _number(journal, "size"), _text(journal, "checkpoint")
    words = _texts(journal, "words")
    said = say(
        "{size} entries; newest signed state {time}; the symbol above is that state, signed", size=size, time=time
    )
    return [
        *_section([(say("Journal"), said)]),
        _pair(say("Root"), _text(journal, "root"), face=MONO),
        _pair(say("Root in 12 words"), "\n".join([" ".join(words[:6]), " ".join(words[6:])]), face=MONO),
        *_section([(say("Not proven here"), "\n".join(_texts(content, "not_proven")))]),
    ]


def _section(pairs: Sequence[tuple[str, str]]) -> list[Row]:
    first, *rest = [_pair(label, text) for label, text in pairs]
    return [replace(first, space=1, rule=HAIRLINE), *rest]


def _pair(label: str, text: str, *, right: float = RIGHT, face: str = SANS) -> Row:
    return Row((Cell(label, LEFT, VALUES - LEFT - GAP, BOLD), Cell(text, VALUES, right - VALUES, face)))


def _table(
    lines: list[list[str]], size: float, *, flexible: int, labels: str = SANS, is_labelled: bool = True
) -> list[Row]:
    """Return the rows of a table whose first line is its titles; ``labels`` is the face of the first column."""
    columns = _columns(lines, size, flexible, is_labelled=is_labelled)
    title = _line(lines[0], columns, BOLD, BOLD)
    return [replace(title, space=1, rule=HAIRLINE), *(_line(line, columns, labels, SANS) for line in lines[1:])]


def _line(texts: Sequence[str], columns: Sequence[tuple[float, float]], first: str, others: str) -> Row:
    faces = [first, *[others] * (len(columns) - 1)]
    return Row(tuple(Cell(text, *column, face) for text, column, face in zip(texts, columns, faces, strict=True)))


def _columns(lines: list[list[str]], size: float, flexible: int, *, is_labelled: bool) -> list[tuple[float, float]]:
    """Return left and width of each column: as wide as its texts, but the first, if it holds labels, is the page's
    column of labels, and the flexible one takes what the others leave."""
    widths = [
        min(max(text_width(text, BOLD, size) for text in column) + 1, (RIGHT - LEFT) / 5)
        for column in zip(*lines, strict=True)
    ]
    if is_labelled:
        widths[0] = VALUES - LEFT - GAP
    widths[flexible] = 0
    widths[flexible] = RIGHT - LEFT - sum(widths) - GAP * (len(widths) - 1)
    return [(LEFT + sum(widths[:place]) + GAP * place, width) for place, width in enumerate(widths)]


def _shorten(text: str, limit: int | None, say: Voice) -> str:
    if limit is None or len(text) <= limit:
        return text
    cut = say("the first {limit} of {count} characters; the whole text is in the journal", limit=limit, count=len(text))
    return f"{text[:limit].rstrip()} … [{cut}]"


def _text(of: Object, key: str) -> str:
    value = of.get(key)
    if not isinstance(value, str):
        raise Misused("paper_content", keys=key)
    return value


def _number(of: Object, key: str) -> int:
    value = of.get(key)
    if not isinstance(value, int):
        raise Misused("paper_content", keys=key)
    return value


def _texts(of: Object, key: str) -> list[str]:
    return [_text({key: value}, key) for value in _sequence(of, key)]


def _rows(of: Object, key: str) -> list[Object]:
    return [_object({key: value}, key) for value in _sequence(of, key)]


def _object(of: Object, key: str) -> Object:
    value = of.get(key)
    if not isinstance(value, Mapping):
        raise Misused("paper_content", keys=key)
    return value


def _sequence(of: Object, key: str) -> Sequence[Json]:
    value = of.get(key)
    if not isinstance(value, list | tuple):
        raise Misused("paper_content", keys=key)
    return value
