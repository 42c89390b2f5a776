# SPDX-License-Identifier: Apache-2.0
"""A screen that remembers what it showed."""


class Paper:
    """A ``Screen`` that remembers what it showed."""

    def __init__(self, outcome: str = "read_back") -> None:
        self.shown: list[tuple[str, bytes]] = []
        self._outcome = outcome

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Remember the secret."""
        self.shown.append((title, bytes(secret)))
        return self._outcome
