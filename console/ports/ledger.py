# SPDX-License-Identifier: Apache-2.0
"""The port for writing to the journal."""

from collections.abc import Sequence
from typing import Protocol

from console.domain.entries.entry import Draft, Entry


class Ledger(Protocol):
    """Takes entries. ``append`` returns when they are durable; critical: also signed, anchored and mirrored."""

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append in one transaction, in this order."""

    def alarm(self) -> list[str]:
        """Return why nothing is written any more; empty while all is well."""
