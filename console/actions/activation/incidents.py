# SPDX-License-Identifier: Apache-2.0
"""How people call an activation: by the incident number that its request named."""

from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from console.actions.activation.lifecycle import stored_request
from console.actions.console import Console
from console.domain.canonical import Object
from console.domain.errors import ConsoleError


def incidents(console: Console, acts: Sequence[str]) -> dict[str, str]:
    """Return activation -> incident number; empty where it was erased or cannot be read any more."""
    return {act: _incident(console, act) for act in acts}


def _incident(console: Console, act: str) -> str:
    for entry in console.journal.entries(act=act, type_="activation.requested"):
        # One damaged request of long ago must not hide all others; that it is damaged, verifying tells.
        with suppress(ConsoleError):
            return str(cast(Object, stored_request(console, entry).body["justification"])["incident"])
    return ""
