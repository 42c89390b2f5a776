# SPDX-License-Identifier: Apache-2.0
"""What a console remembers is continued by what it is told, or it says so loudly; in any order of arrival."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import to_base64
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused
from console.domain.journal import merkle, witness
from console.domain.journal.witness import Proven

LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(64)]
FORK = [*LEAVES[:20], merkle.leaf_hash(b"another history"), *LEAVES[21:]]


def node(leaves: list[bytes]) -> merkle.Node:
    return lambda level, index: merkle.root(leaves[index << level : (index + 1) << level])


def seen(size: int, leaves: list[bytes] = LEAVES) -> Seen:
    return Seen(size, merkle.root(leaves[:size]))


def proven(first: int, size: int, leaves: list[bytes] = LEAVES) -> Proven:
    return Proven(seen(first, leaves), merkle.consistency_proof(first, size, node(leaves)))


@given(st.integers(1, 63), st.integers(1, 63))
def test_what_continues_the_memory_is_remembered(first: int, more: int) -> None:
    size = min(64, first + more)
    earlier = [proven(first, size)] if first < size else []
    memory = witness.check(seen(size), earlier, [seen(first)])
    assert memory == sorted({seen(first), seen(size)}, key=lambda s: s.size)


def test_the_first_word_of_a_station_is_believed() -> None:
    assert witness.check(seen(9), [], []) == [seen(9)]


@given(st.integers(21, 63))
def test_another_history_is_inconsistent_and_both_are_named(first: int) -> None:
    with pytest.raises(Corrupt, match="checkpoint_inconsistent") as refused:
        witness.check(seen(64, FORK), [proven(first, 64, FORK)], [seen(first)])
    told = str(refused.value.facts["told"])
    assert to_base64(seen(first).root) in str(refused.value.facts["seen"])
    assert to_base64(seen(first, FORK).root) in told


def test_the_same_size_with_another_root_is_inconsistent() -> None:
    with pytest.raises(Corrupt, match="checkpoint_inconsistent"):
        witness.check(seen(30, FORK), [], [seen(30)])


def test_a_proof_of_another_history_is_inconsistent() -> None:
    with pytest.raises(Corrupt, match="checkpoint_inconsistent"):
        witness.check(seen(64, FORK), [proven(30, 64)], [seen(30)])


def test_a_shorter_journal_with_a_proof_from_the_longer_one_is_inconsistent() -> None:
    """A station that was cut back: what it calls earlier is longer than what it shows."""
    with pytest.raises(Corrupt, match="checkpoint_inconsistent"):
        witness.check(seen(10), [Proven(seen(30), [])], [seen(30)])


def test_a_gap_is_named_with_the_size_from_which_to_prove() -> None:
    with pytest.raises(Refused, match="checkpoint_unproven") as refused:
        witness.check(seen(40), [proven(10, 40)], [seen(10), seen(20)])
    assert refused.value.facts == {"remembered": 20}


def test_an_older_state_counts_only_if_it_was_proven_to_belong() -> None:
    memory = witness.check(seen(40), [proven(10, 40), proven(25, 40)], [seen(10)])
    assert witness.check(seen(25), [], memory) == memory
    with pytest.raises(Refused, match="checkpoint_older"):
        witness.check(seen(26), [], memory)


def test_no_more_than_so_many_states_are_kept() -> None:
    memory: list[Seen] = []
    for size in range(1, 40):
        memory = witness.check(seen(size), [proven(size - 1, size)] if size > 1 else [], memory)
    assert memory == [seen(size) for size in range(24, 40)]


def test_states_are_written_and_read() -> None:
    row = proven(3, 9)
    assert Proven.from_json(row.to_json()) == row
    assert Seen.from_json(seen(3).to_json()) == seen(3)
    for size in ("3", True, None):
        with pytest.raises(TypeError):
            Seen.from_json({"size": size, "root": "AAAA"})
    with pytest.raises(ValueError, match="size"):
        Seen.from_json({"size": -1, "root": "AAAA"})


def test_a_log_that_another_one_followed_is_refused() -> None:
    for number, remembered in ((1, []), (1, [1]), (2, [1, 2]), (3, [1, 2])):
        witness.check_log(number, remembered)
    with pytest.raises(Corrupt, match="log_older") as refused:
        witness.check_log(1, [1, 2])
    assert refused.value.facts == {"remembered": 2, "told": 1}
