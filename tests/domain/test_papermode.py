# SPDX-License-Identifier: Apache-2.0
"""Which numbers of paper forms are out: reserved, and not used."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from console.domain.paper import outstanding

RUNS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)).map(lambda run: (run[0], run[0] + run[1])), max_size=6)


def test_what_is_out_stands_in_runs() -> None:
    assert outstanding([(1, 5), (6, 8), (10_001, 10_002)], {3, 10_002, 77}) == [(1, 2), (4, 8), (10_001, 10_001)]
    assert outstanding([], {1}) == outstanding([(4, 4)], {4}) == []


@given(RUNS, st.sets(st.integers(1, 45)))
def test_each_number_is_out_once_or_not_at_all(reserved: list[tuple[int, int]], used: set[int]) -> None:
    runs = outstanding(reserved, used)
    told = [number for first, last in runs for number in range(first, last + 1)]
    assert set(told) == {n for first, last in reserved for n in range(first, last + 1)} - used
    assert told == sorted(set(told))
    assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))
