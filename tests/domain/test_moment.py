# SPDX-License-Identifier: Apache-2.0
"""A moment says its zone and UTC, and never leaves open which day UTC means."""

from datetime import datetime

import pytest

from console.domain.moment import local_and_utc


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-11-23T12:00:05+01:00", "2026-11-23 12:00:05 UTC+01:00 (11:00:05 UTC)"),
        ("2026-11-24T00:00:00+01:00", "2026-11-24 00:00:00 UTC+01:00 (2026-11-23 23:00:00 UTC)"),
        ("2026-11-23T12:00:05+00:00", "2026-11-23 12:00:05 UTC"),
        ("2026-11-23T20:00:00-05:00", "2026-11-23 20:00:00 UTC-05:00 (2026-11-24 01:00:00 UTC)"),
    ],
)
def test_local_time_and_utc(time: str, told: str) -> None:
    assert local_and_utc(datetime.fromisoformat(time)) == told


def test_to_the_minute() -> None:
    assert local_and_utc(datetime.fromisoformat("2026-11-24T00:00:00+01:00"), "%H:%M").endswith(
        "(2026-11-23 23:00 UTC)"
    )
