# SPDX-License-Identifier: Apache-2.0
"""The processes to be killed, one server for the whole run."""

from collections.abc import Iterator

import pytest

from tests.support.aftermath import Victims


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    """Lend the server of victims."""
    server = Victims()
    yield server
    server.close()
