# SPDX-License-Identifier: Apache-2.0
"""What pages say: short sentences, and none of the words that only the builders of this program know."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "console" / "gui").rglob("*.py"))
MOST_WORDS = 20
SPELLING = "alfa bravo"
BUILDERS_WORDS = re.compile(r"\b(epoch|merkle|checkpoint|anchor\w*|hpke|envelope|fold)\b", re.IGNORECASE)


def docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield every string that stands alone: it is for readers of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def texts(page: Path) -> list[str]:
    """Return everything of a module that has a space in it, and so may be read by people."""
    tree = ast.parse(page.read_text())
    hidden = set(docstrings(tree))
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in hidden]
    return [
        text
        for text in found
        if isinstance(text, str) and " " in text.strip() and not text.startswith(SPELLING)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sentences_are_short_and_plain(page: Path) -> None:
    for text in texts(page):
        assert not BUILDERS_WORDS.search(text), text
        for sentence in re.split(r"(?<=[.!?:])\s", text):
            assert len(sentence.split()) <= MOST_WORDS, sentence
