# SPDX-License-Identifier: Apache-2.0
"""The custody register on paper: every text is there, on as many pages as it takes, and nothing beyond its margins."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from console.adapters.paper import PaperPages
from console.adapters.qr import QrCodes
from console.domain.errors import Misused
from tests.support.pictures import picture

PAGES = PaperPages(Path(__file__).parents[2] / "resources" / "fonts")


FRAME = "BG1/CHECKPOINT/" + "A" * 24 + "/1/1/" + "B" * 320


def content(tokens: int = 2, **changes: object) -> dict[str, Any]:
    """Return a register of so many tokens."""
    rows = [
        {
            "who": f"Person {n} (legal-{n}), legal",
            "facts": [["In force", "from 2026-11-23 14:05 UTC"], ["Token", f"hardware, share key {n:016x}"]],
            "shares": [[f"credential-{n}-{k}, version 1", "2026-11-23 14:06 UTC", "still opens"] for k in range(3)],
        }
        for n in range(tokens)
    ]
    return {
        "title": "Custody register",
        "mode_words": "",
        "station": "legal.example/hamburg-1",
        "vault": "01a2",
        "made": "2026-11-24 09:30 UTC",
        "size": 431,
        "root_words": [f"root{n}" for n in range(12)],
        "qr": FRAME,
        "tokens": rows,
        "not_proven": ["Whether a token was lent."],
    } | changes


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    reader = shutil.which("pdftotext")
    assert reader is not None, "install poppler-utils"
    found = subprocess.run([reader, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return found.stdout.decode().split("\f")[:-1]


def test_every_text_stands_on_the_page() -> None:
    (page,) = texts(PAGES.custody_register(content()))
    for text in (
        "Custody register",
        "431 entries",
        "Person 1 (legal-1), legal",
        "credential-1-2, version 1",
        "page 1 of 1",
    ):
        assert text in page


def test_the_symbol_is_read_from_a_scan() -> None:
    assert QrCodes().scan(picture(PAGES.custody_register(content()), 200)) == [FRAME]


def test_a_long_register_goes_on_on_the_next_page_and_loses_nothing() -> None:
    pages = texts(PAGES.custody_register(content(40)))
    assert len(pages) > 1
    whole = "\n".join(pages)
    assert len(set(re.findall(r"credential-\d+-\d", whole))) == 120
    assert f"page {len(pages)} of {len(pages)}" in pages[-1]
    assert all("Custody register" in page for page in pages)


def test_a_drill_says_so_on_every_page() -> None:
    pages = texts(PAGES.custody_register(content(40, mode_words="This is a drill.")))
    assert all("This is a drill." in page for page in pages)


def test_other_content_is_our_bug() -> None:
    with pytest.raises(Misused, match="paper_content"):
        PAGES.custody_register({"title": "x"})


def test_the_same_register_gives_the_same_bytes() -> None:
    assert PAGES.custody_register(content()) == PAGES.custody_register(content())
