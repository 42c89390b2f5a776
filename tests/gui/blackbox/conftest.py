# SPDX-License-Identifier: Apache-2.0
"""One desktop for all: the accessibility client keeps the bus that it met first for the life of the process."""

from collections.abc import Iterator

import pytest

from tests.gui.blackbox.desktop import desktop


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    """The environment of programs on the desktop."""
    with desktop() as environment:
        yield environment
