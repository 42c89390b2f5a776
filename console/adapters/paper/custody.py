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

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from console.adapters.paper.layout import BOLD, SANS, Cell, Row
from console.adapters.paper.sections import (
    BESIDE_QR,
    GAP,
    LEFT,
    MM,
    RIGHT,
    VALUES,
    check_keys,
    document,
    heading,
    pair,
    read_from,
    section,
    words_in_lines,
)
from console.domain.canonical import Json, Object
from console.domain.text import Voice

SINCE, UNTIL = LEFT + 92 * MM, LEFT + 134 * MM
KEYS = frozenset("title station vault made mode_words size root_words qr tokens not_proven".split())


def pages(content: Object, say: Voice) -> bytes:
    """Return the register as PDF, its labels as ``say`` says them. Raises ``Misused``: paper_content."""
    check_keys(content, KEYS)
    tokens = [_token(token, say) for token in cast(Sequence[Object], content["tokens"])]
    not_proven = section([pair(say("Not proven here"), "\n".join(cast(Sequence[str], content["not_proven"])))])
    return document(content, [_facts(content, say), *tokens, not_proven], say)


def _facts(content: Object, say: Voice) -> list[Row]:
    facts = [
        (say("Station"), str(content["station"])),
        (say("Vault"), str(content["vault"])),
        (say("Made"), str(content["made"])),
        (say("Read from"), read_from(content, say)),
        (say("Root in 12 words"), words_in_lines(cast(Sequence[str], content["root_words"]))),
    ]
    return [pair(label, text, BESIDE_QR) for label, text in facts]


def _token(token: Object, say: Voice) -> list[Row]:
    facts = [pair(str(label), str(text)) for label, text in cast(Sequence[Sequence[Json]], token["facts"])]
    shares = cast(Sequence[Sequence[str]], token["shares"])
    titles = (say("Shares of"), say("Since"), say("Until"))
    table = [_line(titles, BOLD), *(_line(row, SANS) for row in shares)] if shares else []
    return section([heading(str(token["who"])), *facts, *table])


def _line(texts: Sequence[str], face: str) -> Row:
    edges = (VALUES, SINCE, UNTIL, RIGHT + GAP)
    places = pairwise(edges)
    return Row(tuple(Cell(t, left, end - left - GAP, face) for t, (left, end) in zip(texts, places, strict=True)))
