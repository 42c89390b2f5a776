# SPDX-License-Identifier: Apache-2.0
"""Every day: the attacks on what opens the glass, and on the stored journal. All others are ``long``."""

from pathlib import Path

import pytest

EVERYDAY = frozenset(
    {
        "test_approvals_forged",
        "test_claims_before_unlock",
        "test_draft_swapped",
        "test_glass_factors",
        "test_glass_genesis",
        "test_glass_patched",
        "test_glass_records",
        "test_journal_storage",
        "test_lockout_by_files",
        "test_mirror_forged",
        "test_reader_acts",
        "test_tables_restored",
    }
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the everyday run leaves to the long one."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.stem not in EVERYDAY:
            item.add_marker(pytest.mark.long)
