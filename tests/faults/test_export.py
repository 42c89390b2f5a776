# SPDX-License-Identifier: Apache-2.0
"""An export onto a medium that is full or write-protected: it is said, and nothing is left that looks like one."""

from pathlib import Path

import pytest

from console.domain.errors import Unavailable
from tests.faults.volumes import volume
from tests.support.journals import Surroundings, draft

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.mark.parametrize("left", [0, 3, 12, 40])
def test_a_full_medium_is_told_and_keeps_no_half_export(tmp_path: Path, left: int) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal, volume(tmp_path, "stick", 4) as stick:
        journal.append([draft(n, fields={"why": "x" * 900} if n % 9 == 0 else None) for n in range(300)])
        stick.fill(left)
        with pytest.raises(Unavailable) as error:
            journal.export(stick.at / "out", audience="auditor")
        assert error.value.code == "not_written"
        assert list(stick.at.glob("out/*")) == []
        stick.empty()
        assert journal.export(stick.at / "out", audience="auditor")["size"] == 300


def test_a_write_protected_medium_is_told(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal, volume(tmp_path, "stick", 4) as stick:
        journal.append([draft(0)])
        stick.protect()
        with pytest.raises(Unavailable) as error:
            journal.export(stick.at / "out", audience="auditor")
        assert error.value.code == "not_written"
