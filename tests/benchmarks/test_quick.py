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
    "vault": (
        "seal one, 1,000 credentials × 8 keyholders",
        "re-seal one of 8 of a request",
        "burn one of 1,000 items (floor: 50 ms)",
        "breakglass credential list, 1,000 (floor: 10)",
    ),
    "implementations": ("approve, SoftHSM2", "open two approvals, SoftHSM2", "approve, key file"),
    "start": ("breakglass --help", "journal list, 1,000 entries"),
    "window": ("first paint of the start page", "resident when idle"),
}


def test_pictures_are_read() -> None:
    program = Path(__file__).with_name("handoff.py")
    done = subprocess.run(
        (sys.executable, str(program), "--quick", "--json"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert [row["items"] for row in figures["sizes"]] == [1, 4, 8]
    assert all(row["single"] >= 0.95 for row in figures["rows"][:2])


@pytest.mark.parametrize(
    "name",
    ["sealing", "vault", "implementations", "start", pytest.param("window", marks=[
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
