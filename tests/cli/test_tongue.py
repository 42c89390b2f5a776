# SPDX-License-Identifier: Apache-2.0
"""What the command prints is said in the language of the person, or is the station's own data."""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, release
from console.domain.groups import CALLED, CLASSES
from console.sentences.kinds import KINDS
from console.sentences.terms import CATEGORIES, PRIVILEGES
from tests.gui.tongue import outside
from tests.support.activations import approved_base
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.screens import Paper
from tests.support.texts import words

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.long, pytest.mark.real]
COMMANDS = """
    station check
    station check --what-if
    policy show
    policy genesis
    keyholder list
    keyholder custody
    credential list
    credential show {credential}
    activation list
    activation show {act}
    journal list
    journal search Anna
    journal show 3
    journal show 17
    journal verify
    journal checkpoint
    journal erase --list
    journal hold --list
    record list
    record draft list
    overview
"""
FORMS = "UTC min ms it legal standard privileged"
"""Signs of time, and ids of groups and classes, which are the names of members in what programs read."""
CODES = {*CALLED, *CLASSES, *KINDS, *CATEGORIES, *PRIVILEGES, "drill"} - {"it", "none", "total", "mixed"}
"""What people are not shown as it is typed; without what is a word of many meanings."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(approved_base()) as lent:
        with lent.console() as console:
            lifecycle.open_activation(console, lent.act)
            release.release(console, lent.act, PASSWORD, Paper())
        yield lent


def values(data: object) -> Iterator[str]:
    """Yield every value of a document, without the names of its members."""
    if isinstance(data, dict):
        for value in data.values():
            yield from values(value)
    elif isinstance(data, list):
        for value in data:
            yield from values(value)
    else:
        yield str(data)


def compared_words(data: str) -> Sequence[str]:
    """Return the twelve words of a document that tells some: one of them may be a code, too, as "legal" is."""
    value = json.loads(data)
    return value.get("words") or () if isinstance(value, dict) else ()


def test_everything_that_is_printed_was_said_or_is_data(scene: Scene, tmp_path: Path) -> None:
    asked = tmp_path / "commands"
    asked.write_text(inspect.cleandoc(COMMANDS.format(credential=PASSWORD, act=scene.act)))
    made = subprocess.run(
        [sys.executable, "-m", "tests.cli.commands_in_tongue", str(scene.home), str(asked)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    found = json.loads(made.stdout)
    assert [row["command"] for row in found if not row["said"] or not row["data"]] == []
    unsaid = {
        (row["command"], line)
        for row in found
        for line in outside(row["said"]).splitlines()
        if words(line) - words(" ".join(values(json.loads(row["data"])))) - words(FORMS)
    }
    assert unsaid == set()
    as_typed = re.compile(rf"(?<![\w-])({'|'.join(sorted(CODES))})(?![\w-])")
    assert {
        (row["command"], code)
        for row in found
        for code in as_typed.findall(outside(row["said"]))
        if code not in compared_words(row["data"])
    } == set()
