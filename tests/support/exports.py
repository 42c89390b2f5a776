# SPDX-License-Identifier: Apache-2.0
"""Exports to be judged."""

from pathlib import Path

from tests.support.journals import Surroundings, draft
from tests.vectors.verdicts import withhold


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
