# SPDX-License-Identifier: Apache-2.0
"""The measured table of docs/tokens.md is what the implementations here do now."""

import pytest

from tests.tokens.devices import IMPLEMENTATIONS
from tests.tokens.report import BEGIN, END, FILE, measured

pytestmark = pytest.mark.real


def written() -> dict[str, dict[str, str]]:
    """Return the table's columns, by the names of the implementations."""
    text = FILE.read_text()
    lines = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {name: {row[0]: row[n] for row in rows[2:]} for n, name in enumerate(rows[0]) if n}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n == "key file" else pytest.mark.long) for n in IMPLEMENTATIONS]
)
def test_the_page_says_what_was_measured(name: str) -> None:
    assert written()[name] == measured(name)
