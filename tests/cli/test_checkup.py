# SPDX-License-Identifier: Apache-2.0
"""What people read of lock-out: a loss a line, and no more lines than somebody reads."""

from itertools import combinations

from console.cli.readiness_lines import MOST_SHOWN, what_if
from console.domain.canonical import Object


def matrix(*rows: Object) -> Object:
    return {"lost": [], "alone": [], "nobody_asks": ["strict"], "credentials": list(rows), "people": {}}


def credential(name: str, *losses: list[str]) -> Object:
    return {"name": name, "class": "standard", "locked_out_by": list(losses)}


def test_what_locks_out_together_stands_line_by_line() -> None:
    pairs = [list(pair) for pair in combinations([f"token:it-{n}" for n in range(7)], 2)]
    lines = list(what_if(matrix(credential("crm", ["hsm"], *pairs), credential("idp", ["hsm"], *pairs))))
    assert "For class strict nobody here can ask: whoever asks cannot approve. Enrol an operator." in lines
    # What is locked out by the same is said once.
    assert lines.count("crm, idp (standard), locked out by losing together:") == 1
    told = [line for line in lines if line.startswith("  ")]
    assert told[0] == "  it-0's token or PIN and it-1's token or PIN"
    assert told[-1] == f"  and {len(pairs) - MOST_SHOWN} others: --json names them"
    assert len(told) == MOST_SHOWN + 1
    assert max(map(len, lines)) < 100


def test_nothing_beyond_single_losses_is_said() -> None:
    lines = list(what_if(matrix(credential("crm", ["hsm"]))))
    assert lines[-1] == "crm (standard): no loss of several was found beyond these."
