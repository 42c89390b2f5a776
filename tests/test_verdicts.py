# SPDX-License-Identifier: Apache-2.0
"""verify.py against the table of verdicts: every honest export and proof passes, every other one is named."""

import pytest

from tests.support.exports import made_export
from tests.support.verifier import run
from tests.vectors import verdicts
from tests.vectors.verdicts import Case

pytestmark = pytest.mark.real


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
