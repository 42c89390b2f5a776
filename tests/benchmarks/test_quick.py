# SPDX-License-Identifier: Apache-2.0
"""Each benchmark of whole verbs still runs, in its quick form; its figures are judged by nobody here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.real]

SCREENLESS = shutil.which("Xvfb") is None
ROWS = {
    "sealing": (
        "seal, password",
        "approve, 1 item",
        "approve, 4 items",
        "open",
        "release, password",
        "release, code",
    ),
    "start": ("breakglass --help", "journal list, 1,000 entries"),
    "window": ("first paint of the start page", "resident when idle"),
}


@pytest.mark.parametrize(
    "name",
    ["sealing", "start", pytest.param("window", marks=[
        pytest.mark.screen, pytest.mark.skipif(SCREENLESS, reason="Xvfb is not here")])],
)  # fmt: skip
def test_runs(name: str) -> None:
    program = Path(__file__).with_name(f"{name}.py")
    done = subprocess.run(
        (sys.executable, str(program), "--quick", "--json"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    assert set(ROWS[name]) <= set(figures)
    assert all(row["ours"] > 0 and row["floor"] > 0 for row in figures.values())
