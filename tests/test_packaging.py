# SPDX-License-Identifier: Apache-2.0
"""The scripts parse, and the locks leave nothing open: every line pinned and hashed, no address of an index."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGING = PROJECT / "packaging"
SCRIPTS = [*(PACKAGING / name for name in ("install", "run", "test", "lock")), PROJECT / ".ci" / "run"]
LOCKS = [PACKAGING / "requirements.txt", PACKAGING / "requirements-test.txt"]

PINNED = re.compile(r"[a-z0-9][a-z0-9.-]*==[^\s;]+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


def requirements(lock: Path) -> list[str]:
    joined = re.sub(r" \\\n\s+", " ", lock.read_text())
    return joined.splitlines()


def names(lock: Path) -> set[str]:
    return {line.partition("==")[0] for line in requirements(lock)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_parse_and_stop_at_the_first_failure(script: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    subprocess.run([bash, "-n", script], check=True)
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    assert [line for line in requirements(lock) if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("lock", [*LOCKS, *PACKAGING.glob("*.in")], ids=lambda lock: lock.name)
def test_locks_name_no_address(lock: Path) -> None:
    assert not re.search(r"--(extra-)?index|--find-links|https?://|file:|@ ", lock.read_text())


def test_what_only_the_tests_need_stays_out_of_the_program() -> None:
    assert names(LOCKS[0]).isdisjoint(
        {"rich", "click", "pytest", "hypothesis", "pyside6-addons", "pyside6", "requests"}
    )


def test_the_two_locks_agree() -> None:
    first, second = (dict(line.split(" ")[0].split("==") for line in requirements(lock)) for lock in LOCKS)
    assert {name for name in first.keys() & second.keys() if first[name] != second[name]} == set()


def test_every_dependency_has_a_reason_on_record() -> None:
    asked = [
        line
        for name in ("requirements.in", "requirements-test.in")
        for line in (PACKAGING / name).read_text().splitlines()
    ]
    wanted = {re.split(r"[=<>]", line)[0] for line in asked if re.match(r"[A-Za-z]", line)}
    record = (PROJECT / "docs" / "decisions" / "0001-dependencies.md").read_text()
    assert {name for name in wanted if f"`{name}`" not in record} == set()
