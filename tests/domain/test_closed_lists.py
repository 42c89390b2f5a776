# SPDX-License-Identifier: Apache-2.0
"""What is listed is listed once: whatever else speaks of its rows has each of them, and no other."""

import ast
from pathlib import Path

import pytest

from console.domain import categories, groups, outcomes, privileges
from console.domain.policy import keyholder
from console.gui.pages.founding import plan
from console.sentences import entries, terms
from console.sentences.change import _ROLES

CONSOLE = Path(__file__).parents[2] / "console"
TABLES = {
    "domain/categories.py": set(categories.LABELS),
    "domain/privileges.py": set(privileges.LABELS),
    "domain/outcomes.py": set(outcomes.LABELS),
}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (terms.CATEGORIES, set(categories.LABELS)),
        (terms.PRIVILEGES, set(privileges.LABELS)),
        (entries.OUTCOMES, set(outcomes.LABELS)),
        (terms.GROUPS, set(keyholder.ROLES)),
        (_ROLES, set(keyholder.ROLES)),
        (dict.fromkeys(plan.GROUPS), set(groups.CALLED)),
    ],
)
def test_every_row_has_its_words(words: dict[str, object], names: set[str]) -> None:
    assert set(words) == names


def test_rows_are_told_apart() -> None:
    assert len(categories.CATEGORIES) == len(categories.LABELS) == len(set(categories.SENTENCES.values()))
    assert len(outcomes.OUTCOMES) == len(outcomes.LABELS) == len(set(outcomes.SENTENCES.values()))
    assert len(privileges.PRIVILEGES) == len(set(privileges.LABELS.values()))


def test_no_list_stands_twice() -> None:
    """A container that has most names of a table is a second list of it."""
    found = [
        f"{file.relative_to(CONSOLE)}:{node.lineno} lists {table}"
        for file in sorted(CONSOLE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        for table, names in TABLES.items()
        if file.relative_to(CONSOLE).as_posix() != table
        and isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict)
        and len(names & listed(node)) > len(names) * 2 / 3
    ]
    assert found == []


def listed(node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> set[object]:
    parts = node.keys if isinstance(node, ast.Dict) else node.elts
    return {part.value for part in parts if isinstance(part, ast.Constant)}
