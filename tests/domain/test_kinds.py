# SPDX-License-Identifier: Apache-2.0
"""The table of kinds: complete, with words, and asked instead of compared."""

import ast
from pathlib import Path

import pytest

from console.domain import kinds
from console.domain.errors import Refused
from console.domain.kinds import KINDS, NAMES, Input, Seed
from console.sentences.kinds import KINDS as LABELS
from console.sentences.kinds import hint

CONSOLE = Path(__file__).parents[2] / "console"
TABLE = CONSOLE / "domain" / "kinds.py"


def test_what_differs_between_kinds() -> None:
    """What was sealed before is treated as before: a row that changes changes what stations do."""
    assert {(kind.name, kind.input, kind.burns, kind.seed, kind.is_shown, kind.signs) for kind in KINDS} == {
        ("password", Input.LINE, False, None, True, False),
        ("api-key", Input.LINE, False, None, True, False),
        ("codes", Input.LIST, True, None, True, False),
        ("totp", Input.LINE, False, Seed.TIME, True, False),
        ("hotp", Input.LINE, False, Seed.COUNTER, True, False),
        ("certificate", Input.FILE, False, None, True, True),
        ("signing-key", Input.FILE, False, None, False, True),
    }
    assert [kind.name for kind in KINDS if kind.expiry_ms] == ["certificate"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("owes_rotation", {*NAMES} - {"codes", "signing-key"}),
        ("is_recoverable", {*NAMES} - {"codes"}),
        ("shows_code", {"codes", "totp", "hotp"}),
        ("counts_on", {"codes", "hotp"}),
    ],
)
def test_what_follows_from_a_row(asked: str, names: set[str]) -> None:
    assert {kind.name for kind in KINDS if getattr(kind, asked)} == names


def test_every_kind_has_its_words_and_no_word_is_left_over() -> None:
    assert tuple(LABELS) == NAMES
    assert all(hint(name).endswith(".") for name in NAMES)


def test_a_kind_is_found_by_its_name_alone() -> None:
    assert [kinds.of(name).name for name in NAMES] == [*NAMES]
    assert kinds.find("tattoo") is None
    with pytest.raises(Refused, match="credential_kind"):
        kinds.of("tattoo")


@pytest.mark.parametrize(("count", "name"), [(1, "password"), (2, "codes"), (100, "codes")])
def test_records_without_an_entry_are_taken_for_a_password_or_a_list(count: int, name: str) -> None:
    assert kinds.of_items(count).name == name


def names_in(node: ast.expr) -> bool:
    """Say whether this is a kind's name, or a list of nothing else."""
    if isinstance(node, ast.Constant):
        return node.value in NAMES
    return isinstance(node, ast.Tuple | ast.List | ast.Set) and bool(node.elts) and all(map(names_in, node.elts))


def compares(node: ast.AST) -> bool:
    """Say whether this asks for a kind by its name, or keeps the name to ask by it."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        # ``"codes" in row`` asks for a field that is called like this.
        return any(
            names_in(right) or (isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and names_in(left))
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        )
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is not None and names_in(node.value)
    return isinstance(node, ast.MatchValue) and names_in(node.value)


@pytest.mark.parametrize(
    "text",
    ["kind == 'totp'", "'codes' != kind", "kind in ('totp', 'hotp')", "CODES = 'codes'", "match k:\n case 'hotp': 1"],
)
def test_a_comparison_is_seen(text: str) -> None:
    assert [node for node in ast.walk(ast.parse(text)) if compares(node)]


@pytest.mark.parametrize("text", ["'codes' in row", "kind.burns", "row['codes'] == 3", "x = {'codes': 3}"])
def test_a_field_of_that_name_is_none(text: str) -> None:
    assert not [node for node in ast.walk(ast.parse(text)) if compares(node)]


def test_nobody_compares_with_a_kinds_name() -> None:
    found = [
        f"{module.relative_to(CONSOLE)}:{getattr(node, 'lineno', 0)}"
        for module in sorted(CONSOLE.rglob("*.py"))
        if module != TABLE
        for node in ast.walk(ast.parse(module.read_text()))
        if compares(node)
    ]
    assert found == []
