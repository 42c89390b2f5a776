# SPDX-License-Identifier: Apache-2.0
"""The command says what is done when nothing takes entries, and prints numbered forms for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.transcript import Result
from tests.support.pictures import words

pytestmark = [pytest.mark.real, pytest.mark.long]


def test_forms_are_reserved_printed_and_printed_again(unlocked: Path, command: Callable[..., Result]) -> None:
    paper = ["journal", "paper"]
    assert "2. Take a sheet of paper, as no form is numbered." in command(paper).stdout
    assert command([*paper, "--out", "forms.pdf"]).status == 1
    assert command([*paper, "--reserve", "2", "--out", "forms.pdf"]).status == 0
    said = words((unlocked / "forms.pdf").read_bytes())
    assert "Paper form 1" in said and "Paper form 2" in said and "Paper form 3" not in said
    told = command(paper).stdout
    assert "2. Take form 1. Write down who is there, and the time." in told and "9. Type the rest" in told
    assert command([*paper, "--out", "again.pdf"]).status == 0
    assert "Paper form 2" in words((unlocked / "again.pdf").read_bytes())
