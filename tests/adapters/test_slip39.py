# SPDX-License-Identifier: Apache-2.0
"""Words on sheets: the standard's own vectors, every split there may be, and what a slip of the hand is called."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic import combine_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from console.adapters.slip39 import WordSheets
from console.domain.errors import Refused
from console.domain.recovery.sheets import SHEET_WORDS, Sheet
from tests.support.fakes import FakeMachine

SHEETS = WordSheets()
SECRET = bytes(range(32))

# Of the vectors.json beside the standard (SLIP-0039): two shares, 256 bits, the passphrase TREZOR.
VECTOR = (
    "humidity disease academic always aluminum jewelry energy woman receiver strategy amuse duckling lying evidence "
    "network walnut tactics forget hairy rebound impulse brother survive clothes stadium mailman rival ocean reward "
    "venture always armed unwrap",
    "humidity disease academic agency actress jacket gross physics cylinder solution fake mortgage benefit public busy "
    "prepare sharp friar change work slow purchase ruler again tricycle involve viral wireless mixture anatomy desert "
    "cargo upgrade",
)
VECTOR_SECRET = "c938b319067687e990e05e0da0ecce1278f75ff58d9853f19dcaeed5de104aae"


def split(*groups: tuple[int, int], identifier: int = 4711) -> list[list[list[str]]]:
    return SHEETS.split(SECRET, groups, identifier, FakeMachine().random)


def read(sheets: Sequence[Sequence[str]]) -> list[Sheet]:
    return [SHEETS.read(number, words) for number, words in enumerate(sheets, start=1)]


def test_the_library_does_what_the_standard_says() -> None:
    assert combine_mnemonics(VECTOR, b"TREZOR").hex() == VECTOR_SECRET
    # The reason for key check values: a wrong passphrase is another secret, and no error.
    assert combine_mnemonics(VECTOR, b"").hex() != VECTOR_SECRET


@settings(deadline=None, max_examples=10)
@given(st.binary(min_size=32, max_size=32), st.integers(2, 5), st.integers(0, 3), st.integers(0, 2**15 - 1))
def test_any_quorum_of_every_group_gives_the_secret_back(
    secret: bytes, needed: int, spare: int, identifier: int
) -> None:
    words = SHEETS.split(secret, [(needed, needed + spare), (1, 1)], identifier, FakeMachine(seed=secret).random)
    first, second = read(words[0]), read(words[1])
    assert {sheet.identifier for sheet in (*first, *second)} == {identifier}
    assert [(s.group, s.member, s.needed) for s in second] == [(1, 0, 1)]
    for quorum in list(combinations(first, needed))[:5]:
        assert SHEETS.combine([*quorum, *second]) == secret


def test_randomness_is_ours() -> None:
    assert split((2, 3)) == split((2, 3))
    drawn: list[int] = []

    def random(size: int) -> bytes:
        drawn.append(size)
        return FakeMachine().random(size)

    SHEETS.split(SECRET, [(3, 4)], 1, random)
    assert drawn


def test_too_few_and_mixed_sheets_do_not_combine() -> None:
    (words,), (others,) = split((2, 3)), split((2, 3), identifier=4712)
    for wrong in (words[:1], words, [words[0], others[1]], []):
        with pytest.raises(Refused, match="sheets_do_not_fit"):
            SHEETS.combine(read(wrong))


def test_case_and_blanks_are_not_words() -> None:
    ((words, *_),) = split((2, 3))
    assert SHEETS.read(1, [f" {word.upper()}" for word in words]).words == tuple(words)


@given(st.integers(0, SHEET_WORDS - 1), st.integers(1, len(WORDLIST) - 1))
@settings(deadline=None, max_examples=25)
def test_one_wrong_word_is_found(place: int, shift: int) -> None:
    """Wherever it stands, whatever stands there instead."""
    ((words, *_),) = split((2, 3))
    wrong = list(words)
    wrong[place] = WORDLIST[(WORDLIST.index(words[place]) + shift) % len(WORDLIST)]
    with pytest.raises(Refused) as refused:
        SHEETS.read(2, wrong)
    assert (refused.value.code, refused.value.facts) == ("sheet_word_wrong", {"sheet": 2, "word": place + 1})


def test_what_else_can_be_typed_wrong() -> None:
    ((words, *_),) = split((2, 3))
    two = [*words[:4], *(WORDLIST[(WORDLIST.index(word) + 1) % 1024] for word in words[4:6]), *words[6:]]
    for wrong, expected in (
        (two, r"sheet_words_wrong \(sheet=3\)"),
        ([*words[:8], "glass", *words[9:]], r"sheet_word_unknown \(sheet=3, word=9\)"),
        (words[:-1], r"sheet_length \(sheet=3, words=32, needed=33\)"),
        ([*words, "academic"], "sheet_length"),
        ([], "sheet_length"),
    ):
        with pytest.raises(Refused, match=expected):
            SHEETS.read(3, wrong)


def test_no_error_names_a_word() -> None:
    """Errors are shown and journaled; words are secret, wrong ones too."""
    ((words, *_),) = split((2, 3))
    for wrong in ([*words[:8], "secretword", *words[9:]], [*words[:-1], "zero" if words[-1] != "zero" else "acid"]):
        with pytest.raises(Refused) as refused:
            SHEETS.read(1, wrong)
        said = str(refused.value) + repr(refused.value.__cause__)
        assert not [word for word in (*words, "secretword") if len(word) > 5 and word in said]
