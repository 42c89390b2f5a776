# SPDX-License-Identifier: Apache-2.0
"""An error in the window names pages, never a command; what is to be done now has its facts in it."""

import functools
import re
from collections import defaultdict
from pathlib import Path
from string import Formatter

import pytest

import console
from console import wording
from console.domain.errors import Corrupt, Refused
from console.gui.explanations import explain, in_window
from console.sentences import errors

FACTS = {
    name
    for what, now in {**errors.REFUSED, **errors.UNAVAILABLE}.values()
    for _, name, _, _ in Formatter().parse(f"{what} {now}")
    if name
}
ADVICE = sorted({now for _, now in {**errors.REFUSED, **errors.UNAVAILABLE}.values()} | {errors.BEGIN_ANEW})


@pytest.mark.parametrize("now", [now for now in ADVICE if "breakglass " in now])
def test_no_advice_shows_a_command_in_the_window(now: str) -> None:
    assert "breakglass " not in in_window(now)


def test_the_alarm_leads_to_a_new_journal_in_each_faces_own_terms() -> None:
    alarm = Corrupt("journal_alarm", why="root_differs")
    assert wording.explain(alarm).now.endswith("begin a new journal: breakglass journal new-log.")
    assert explain(alarm).now == (
        "Report it to Legal. In an emergency begin a new journal: "
        "“Begin a new journal, under the alarm” under All actions."
    )


def test_what_stands_around_a_command_stays() -> None:
    assert in_window("Check the name; breakglass journal erase --due lists what there is.") == (
        "Check the name; “Erase what is personal, give notice of it” under All actions lists what there is."
    )


def test_what_to_do_now_names_what_the_error_names() -> None:
    unasked = Refused("cosignature_unasked", witness="w1", size=3)
    assert wording.explain(unasked).now.endswith("breakglass journal checkpoint --witness w1.")
    assert explain(unasked).now.endswith("“Ask a witness, give a receipt, compare, export” under All actions.")


@pytest.mark.parametrize("code", [*errors.REFUSED, *errors.UNAVAILABLE])
def test_nothing_of_the_command_line_is_said_in_the_window(code: str) -> None:
    if code in said_by_the_command_alone():
        return
    told = explain(Refused(code, **dict.fromkeys(FACTS, "x")))
    assert not re.search(r"(^|\s)--?[a-z]|breakglass |\.toml", f"{told.what} {told.now}"), told


@functools.cache
def said_by_the_command_alone() -> frozenset[str]:
    """Return the codes that only the command's own modules name."""
    root = Path(console.__file__).parent
    sources = [path for path in root.rglob("*.py") if "sentences" not in path.parts]
    named = {code: [path for path in sources if f'"{code}"' in texts(path)] for code in errors.REFUSED}
    return frozenset(code for code, paths in named.items() if paths and all("cli" in path.parts for path in paths))


@functools.cache
def texts(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("now", ADVICE)
def test_every_advice_can_be_said_without_a_fact(now: str) -> None:
    assert "{" not in now.format_map(defaultdict(str))
