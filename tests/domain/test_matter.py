# SPDX-License-Identifier: Apache-2.0
"""A matter number as an example, from the pattern of a station."""

import pytest

from console.domain.matter import example


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
