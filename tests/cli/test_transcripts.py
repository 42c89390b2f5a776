# SPDX-License-Identifier: Apache-2.0
"""The command does exactly what its transcripts say, on a real station."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.transcript import HERE, Run, odd_files, play

SLOW = ("founding", "policy")


@pytest.fixture
def descriptor_42() -> Iterator[None]:
    """Hold a file on the disk of this source open at descriptor 42: the test's own folder may lie in memory."""
    with tempfile.TemporaryFile(dir=HERE) as file:
        os.dup2(file.fileno(), 42)
    yield
    os.close(42)


@pytest.mark.real
@pytest.mark.usefixtures("descriptor_42")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(file.stem, marks=pytest.mark.long) if file.stem in SLOW else file.stem
        for file in sorted(HERE.glob("*.txt"))
    ],
)
def test_transcript(name: str, station: Path, command: Run) -> None:
    odd_files(station)
    play(HERE / f"{name}.txt", command)
