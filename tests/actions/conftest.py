# SPDX-License-Identifier: Apache-2.0
"""A station in memory for whoever asks for one; the tests on real parts make their own."""

from collections.abc import Iterator

import pytest

from console.actions.console import Console
from tests.support.memory_station import MemoryStation, sealed_station


@pytest.fixture
def place() -> MemoryStation:
    """A station of the test's own, unlocked, with something of each class sealed in it."""
    return sealed_station()


@pytest.fixture
def memory(place: MemoryStation) -> Iterator[Console]:
    """The same station, held for one act."""
    with place.console() as console:
        yield console
