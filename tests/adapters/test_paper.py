# SPDX-License-Identifier: Apache-2.0
"""The incident summary: one page, every word on it or accounted for, the same bytes for the same content."""

import hashlib
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from console.adapters.qr import QrCodes
from console.domain.errors import Misused, Refused
from tests.support.pictures import FONTS, is_one_page, letters, picture, poppler, words
from tests.support.summaries import PAGES, ROOT, Content, content, event, person


def tones(page: bytes) -> list[int]:
    """Return how many of a small picture's pixels have each tone, 0 to 255."""
    return Image.open(BytesIO(picture(page, 40))).convert("L").histogram()


def texts_of(value: object) -> list[str]:
    """Return every text inside a content."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [str(value)]


def test_every_text_of_the_content_stands_on_the_page() -> None:
    page = PAGES.incident_summary(content())
    assert is_one_page(page)
    shown = letters(page)
    missing = [text for text in texts_of(content()) if text.replace(" ", "") not in shown]
    # The symbol says what it says in its own way; "real" is the silence of banner and watermark; a cell that
    # wraps is read line by line across the columns.
    assert [text for text in missing if text not in ("real", f"441 {ROOT}")] == []


def test_the_symbol_is_read_from_a_coarse_scan() -> None:
    page = PAGES.incident_summary(content(mode="drill", mode_words="DRILL: an exercise."))
    assert QrCodes().scan(picture(page, 150)) == [f"441 {ROOT}"]


def test_a_symbol_as_dense_as_a_frame_is_read_too() -> None:
    text = "BG1/CHECKPOINT/" + "A" * 24 + "/1/1/" + "B" * 480
    page = PAGES.incident_summary(content(qr=text))
    assert QrCodes().scan(picture(page, 200)) == [text]


def test_the_same_content_gives_the_same_bytes_in_another_process_too() -> None:
    ask = (
        "import hashlib; from tests.support.summaries import PAGES, content;"
        "print(hashlib.sha256(PAGES.incident_summary(content())).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=FONTS.parents[1]
    )
    page = PAGES.incident_summary(content())
    assert page == PAGES.incident_summary(content())
    assert again.stdout.strip() == hashlib.sha256(page).hexdigest()


def test_the_file_says_what_it_is_and_brings_its_fonts() -> None:
    page = PAGES.incident_summary(content())
    info = poppler("pdfinfo", page, "-").decode()
    assert re.search(r"Title: +Incident summary INC-2026-0042\n", info)
    assert re.search(r"Author: +hamburg-01, Kanzlei Berger & Müßiggang\n", info)
    fonts = [line.split() for line in poppler("pdffonts", page, "-").decode().splitlines()[2:]]
    used = {font[0].partition("+")[2]: font[-5] for font in fonts if "+" in font[0]}
    assert used.keys() == {"NotoSans-Regular", "NotoSans-Bold", "NotoSansMono-Regular"}
    assert set(used.values()) == {"yes"}


def test_the_page_has_no_colour() -> None:
    page = PAGES.incident_summary(content(mode="demo", mode_words="DEMO: nothing here happened."))
    image = Image.open(BytesIO(poppler("pdftoppm", page, "-r", "40", "-singlefile", "-png", "-")))
    colours = image.convert("RGB").getcolors(1 << 16) or []
    assert all(max(tone) == min(tone) for _, tone in colours if isinstance(tone, tuple))


@pytest.mark.parametrize("mode", ["drill", "demo"])
def test_a_page_that_is_not_real_says_so_twice(mode: str) -> None:
    banner = f"{mode.upper()}: nothing on this page happened."
    page = PAGES.incident_summary(content(mode=mode, mode_words=banner))
    assert banner.replace(" ", "") in letters(page)
    assert tones(page)[240] > 5_000 > tones(PAGES.incident_summary(content()))[240]


def test_a_long_course_is_summed_up_in_a_sentence_that_names_the_entries() -> None:
    page = PAGES.incident_summary(content(course=[event(number) for number in range(300)]))
    assert is_one_page(page)
    said = re.search(r"and (\d+) more entries: see the journal, seq (\d+)–(\d+)", words(page))
    assert said
    left_out, first, last = map(int, said.groups())
    assert (last, left_out) == (699, 699 - first + 1)
    entries = re.findall(r"CET 13:\d\d:10 .*? (\d{3})(?= )", words(page))
    assert [int(entry) for entry in entries] == list(range(400, first))


def test_long_texts_are_shortened_with_a_sentence_that_says_so() -> None:
    reason = "Der Schriftsatz ist nur über den Notzugang auffindbar. " * 200
    page = PAGES.incident_summary(content(reason=reason, course=[event(number) for number in range(300)]))
    assert is_one_page(page)
    said = r"… \[the first (\d+) of 11000 characters; the whole text is in the journal\]"
    assert re.search(said, words(page))
    assert re.search(r"and \d+ more entries: see the journal", words(page))


def test_nothing_is_shortened_before_the_type_has_shrunk() -> None:
    page = PAGES.incident_summary(content(course=[event(number) for number in range(30)]))
    assert "more entries" not in words(page)
    assert "whole text is in the journal" not in words(page)


def test_what_cannot_fit_on_one_page_is_refused() -> None:
    crowd = [person(f"Approver {number}", "Legal") for number in range(90)]
    for course in ([], [event(0)], [event(number) for number in range(20)]):
        with pytest.raises(Refused, match="paper_too_long"):
            PAGES.incident_summary(content(approvals=crowd, course=course))


@pytest.mark.parametrize("key", ["title", "station", "incident", "activation", "mode_words", "made", "ended"])
def test_a_long_unbroken_word_stays_on_the_page(key: str) -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 5 + "ende"
    mode = "demo" if key == "mode_words" else "real"
    page = PAGES.incident_summary(content(**{"mode": mode, key: word}))
    assert is_one_page(page)
    assert "ende" in words(page)
    margin = Image.open(BytesIO(picture(page, 40))).convert("L").crop((310, 0, 330, 467))
    assert margin.getextrema() == (255, 255)


def test_an_unbroken_word_in_the_course_is_whole() -> None:
    page = PAGES.incident_summary(content(course=[event(0, "x" * 300)]))
    assert letters(page).count("x") >= 300


@settings(max_examples=30)
@given(st.text(max_size=400), st.lists(st.text(max_size=200), max_size=60), st.integers(1, 20))
def test_any_words_give_one_page_or_are_refused(text: str, happened: list[str], times: int) -> None:
    course = [event(number, what) for number, what in enumerate(happened)]
    try:
        page = PAGES.incident_summary(content(reason=text * times, station=text, course=course))
        assert page.count(b"/Type /Page\n") == 1
    except Refused as error:
        assert error.code == "paper_too_long"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("東京", "[U+6771][U+4EAC]"),
        ("evil\u202etxt", "evil[U+202E]txt"),
        ("null\0byte", "null[U+0000]byte"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("Ελλάδα, Łódź, Київ", "Ελλάδα, Łódź, Київ"),
    ],
)
def test_a_letter_that_the_page_cannot_show_leaves_its_number(text: str, shown: str) -> None:
    assert shown in words(PAGES.incident_summary(content(category=text)))


@pytest.mark.parametrize(
    "changes",
    [
        {"surprise": "nobody would print me"},
        {"reason": None},
        {"matters": "M-1"},
        {"matters": [1]},
        {"course": [{"seq": "1"}]},
        {"journal": "441"},
        {"mode": "drill"},
        {"qr": ""},
        {"qr": "x" * 541},
        {"qr": "ä"},
        {"mode": "rehearsal", "mode_words": "REHEARSAL"},
        {"mode_words": "REAL"},
    ],
)
def test_content_outside_the_contract_is_our_bug(changes: Content) -> None:
    with pytest.raises(Misused, match="paper_content"):
        PAGES.incident_summary(content(**changes))


def test_a_missing_key_is_named() -> None:
    lacking = content()
    del lacking["reason"]
    with pytest.raises(Misused, match=r"paper_content \(keys=reason\)"):
        PAGES.incident_summary(lacking)


def test_missing_fonts_are_said(tmp_path: Path) -> None:
    ask = (
        "from pathlib import Path; from console.adapters.paper import layout;"
        f"layout.load_faces(Path({str(tmp_path)!r}))"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    assert "Unavailable: fonts_missing (file=NotoSans-Regular.ttf)" in answer.stderr


def test_the_library_is_loaded_only_when_needed() -> None:
    ask = "import sys, console.adapters.paper; print('reportlab' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
