# SPDX-License-Identifier: Apache-2.0
"""A matter number as an example, from the pattern of a station."""

import re

import pytest

from console.domain.activation.matter import example, pattern_of


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("M-[0-9]{4}-[0-9]{5}", "M-1234-12345"),
        (r"KN\-[0-9]{4}", "KN-1234"),
        (r"\d{2}/\d", "12/1"),
        ("[A-Z]{2}[0-9]+", ""),  # Nobody is told a number that would be refused.
        ("(a|b)", ""),
    ],
)
def test_an_example_fits_or_is_not_told(pattern: str, told: str) -> None:
    assert example(pattern) == told


@pytest.mark.parametrize("sample", ["M-2026-00117", "KN 12/3", "2026.7"])
def test_a_pattern_from_a_number_fits_it_and_is_told_by_an_example(sample: str) -> None:
    assert re.fullmatch(pattern_of(sample), sample)
    assert re.fullmatch(pattern_of(sample), example(pattern_of(sample)))
