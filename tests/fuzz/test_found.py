# SPDX-License-Identifier: Apache-2.0
"""What fuzzing has found, each by its name."""

import tracemalloc
from pathlib import Path

import pytest

from console.adapters.journal import mirror
from console.domain.errors import Corrupt


def test_a_torn_record_of_the_second_medium_that_says_it_has_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "journal.mirror"
    path.write_bytes(b"\xff" * 70_000)
    tracemalloc.start()
    try:
        with pytest.raises(Corrupt, match="mirror_torn"):
            list(mirror.read_records(path))
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()
