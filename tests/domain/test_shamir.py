# SPDX-License-Identifier: Apache-2.0
"""Any m shares give the secret, fewer say nothing at all about it; the field is SLIP-39's own."""

from collections.abc import Callable
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic.shamir import RawShare, _interpolate

from console.domain.errors import Misused
from console.domain.sealed.shamir import combine, split
from tests.support.fakes import FakeMachine


def seeded(seed: bytes = b"shamir") -> Callable[[int], bytes]:
    """Return randomness that a test can repeat."""
    return FakeMachine(seed=seed).random


def numbered(shares: list[bytes]) -> list[tuple[int, bytes]]:
    """Return the shares with their numbers."""
    return list(enumerate(shares, start=1))


@pytest.mark.parametrize(("m", "n"), [(m, n) for n in range(1, 7) for m in range(1, n + 1)])
def test_every_m_of_n_and_every_more_give_the_secret_in_any_order(m: int, n: int) -> None:
    secret = b"\x00\xff\x53"
    shares = numbered(split(secret, m, n, seeded()))
    for size in range(m, n + 1):
        for held in combinations(shares, size):
            assert combine(held) == secret
    for held in permutations(shares[:m]):
        assert combine(held) == secret


@given(st.binary(min_size=1, max_size=40), st.integers(1, 8), st.integers(0, 12), st.binary(max_size=4), st.data())
def test_random_splits_combine_as_slip_39_interpolates(
    secret: bytes, m: int, more: int, seed: bytes, data: st.DataObject
) -> None:
    shares = numbered(split(secret, m, m + more, seeded(seed)))
    held = data.draw(st.permutations(shares))[: data.draw(st.integers(m, m + more))]
    assert combine(held) == secret
    assert _interpolate([RawShare(x, y) for x, y in held], 0) == secret


@given(st.dictionaries(st.integers(1, 255), st.binary(min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_field_is_that_of_slip_39_for_any_points(points: dict[int, bytes]) -> None:
    assert combine(list(points.items())) == _interpolate([RawShare(x, y) for x, y in points.items()], 0)


def test_multiplication_and_inverse_of_every_byte_are_those_of_slip_39() -> None:
    # With two shares, the value at 0 is (y1·x2 + y2·x1) / (x1 + x2): every x and every y passes by here.
    every = bytes(range(256))
    for x in range(2, 256):
        assert combine([(1, every), (x, every[::-1])]) == _interpolate(
            [RawShare(1, every), RawShare(x, every[::-1])], 0
        )


def test_255_shares_are_the_most() -> None:
    shares = numbered(split(b"s", 3, 255, seeded()))
    assert combine([shares[0], shares[127], shares[254]]) == b"s"


@pytest.mark.parametrize(("m", "n"), [(0, 1), (2, 1), (-1, 3), (1, 256), (0, 0)])
def test_impossible_thresholds_are_our_bug(m: int, n: int) -> None:
    with pytest.raises(Misused, match="shamir_threshold"):
        split(b"secret", m, n, seeded())


def test_one_of_n_gives_everybody_the_secret() -> None:
    assert split(b"secret", 1, 3, seeded()) == [b"secret"] * 3


def test_one_share_of_two_is_consistent_with_every_secret_equally_often() -> None:
    # Over all coefficients, each secret byte gives each share value exactly once: a share says nothing.
    for secret in (0, 1, 0x53, 0xFF):
        seen = [split(bytes([secret]), 2, 2, lambda _, c=c: bytes([c]))[1] for c in range(256)]  # type: ignore[misc]
        assert sorted(seen) == [bytes([value]) for value in range(256)]


@given(st.binary(min_size=2, max_size=2), st.binary(min_size=2, max_size=2))
def test_for_m_less_one_shares_every_other_secret_has_a_last_share(secret: bytes, other: bytes) -> None:
    shares = numbered(split(secret, 3, 3, seeded()))
    forged = _interpolate([RawShare(0, other), RawShare(*shares[0]), RawShare(*shares[1])], 3)
    assert combine([*shares[:2], (3, forged)]) == other


def test_too_few_shares_give_something_else() -> None:
    secret = bytes(range(32))
    shares = numbered(split(secret, 3, 5, seeded()))
    for size in (1, 2):
        assert all(combine(held) != secret for held in combinations(shares, size))


def test_the_same_share_twice_is_no_second_share() -> None:
    secret = bytes(range(32))
    shares = numbered(split(secret, 2, 3, seeded()))
    assert combine([shares[0], shares[0]]) != secret
    assert combine([shares[0], (1, shares[1][1])]) != secret


def test_shares_of_different_lengths_do_not_combine() -> None:
    with pytest.raises(ValueError, match="zip"):
        combine([(1, b"ab"), (2, b"a")])


def test_the_polynomial_is_what_the_format_page_says() -> None:
    # y = s + a·x over GF(2^8) mod 0x11b; FIPS 197 section 4.2: {57}·{83} = {c1}, {57}·{13} = {fe}.
    shares = split(b"\x00", 2, 0x83, lambda _: b"\x57")
    assert (shares[0x83 - 1], shares[0x13 - 1]) == (b"\xc1", b"\xfe")
