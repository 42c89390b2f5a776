# SPDX-License-Identifier: Apache-2.0
"""The grab card: one page, everything on it, the same bytes for the same content, refused rather than cut."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from console.actions.document.grab_card import FIRST_MINUTES
from console.adapters.paper import PaperPages
from console.adapters.qr import QrCodes
from console.domain.errors import Misused, Refused
from tests.support.pictures import FONTS, picture
from tests.support.texts import german

PAGES = PaperPages(FONTS)
WORDS = "anchor basket cedar dolphin ember falcon garnet harbor island jasper kettle lantern".split()


def person(name: str, phone: str = "+49 40 555 0117") -> dict[str, Any]:
    """Return somebody who can be called."""
    return {
        "name": name,
        "phone": phone,
        "mail": "on-call@legal.example",
        "reach": "rings twice at night",
        "then": "Ben Clausen",
        "token": "brings it here",
    }


FRAME = "BG1/CHECKPOINT/" + "A" * 24 + "/1/1/" + "B" * 320
ROOT_WORDS = [f"root{number}" for number in range(12)]


def content(**changes: object) -> dict[str, Any]:
    """Return the content of an ordinary station."""
    ordinary: dict[str, Any] = {
        "station": "legal.example/hamburg-1",
        "vault": "0193a5c7-2b1e-7c44-9f0a-6d2b1c7e8f90",
        "machine": "hamburg-1",
        "made": "2026-11-24T09:30:00Z",
        "mode_words": "",
        "policy": "k6" * 22,
        "size": 1234,
        "root_words": ROOT_WORDS,
        "qr": FRAME,
        "steps": list(FIRST_MINUTES),
        "groups": [
            {"group": "legal", "needed": 2, "people": [person("Anna Berg"), person("Ben Clausen", "")]},
            {"group": "it", "needed": 1, "people": [person("Carla Dietz"), person("Deniz Eren")]},
        ],
        "unlockers": ["Anna Berg", "Ben Clausen", "Carla Dietz", "Deniz Eren", "Eva Falk"],
        "sheets": [{"slot": "legal", "group": "legal", "needed": 2, "holders": ["Anna Berg"], "left": ["Ben Clausen"]}],
        "prepared": ["sign-on-down", "crm-down"],
        "words": WORDS,
    }
    return {**ordinary, **changes}


def text_of(page: bytes, folder: Path) -> str:
    (folder / "card.pdf").write_bytes(page)
    found = subprocess.run(
        ["pdftotext", "-layout", str(folder / "card.pdf"), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(found.stdout.split())


def test_everything_is_on_one_page(tmp_path: Path) -> None:
    made = PAGES.grab_card(content())
    assert made.count(b"/Type /Page\n") == 1
    said = text_of(made, tmp_path)
    for text in (
        "hamburg-1",
        "+49 40 555 0117",
        "Anna Berg",
        "sign-on-down, crm-down",
        "1234 entries",
        "Anna Berg, Ben Clausen (has left)",
    ):
        assert text in said
    assert all(f"{number} {word}" in said for number, word in enumerate(WORDS, 1))
    assert all(step.split(".")[0] in said for step in FIRST_MINUTES)


def test_the_card_speaks_the_language_of_the_face(tmp_path: Path) -> None:
    told: list[str] = []

    def say(text: str, /, **values: object) -> str:
        told.append(text)
        return german()[text].format(**values) if values else german()[text]

    made = PaperPages(FONTS, say).grab_card(content())
    said = text_of(made, tmp_path)
    assert made.count(b"/Type /Page\n") == 1
    assert "Die ersten zehn Minuten" in said and "Bögen: Recht" in said
    assert not [text for text in told if len(text.split()) > 2 and text in said]


def test_the_symbol_is_read_from_a_scan() -> None:
    assert QrCodes().scan(picture(PAGES.grab_card(content()), 200)) == [FRAME]


def test_the_same_content_makes_the_same_bytes() -> None:
    assert PAGES.grab_card(content()) == PAGES.grab_card(content())
    assert PAGES.grab_card(content()) != PAGES.grab_card(content(size=1235))


def test_a_large_firm_still_fits() -> None:
    groups = [
        {"group": name, "needed": 2, "people": [person(f"{name} {n}") for n in range(8)]} for name in ("legal", "it")
    ]
    assert PAGES.grab_card(content(groups=groups)).count(b"/Type /Page\n") == 1


def test_what_does_not_fit_is_refused_and_never_cut() -> None:
    groups = [{"group": "legal", "needed": 2, "people": [person(f"Anna {n}") for n in range(60)]}]
    with pytest.raises(Refused, match="paper_too_long"):
        PAGES.grab_card(content(groups=groups))


def test_a_drill_says_so(tmp_path: Path) -> None:
    words = "This is not the real station: nothing here opens a real system."
    assert words in text_of(PAGES.grab_card(content(mode_words=words)), tmp_path)


@pytest.mark.parametrize("changes", [{"pin": "123456"}, {}])
def test_other_keys_are_our_bug(changes: dict[str, object]) -> None:
    made = content(**changes)
    made.pop("words", None) if not changes else None
    with pytest.raises(Misused, match="paper_content"):
        PAGES.grab_card(made)


@pytest.mark.parametrize("step", FIRST_MINUTES)
def test_each_step_is_short_and_plain(step: str) -> None:
    assert all(len(sentence.split()) <= 20 for sentence in step.split("."))
    assert not any(word in step for word in ("slot", "CKR", "PKCS", "epoch", "anchor"))
