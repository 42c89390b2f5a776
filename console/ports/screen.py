# SPDX-License-Identifier: Apache-2.0
"""The port for where a released secret is shown."""

from typing import Protocol


class Screen(Protocol):
    """Where a released secret is shown, once, to the person who asked."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show it, wipe every copy, and return what came of it: ``read_back``, ``not_read`` or ``shown``."""
