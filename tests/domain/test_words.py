# SPDX-License-Identifier: Apache-2.0
"""Twelve words of a hash."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import words
from console.domain.errors import Corrupt, Misused

hashes = st.binary(min_size=32, max_size=32)


def test_the_list_is_the_published_one() -> None:
    text = "\n".join(words.WORDS) + "\n"
    # The digest of BIP-39's english.txt.
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )
    assert len({word[:4] for word in words.WORDS}) == 2048


@given(hashes)
def test_words_stand_for_the_first_132_bits(digest: bytes) -> None:
    spoken = words.to_words(digest)
    assert len(spoken) == 12
    assert words.from_words(spoken) == int.from_bytes(digest, "big") >> 124
    words.check_words([f" {word.upper()} " for word in spoken], digest)


@given(hashes, st.integers(0, 131))
def test_another_hash_has_other_words(digest: bytes, bit: int) -> None:
    other = (int.from_bytes(digest, "big") ^ 1 << (255 - bit)).to_bytes(32, "big")
    with pytest.raises(Corrupt, match="words_differ"):
        words.check_words(words.to_words(other), digest)


def test_known_words() -> None:
    assert words.to_words(bytes(32)) == ["abandon"] * 12
    assert words.to_words(b"\xff" * 32) == ["zoo"] * 12


def test_what_is_typed_wrong_is_named() -> None:
    with pytest.raises(Corrupt) as caught:
        words.from_words(["abandon"] * 5 + ["abandom"] + ["abandon"] * 6)
    assert caught.value.facts == {"position": 6}
    with pytest.raises(Corrupt, match="words_count"):
        words.from_words(["abandon"] * 11)
    with pytest.raises(Misused):
        words.to_words(b"short")
