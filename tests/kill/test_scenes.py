# SPDX-License-Identifier: Apache-2.0
"""What is open in a base is still open for whoever takes it, however long the run takes."""

from itertools import count
from pathlib import Path

import pytest

from tests.support import scenes


def test_a_base_that_is_too_old_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()

    @scenes.for_a_while
    def base() -> scenes.Base:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return scenes.Base(folder, {})

    first = base()
    assert base() is first
    monkeypatch.setattr(scenes, "OLDEST", -1)
    assert base().folder.exists()
    assert not first.folder.exists()
