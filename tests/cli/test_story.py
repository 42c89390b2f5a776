# SPDX-License-Identifier: Apache-2.0
"""The README's main job, as a new user runs it: the whole emergency in the terminal, and what it leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.adapters.qr import QrCodes

BREAKGLASS = [sys.executable, "-m", "console"]


@pytest.mark.long
def test_the_whole_emergency_is_told_and_leaves_its_artefacts(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    told = subprocess.run(
        [*BREAKGLASS, "demo", "--headless", str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "verdict: verified" in told.stdout
    assert told.stdout.count("refused: glass intact") == 3
    out = folder / "out"
    assert (out / "incident-summary.pdf").read_bytes().startswith(b"%PDF")
    (code,) = QrCodes().scan((out / "one-time-code.png").read_bytes())
    assert len(code) == 8 and code.isdigit()
    assert (out / "export" / "verify.py").exists()


def test_a_used_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    told = subprocess.run(
        [*BREAKGLASS, "demo", "--headless", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "Traceback" not in told.stderr
