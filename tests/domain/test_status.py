# SPDX-License-Identifier: Apache-2.0
"""24 letters over the telephone: what they carry, what a wrong letter does, what a replay is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import status
from console.domain.errors import Corrupt, Refused
from console.domain.handoff.spoken import ALPHABET
from console.domain.status import Heard, Status

KEY = bytes(range(32))
NOW = 29_923_920
counts = st.builds(
    Status,
    st.integers(0, 2**20 - 1),
    st.integers(0, 2**20 - 1),
    st.integers(0, 15),
    st.integers(0, 15),
    st.integers(0, 15),
    st.booleans(),
    st.integers(0, 31),
)


def told(size: int = 1000, minute: int = NOW, **more: int) -> Status:
    return Status(
        minute % 2**20, size % 2**20, **{"open": 1, "jurisdictions": 1, "owed": 0, "shown": 2, **more}, alarm=False
    )


@given(counts)
def test_what_is_told_is_what_is_heard(said: Status) -> None:
    letters = status.code_of(said, KEY)
    assert len(letters) == 24
    assert set(letters) <= set(ALPHABET)
    assert status.opened(status.letters_of(status.in_groups(letters).lower()), KEY) == said


def test_counts_stop_at_their_greatest_value() -> None:
    assert status.opened(status.code_of(told(open=99, owed=99, shown=99), KEY), KEY).open == 15


@given(counts, st.integers(0, 23), st.sampled_from(ALPHABET))
def test_one_misheard_letter_is_named_with_its_place(said: Status, at: int, letter: str) -> None:
    letters = status.code_of(said, KEY)
    wrong = letters[:at] + letter + letters[at + 1 :]
    if wrong == letters:
        return
    with pytest.raises(Refused) as error:
        status.letters_of(wrong)
    assert (error.value.code, error.value.facts["place"]) == ("status_misheard", at + 1)


@given(
    counts, st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True), st.integers(1, 31), st.integers(1, 31)
)
def test_two_misheard_letters_never_pass(said: Status, at: list[int], one: int, other: int) -> None:
    values = [ALPHABET.index(letter) for letter in status.code_of(said, KEY)]
    values[at[0]] ^= one
    values[at[1]] ^= other
    with pytest.raises(Refused):
        status.letters_of("".join(ALPHABET[value] for value in values))


@given(counts, st.integers(0, 109))
def test_a_changed_bit_with_right_check_letters_is_forged(said: Status, bit: int) -> None:
    number = said.content() << 50 | status._mac(said.content(), KEY)
    content = (number ^ 1 << bit) >> 50
    mac = (number ^ 1 << bit) & (1 << 50) - 1
    letters = [(content << 50 | mac) >> 5 * at & 31 for at in reversed(range(22))]
    first, second = status._syndromes(letters)
    for a in range(32):
        for b in range(32):
            whole = [*letters, a, b]
            if status._syndromes(whole) == (0, 0):
                with pytest.raises(Refused) as error:
                    status.opened("".join(ALPHABET[value] for value in whole), KEY)
                assert error.value.code == "status_forged"
                return
    raise AssertionError((first, second))


def test_another_station_and_another_reader_have_other_keys() -> None:
    keys = {status.key_of(b"x" * 32, vault, member) for vault in "ab" for member in ("r1", "r2")}
    assert len(keys) == 4
    letters = status.code_of(told(), status.key_of(b"x" * 32, "a", "r1"))
    with pytest.raises(Refused) as error:
        status.opened(letters, status.key_of(b"x" * 32, "b", "r1"))
    assert error.value.code == "status_forged"


@pytest.mark.parametrize(
    ("minute", "code"), [(NOW - 11, "status_old"), (NOW + 11, "status_ahead"), (NOW - 3, "status_older")]
)
def test_an_older_code_is_refused(minute: int, code: str) -> None:
    with pytest.raises(Refused) as error:
        status.heard(told(minute=minute), "K", NOW, Heard(NOW - 2, 900, "L"))
    assert error.value.code == code


def test_a_log_that_became_shorter_is_evidence() -> None:
    with pytest.raises(Corrupt) as error:
        status.heard(told(size=899), "K", NOW, Heard(NOW - 2, 900, "L"))
    assert error.value.facts == {"size": 899, "known": 900}
    with pytest.raises(Corrupt):
        status.heard(told(size=5), "K", NOW, None, least_size=6)


@given(st.integers(1, 10**9), st.integers(0, 2**19 - 1))
def test_sizes_go_on_past_two_to_the_twenty(known: int, more: int) -> None:
    after = status.heard(told(size=known + more), "K", NOW, Heard(NOW - 2, known, "L"))
    assert after == Heard(NOW, known + more, "K")


@pytest.mark.parametrize(("typed", "code"), [("K7QX", "status_length"), ("O" * 24, "status_letter")])
def test_what_no_code_can_be(typed: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        status.letters_of(typed)
    assert error.value.code == code


def test_a_newer_log_begins_small() -> None:
    """What was heard of the log before it bounds it no more; what a checkpoint of the new one told does."""
    before = Heard(NOW - 2, 900, "L", log=1)
    assert status.heard(told(size=60), "K", NOW, before, least_size=50, log=2).log == 2
    with pytest.raises(Corrupt, match="status_shrunk"):
        status.heard(told(size=49), "K", NOW, before, least_size=50, log=2)
