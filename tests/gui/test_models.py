# SPDX-License-Identifier: Apache-2.0
"""The journal's table and the pure words of the window."""

import pytest
from PySide6.QtCore import Qt

from console.gui import phrases
from console.gui.kit.models import COLUMNS, JournalModel

ENTRY = {
    "seq": 7,
    "time": "2026-11-23T13:05:00.000Z",
    "type": "activation.opened",
    "who": "Eva Falk (ops-1)",
    "people": {},
    "proof": "unlock",
    "surely": {"brief": "13:03:20–13:06:31"},
    "act": "0193-act-123456",
    "body": {"seconds": 3600, "request": "A" * 44, "items": [["a", 1, 0]], "why": None},
}


def test_a_row_is_an_entry_in_words(qapp: object) -> None:
    model = JournalModel()
    model.fill([ENTRY], {"activation.opened": "activation opened"})
    cells = [model.data(model.index(0, column)) for column in range(model.columnCount())]
    assert cells[0] == "7"
    assert "UTC" in str(cells[1])
    assert cells[2:] == [
        "activation opened",
        "Eva Falk (ops-1)",
        "13:03:20–13:06:31",
        "unlock",
        "123456",
        "Seconds: 3600",
    ]
    assert model.headerData(0, Qt.Orientation.Horizontal) == COLUMNS[0]


def test_what_an_entry_says_is_told_in_words(qapp: object) -> None:
    body = {"sealed_by": "p-1", "source": "typed", "state": "sealed", "epoch": 2, "expires_ms": 1798363615000}
    model = JournalModel()
    model.fill([{**ENTRY, "body": {**body, "new_one": 3}, "people": {"p-1": "Anna Berg"}}], {})
    sealed, source, state, rules, ends, other = str(model.data(model.index(0, 7))).split(", ", 5)
    assert (sealed, source, state) == ("Sealed by: Anna Berg", "Where it came from: typed in", "State: sealed")
    assert (rules, other) == ("Rules number: 2", "New one: 3")
    assert ends.startswith("Ends on: 2026-12-27 ") and "UTC" in ends


def test_a_page_replaces_the_one_before(qapp: object) -> None:
    model = JournalModel()
    model.fill([ENTRY] * 200, {})
    model.fill([ENTRY], {})
    assert model.rowCount() == 1
    assert model.data(model.index(0, 2)) == "activation.opened"


def test_what_is_found_later_comes_below_and_moves_nothing(qapp: object) -> None:
    model = JournalModel()
    model.fill([ENTRY], {})
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.add([{**ENTRY, "seq": 3}, {**ENTRY, "seq": 1}], {})
    assert [model.number_at(row) for row in range(4)] == [7, 3, 1, None] and not resets
    assert [model.row_of(number) for number in (7, 5, 1, 0)] == [0, 1, 2, None]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "00:00"), (61, "01:01"), (3600, "1:00:00"), (-5, "00:00"), (14399, "3:59:59")]
)
def test_time_left(seconds: int, told: str) -> None:
    assert phrases.span(seconds) == told


def test_letters_come_in_groups_of_four() -> None:
    assert phrases.in_fours("ab cdefghi") == ["ab␣c", "defg", "hi"]


def test_a_code_is_spelt_without_doubt() -> None:
    assert phrases.spoken("aA1-B") == "alfa capital alfa one dash · capital bravo"
    assert phrases.spoken("é") == "character 233"


def test_who_is_missing_in_words() -> None:
    assert phrases.missing({"it": 0, "legal": 2}) == "Still missing: 2 × Legal"
    assert phrases.missing({"it": 0}) == "Nobody is missing"


def test_a_long_word_can_go_on_in_the_next_line_and_stays_what_it_is() -> None:
    signature = "MEUCIQ" * 16
    told = phrases.breakable(f"signed {signature}")
    assert told.replace(phrases.ANYWHERE, "") == f"signed {signature}"
    assert max(map(len, told.removeprefix("signed ").split(phrases.ANYWHERE))) == 8
    assert phrases.breakable("salesforce-emergency-ad") == "salesforce-emergency-ad"
