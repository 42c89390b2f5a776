# SPDX-License-Identifier: Apache-2.0
"""The README's main job, as a new user runs it: the whole emergency in the terminal, and what it leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.adapters.qr import QrCodes

SHEETS = 2 + 2 + 4
"""Of Legal, of IT, and the station's, which lie in both groups."""
BREAKGLASS = [sys.executable, "-m", "console"]


@pytest.mark.long
def test_the_whole_emergency_is_told_and_leaves_its_artefacts(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    told = subprocess.run(
        [*BREAKGLASS, "demo", "--headless", str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "verdict: verified" in told.stdout
    assert told.stdout.count("refused: salesforce-emergency-admin does not open: ") == 3
    for said in (
        "Now: losing the security module locks out idp-recovery-codes\n",
        "refused: The matter number that was typed",
        "The signature holds for the key's public half",
        "refused: The journal cannot be trusted",
        "a new journal begins",
        "llm-admin-api-key is shown",
    ):
        assert said in told.stdout
    out = folder / "out"
    assert (out / "incident-summary.pdf").read_bytes().startswith(b"%PDF")
    (code,) = QrCodes().scan((out / "one-time-code.png").read_bytes())
    assert len(code) == 8 and code.isdigit()
    assert (out / "export" / "verify.py").exists()
    assert len(list((out / "sheets").glob("*.pdf"))) == SHEETS
    for picture in ("card-legal-1", "request-legal-1-01", "answer-legal-1-01", "one-time-code"):
        assert (out / f"{picture}.png").exists()
    assert {path.name for path in (folder / "home-legal-1").iterdir()} >= {"console.toml", "token", "pinned.json"}
    assert not (folder / "tokens" / "legal-1").exists()


def test_a_used_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    told = subprocess.run(
        [*BREAKGLASS, "demo", "--headless", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "Traceback" not in told.stderr
