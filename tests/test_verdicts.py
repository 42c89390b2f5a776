# SPDX-License-Identifier: Apache-2.0
"""verify.py against the table of verdicts: every honest export and proof passes, every other one is named."""

from pathlib import Path

import pytest

from tests.journals import Surroundings, draft
from tests.vectors import verdicts
from tests.vectors.verdicts import Case, withhold
from tests.verifier import run

pytestmark = pytest.mark.real


def made_export(folder: Path) -> tuple[Path, bytes]:
    """Write an export of 600 entries; entry 7 has two opened fields, 300 a withheld one. Return an older note, too."""
    around, out = Surroundings(folder), folder / "out"
    around.create()
    with around.open() as journal:
        journal.append([draft(n, fields={"why": "geheim", "who": "x"} if n == 7 else None) for n in range(300)])
        journal.append([draft(300, act="act-2", fields={"why": "withheld"})])
        older = journal.checkpoint().note
        journal.append([draft(number) for number in range(301, 600)])
        journal.export(out, audience="auditor")
    withhold(out, 300)
    return out, older


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder, older = made_export(tmp_path_factory.mktemp("station"))
    return list(verdicts.all_cases(tmp_path_factory.mktemp("cases"), folder, older))


def test_each_gets_the_verdict_that_it_deserves(cases: list[Case]) -> None:
    wrong = {}
    for case in cases:
        status, report = run(cases[0].judged / "verify.py", case.judged, *case.arguments)
        found = report["findings"][0]["code"] if report["findings"] else None
        proven = any(option in case.arguments for option in ("--key", "--policy"))
        expected = 2 if case.judged_not else 4 if case.code else 0 if proven else 3
        if (found, status) != (case.code, expected):
            wrong[case.name] = (found, case.code, report["findings"])
    assert wrong == {}
    assert len(cases) > 150
