# SPDX-License-Identifier: Apache-2.0
"""Changes of people and rules, and files of them that somebody edits."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.actions.policy import steps
from console.domain.canonical import Object, encode
from console.domain.errors import ConsoleError
from tests.support.scenes import Scene

WITHOUT_IT_2: Object = {"remove": [{"member": "it-2"}]}

STRICTER: Object = {"classes": {"standard": {"legal": 2}}}

QUORUM = ("legal-1", "legal-2", "it-1")


def propose(scene: Scene, change: Object) -> str:
    with scene.console() as console:
        return str(steps.propose_change(console, change)["proposal"])


def sign(scene: Scene, id_: str, *members: str) -> Object:
    found: Object = {}
    for member in members:
        with scene.console() as console:
            found = steps.sign(console, id_, member)
    return found


def refusal(scene: Scene) -> ConsoleError:
    """Return why the station does not open any more."""
    with pytest.raises(ConsoleError) as refused, scene.console():
        pass
    return refused.value


def edit(file: Path, change: Any) -> None:
    value = json.loads(file.read_bytes())
    change(value)
    file.write_bytes(encode(value))
