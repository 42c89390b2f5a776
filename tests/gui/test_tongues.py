# SPDX-License-Identifier: Apache-2.0
"""Every page as a person sees it in another language: everything was said, nothing is cut, nothing of it is kept."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from console import language
from console.gui.phrases import short
from tests.gui.pages_in_tongue import PAGES
from tests.gui.tongue import OPEN, outside
from tests.support.texts import words

ROOT = Path(__file__).parents[2]
EXAMPLES = """DE FR Alt UTC Gerd Hahn crm down at night emergency admin
    /usr/lib/opensc-pkcs11.so /srv/breakglass-new /media/backup /media/usb/counsel-export"""
"""What stands in an empty field as an example, and what is the same in every language."""
ANYWAY = " ".join(
    [
        language.say_in_each("It counts from the next start."),
        *(language.read(each).name for each in language.LANGUAGES[1:]),
    ]
)
"""What is said in every language at once, for whoever cannot read the one that is spoken."""
IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
"""Their short form may begin in the middle of what is a word of letters in the long one."""
pytestmark = [pytest.mark.long, pytest.mark.real]


def walked(tongue: str, folder: Path) -> dict[str, Any]:
    """Walk every page in a process that speaks this language; return what was seen."""
    file = folder / "said.json"
    speaking = {"TONGUE": tongue, "TONGUE_SAID": str(file)}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.gui.tongue", "tests/gui/pages_in_tongue.py"],
        cwd=ROOT,
        env={**os.environ, **speaking},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found: dict[str, Any] = json.loads(file.read_text())
    assert found["said"].keys() >= set(PAGES) - {"alarm"}
    return found


def test_everything_on_every_page_was_said_or_is_data(tmp_path: Path) -> None:
    found = walked("xx", tmp_path)
    data = json.dumps(found["data"], ensure_ascii=False)
    known = words(data) | words(EXAMPLES) | words(ANYWAY) | words(" ".join(short(act) for act in IDS.findall(data)))
    unsaid = {(page, text) for page, texts in found["said"].items() for text in texts if words(outside(text)) - known}
    assert unsaid == set()
    assert OPEN not in data, "the journal keeps what was said in a language"


def test_nothing_is_cut_in_german(tmp_path: Path) -> None:
    found = walked("de", tmp_path)
    assert {page: texts for page, texts in found["cut"].items() if texts} == {}
    assert "Gesperrt" in found["said"]["locked"]
