# SPDX-License-Identifier: Apache-2.0
"""What a sealed key signed lies on no disk of a real station."""

from pathlib import Path

import pytest

from console.domain.errors import Refused
from console.gui.pages.activation.usage import _check_place


def test_a_real_station_writes_it_into_memory_only(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="signed_to_disk"):
        _check_place(str(tmp_path), "real")
    _check_place("/dev/shm", "real")
    _check_place(str(tmp_path), "drill")
