# SPDX-License-Identifier: Apache-2.0
"""The founding certificate: which station this is, who founded it and by which keys, and which rules it began with.

``content`` has exactly these keys. Every text is ready for the reader.

    title, station, vault, made    str    made: when this paper was made
    mode_words   str                      the sentence in the banner; "" exactly on a real station
    founded      str                      when the first entry was written, by the station's clock
    signed       str                      how many of those who must have signed the founding document
    words        list of 12 str           of the founding document
    size         int                      entries of the journal that this was read from
    root_words   list of 12 str           of the journal's root at that size
    qr           str, ASCII               that state, signed, as a frame
    key          str                      of the journal, as verifiers take it
    people       list of {who, facts}     facts: list of [label, text]
    rules        list of [label, text]
    proven, not_proven    list of str     what this paper proves, and what not
"""

from collections.abc import Sequence
from typing import cast

from console.adapters.paper.layout import BOLD, MONO, Cell, Row
from console.adapters.paper.sections import (
    BESIDE_QR,
    GAP,
    LEFT,
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
from console.domain.canonical import Object
from console.domain.text import Voice

KEYS = frozenset(
    "title station vault made mode_words founded signed words size root_words qr key people rules "
    "proven not_proven".split()
)

BLANK = "_" * 22


def pages(content: Object, say: Voice) -> bytes:
    """Return the certificate as PDF, its labels as ``say`` says them. Raises ``Misused``: paper_content."""
    check_keys(content, KEYS)
    people = [
        section([heading(str(person["who"])), *_pairs(person["facts"])])
        for person in cast(Sequence[Object], content["people"])
    ]
    rules = section([heading(say("Rules at the founding")), *_pairs(content["rules"])])
    judged = section(
        [
            pair(say("This proves"), "\n".join(cast(Sequence[str], content["proven"]))),
            pair(say("It does not"), "\n".join(cast(Sequence[str], content["not_proven"]))),
            pair(say("Signed by hand"), say("\nPlace, date: {blank}   Witness: {blank}", blank=BLANK)),
        ]
    )
    return document(content, [_facts(content, say), _key(content, say), *people, rules, judged], say)


def _facts(content: Object, say: Voice) -> list[Row]:
    facts = [
        (say("Station"), str(content["station"])),
        (say("Vault"), str(content["vault"])),
        (say("Founded"), str(content["founded"])),
        (say("Signatures"), str(content["signed"])),
        (say("Its twelve words"), words_in_lines(cast(Sequence[str], content["words"]))),
        (say("Made"), str(content["made"])),
        (say("Read from"), read_from(content, say)),
        (say("Root in 12 words"), words_in_lines(cast(Sequence[str], content["root_words"]))),
    ]
    return [pair(label, text, BESIDE_QR) for label, text in facts]


def _key(content: Object, say: Voice) -> list[Row]:
    """Say the key by which a stranger tells whose journal an export is: it counts only from outside the export."""
    label = Cell(say("Key of the journal"), LEFT, VALUES - LEFT - GAP, BOLD)
    return section(
        [
            Row((label, Cell(str(content["key"]), VALUES, RIGHT - VALUES, MONO))),
            pair("", say("For whoever judges an export or a proof. They need it from you, and never from the files.")),
        ]
    )


def _pairs(rows: object) -> list[Row]:
    return [pair(str(label), str(text)) for label, text in cast(Sequence[Sequence[str]], rows)]
