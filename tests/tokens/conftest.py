# SPDX-License-Identifier: Apache-2.0
"""Each scenario runs on each implementation; the slow ones are left out of everyday runs."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tokens.devices import EVERY_DAY, IMPLEMENTATIONS, Device


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Lend a folder whose path is short enough for unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="bg-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=[pytest.param(n, marks=[] if n in EVERY_DAY else pytest.mark.long) for n in IMPLEMENTATIONS])
def device(request: pytest.FixtureRequest, short_path: Path) -> Iterator[Device]:
    """Lend a fresh token of each implementation."""
    with IMPLEMENTATIONS[request.param](short_path) as started:
        yield started
