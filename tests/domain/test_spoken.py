# SPDX-License-Identifier: Apache-2.0
"""Read aloud and typed again: every slip is noticed, and the line that it is in is named."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.handoff import spoken

SAMPLE = Random(1).randbytes(150)
LINES = spoken.lines(SAMPLE)


def typed(lines: list[str]) -> str:
    return "\n".join(lines)


def refusal(lines: list[str]) -> ConsoleError:
    with pytest.raises(ConsoleError) as refused:
        spoken.read(typed(lines))
    return refused.value


def test_the_vector_of_the_format_page_is_read() -> None:
    assert spoken.read("1/1  2222H4  LUATR8  6WL3SM  298NJS  9JZZ2F  rose") == b"hello"


@given(st.binary(max_size=900))
def test_what_is_read_aloud_is_read_again(data: bytes) -> None:
    assert spoken.read(typed(spoken.lines(data))) == data


@given(st.randoms(use_true_random=False))
def test_order_spaces_and_small_letters_do_not_matter(random: Random) -> None:
    lines = [line.lower().replace("  ", " ") for line in LINES]
    random.shuffle(lines)
    assert spoken.read("\n\n" + typed(lines)) == SAMPLE


@given(st.integers(0, len(LINES) - 1), st.integers(0, 4), st.integers(0, 5), st.sampled_from(spoken.ALPHABET))
def test_one_wrong_letter_is_noticed_and_its_group_named(line: int, group: int, place: int, letter: str) -> None:
    words = LINES[line].split()
    wrong = words[group + 1]
    assume(wrong[place] != letter)
    words[group + 1] = wrong[:place] + letter + wrong[place + 1 :]
    error = refusal([*LINES[:line], " ".join(words), *LINES[line + 1 :]])
    assert error.code == "spoken_line_wrong"
    assert error.facts == {"line": line + 1, "where": f"group {group + 1}"}


@given(st.integers(0, len(LINES) - 1), st.permutations(range(5)))
def test_groups_changed_over_in_a_line_are_noticed(line: int, order: list[int]) -> None:
    assume(order != sorted(order))
    head, *words = LINES[line].split()
    mixed = " ".join([head, *(words[place] for place in order), words[5]])
    error = refusal([*LINES[:line], mixed, *LINES[line + 1 :]])
    assert (error.code, error.facts["line"]) == ("spoken_line_wrong", line + 1)


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), st.integers(0, 4), st.integers(0, 4))
def test_groups_changed_over_between_lines_are_noticed(one: int, other: int, first: int, second: int) -> None:
    assume(one != other)
    rows = [line.split() for line in LINES]
    rows[one][first + 1], rows[other][second + 1] = rows[other][second + 1], rows[one][first + 1]
    assert refusal([" ".join(row) for row in rows]).code == "spoken_line_wrong"


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
def test_numbers_of_lines_changed_over_are_noticed(one: int, other: int) -> None:
    assume(one != other)
    rows = [line.split() for line in LINES]
    rows[one][0], rows[other][0] = rows[other][0], rows[one][0]
    assert refusal([" ".join(row) for row in rows]).code == "spoken_line_wrong"


@given(st.sets(st.integers(1, len(LINES)), min_size=1, max_size=len(LINES) - 1))
def test_missing_lines_are_named(missing: set[int]) -> None:
    error = refusal([line for number, line in enumerate(LINES, 1) if number not in missing])
    assert (error.code, error.facts) == ("spoken_line_missing", {"lines": sorted(missing)})


@pytest.mark.parametrize("line", range(1, len(LINES) + 1))
def test_a_line_typed_twice_is_named(line: int) -> None:
    error = refusal([*LINES, LINES[line - 1]])
    assert (error.code, error.facts) == ("spoken_line_twice", {"line": line})


def test_lines_of_two_objects_are_not_mixed() -> None:
    other = spoken.lines(Random(2).randbytes(150))
    assert len(other) == len(LINES)
    with pytest.raises(Corrupt, match="handoff_garbled"):
        spoken.read(typed([*LINES[:2], *other[2:]]))


@pytest.mark.parametrize(
    "line", ["hello", "1", "1/", "/3", "0/3 A", "4/3 A", "1/3", "1/3 AAAAAA", "9999/9999 A", "²/³"]
)
def test_what_is_no_line_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="spoken_"):
        spoken.read(line)


def test_nothing_typed_is_refused() -> None:
    assert refusal([]).code == "spoken_line_missing"


def test_no_letter_looks_like_another_and_each_has_its_name() -> None:
    assert not set("01IO") & set(spoken.ALPHABET)
    assert len(set(spoken.NAMES.values())) == len(spoken.ALPHABET) == 32
    assert spoken.spelled("7KQ") == "seven Kilo Quebec"


def test_its_length_is_told_beforehand() -> None:
    told = spoken.length(SAMPLE)
    assert told["lines"] == len(LINES)
    assert told["groups"] == 5 * len(LINES)


def test_what_would_take_a_day_is_refused() -> None:
    with pytest.raises(Refused, match="spoken_too_long"):
        spoken.lines(Random(3).randbytes(20_000))
