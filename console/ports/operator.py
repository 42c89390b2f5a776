# SPDX-License-Identifier: Apache-2.0
"""The port for the person in front of the program."""

from typing import Protocol


class Operator(Protocol):
    """The person in front of the program, for what comes up in the middle of a device call."""

    def pin(self, member: str) -> bytearray:
        """Ask the PIN of a member's token; the caller wipes the buffer. Raises ``Cancelled``."""

    def say(self, code: str, **facts: object) -> None:
        """Tell the person something, by its code in ``console.wording``."""
