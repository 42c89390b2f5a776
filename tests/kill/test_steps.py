# SPDX-License-Identifier: Apache-2.0
"""The table of durable steps is what the verbs really do, and its page names each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kill.steps import VERBS, Step
from tests.support.activations import approved_base, opened_base, requested_base, rotated_base
from tests.support.aftermath import Victims, steps_taken
from tests.support.alarmed import alarmed_base
from tests.support.changes import proposed_base, sheetless_base, stale_base
from tests.support.erasures import erasing_base
from tests.support.keys import keys_base
from tests.support.notes import drafted_base, late_sheets_base, writing_base
from tests.support.scenes import Base, sealed_base, staged
from tests.support.sheets import kept_rotated_base, recoverable_base, recovery_base

PAGE = Path(__file__).parent.parent.parent / "docs" / "durable-steps.md"
BASES: dict[str, Callable[[], Base]] = {
    "release_code": opened_base,
    "release_password": opened_base,
    "release_hotp": keys_base,
    "use_key": keys_base,
    "drift": keys_base,
    "attest_time": keys_base,
    "request": sealed_base,
    "approve": requested_base,
    "open": approved_base,
    "end": opened_base,
    "deny": requested_base,
    "seal": sealed_base,
    "rotate": sealed_base,
    "confirm": rotated_base,
    "sign_step": proposed_base,
    "reseal": stale_base,
    "erase": erasing_base,
    "new_log": alarmed_base,
    "seal_kept": recovery_base,
    "request_kept": recovery_base,
    "confirm_kept": kept_rotated_base,
    "print_sheets": sealed_base,
    "use_sheets": recoverable_base,
    "sheets_sign": sheetless_base,
    "draft_save": sealed_base,
    "draft_move": writing_base,
    "draft_finish": drafted_base,
    "draft_discard": drafted_base,
    "admit": late_sheets_base,
}


EVERYDAY = ("release_code", "release_password")
RUNS = [pytest.param(verb, marks=() if verb in EVERYDAY else pytest.mark.long) for verb in VERBS]


@pytest.mark.real
@pytest.mark.parametrize("verb", RUNS)
def test_the_table_is_what_is_done(victims: Victims, verb: str) -> None:
    """Nothing durable happens that the table does not name."""
    with staged(BASES[verb]()) as scene:
        assert victims.run(verb, scene) == 0
        assert steps_taken(scene) == [*VERBS[verb], Step("nothing", "is left")]


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_says_the_same(verb: str) -> None:
    """The row of a verb on the page is its row in the table."""
    row = " → ".join(str(step) for step in VERBS[verb])
    assert f"| `{verb}` | {row} |" in PAGE.read_text()
