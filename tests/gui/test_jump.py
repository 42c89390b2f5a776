# SPDX-License-Identifier: Apache-2.0
"""What somebody writes to go somewhere in the journal, and what it means."""

from datetime import UTC, datetime

import pytest

from console.gui.pages.journal.jump import place_of


@pytest.mark.parametrize(
    ("said", "number"),
    [("0", 0), ("1204", 1204), ("#1204", 1204), (" 1.204 ", 1204), ("1,000,000", 1_000_000), ("12 345", 12_345)],
)
def test_a_number_names_an_entry(said: str, number: int) -> None:
    assert place_of(said) == number


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("2026-11-23 UTC", "2026-11-23T23:59:59.999999"),
        ("2026-11-23 22:56 utc", "2026-11-23T22:56:59.999999"),
        ("2026-11-23 22:56:07Z", "2026-11-23T22:56:07.999999"),
        ("23.11.2026 22:56 UTC", "2026-11-23T22:56:59.999999"),
    ],
)
def test_a_date_means_its_last_moment(said: str, last: str) -> None:
    assert place_of(said) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_without_a_zone_it_is_the_local_clock() -> None:
    assert place_of("2026-11-23 22:56") == datetime(2026, 11, 23, 22, 56, 59, 999_999).astimezone()


@pytest.mark.parametrize("said", ["", "soon", "-4", "1.2", "2026-13-01", "2026-11-23 25:00", "9" * 16])
def test_anything_else_is_neither(said: str) -> None:
    assert place_of(said) is None
