# SPDX-License-Identifier: Apache-2.0
"""Each benchmark of whole verbs still runs, in its quick form; its figures are judged by nobody here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.journal import GOALS, table

pytestmark = [pytest.mark.long, pytest.mark.real]

SCREENLESS = shutil.which("Xvfb") is None
ROWS = {
    "sealing": ("seal, password", "approve, 1 item", "approve, 4 items", "open", "release, password", "release, code"),
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
    [
        "sealing",
        "vault",
        "implementations",
        "start",
        pytest.param("window", marks=[pytest.mark.screen, pytest.mark.skipif(SCREENLESS, reason="Xvfb is not here")]),
    ],
)
def test_runs(name: str) -> None:
    program = Path(__file__).with_name(f"{name}.py")
    done = subprocess.run(
        (sys.executable, str(program), "--quick", "--json"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    assert set(ROWS[name]) <= set(figures)
    assert all(row["ours"] > 0 and row["floor"] > 0 for row in figures.values())


def test_every_row_of_the_journal_runs(tmp_path: Path) -> None:
    program, written = Path(__file__).with_name("journal.py"), tmp_path / "figures.json"
    done = subprocess.run(
        (sys.executable, str(program), "--quick", "--json", str(written)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(written.read_text())["rows"]
    assert set("123456789") <= set(rows)
    for goal in GOALS:
        assert goal.member in rows[goal.row] or "skipped" in rows[goal.row], goal


def test_the_table_judges_what_was_measured() -> None:
    found: dict[str, dict[str, Any]] = {"1": {"ratio": 0.9, "p99_by_floor_p50": 3.0}, "9": {"skipped": "only counted"}}
    lines = list(table(found))
    assert [line for line in lines if "| 0.90 | ≥ 0.8 | ok |" in line]
    assert [line for line in lines if "| 3.00 | ≤ 2.5 | missed |" in line]
    assert [line for line in lines if "| – | ≤ 0 | only counted |" in line]
