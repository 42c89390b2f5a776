# SPDX-License-Identifier: Apache-2.0
"""Blank forms for paper mode: a page for each number, room for what must be written, both languages."""

import re

import pytest

from console.actions.document.summary import MODE_WORDS
from console.actions.paper.mode import NOT_PROVEN
from console.adapters.paper import PaperPages
from console.domain.canonical import Json
from console.domain.errors import Misused
from tests.support.pictures import FONTS, poppler, words
from tests.support.texts import german

CONTENT: dict[str, Json] = {
    "station": "kanzlei.example/hamburg-01",
    "vault": "0193a5c7-2b1e-7c44-9f0a-6d2b1c7e8f90",
    "mode_words": "",
    "first": 7,
    "last": 9,
    "made": "2026-11-24 03:55 CET (02:55 UTC)",
    "not_proven": list(NOT_PROVEN),
}


def test_each_number_has_one_page_with_every_field() -> None:
    pdf = PaperPages(FONTS).blank_forms(CONTENT)
    assert re.search(rb"Pages: +3\n", poppler("pdfinfo", pdf, "-"))
    said = words(pdf)
    assert [f"Paper form {number} Station kanzlei.example/hamburg-01" in said for number in (6, 7, 8, 9, 10)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    for field, times in (
        ("Local time, zone", 5),
        ("The same in", 5),
        ("Credential, number of the code", 1),
        ("Read back by", 1),
        ("Signature by hand", 2),
        ("Who asked, who was there", 1),
        (NOT_PROVEN[2][:40], 1),
    ):
        assert said.count(field) == 3 * times, field
    assert pdf == PaperPages(FONTS).blank_forms(CONTENT)


def test_a_form_speaks_the_language_of_the_face() -> None:
    def say(text: str, /, **values: object) -> str:
        return german()[text].format(**values)

    drill = {**CONTENT, "last": 7, "mode_words": MODE_WORDS["drill"]}
    said = words(PaperPages(FONTS, say).blank_forms(drill))
    assert "Papierformular 7" in said and said.count("Unterschrift") == 2 and "Nicht nachgewiesen" in said
    assert german()[MODE_WORDS["drill"]] in said
    assert "Form 7" not in said and "Signature" not in said


def test_what_is_missing_is_our_mistake() -> None:
    with pytest.raises(Misused, match="paper_content"):
        PaperPages(FONTS).blank_forms({**CONTENT, "more": 1})
