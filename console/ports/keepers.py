# SPDX-License-Identifier: Apache-2.0
"""The port for the keeper of the station's HSM."""

from collections.abc import Mapping
from typing import Protocol


class Keepers(Protocol):
    """Starting and ending the keeper."""

    def start(self, pin: bytearray, member: str) -> None:
        """Start the keeper, which logs in to the station's HSM with this PIN and wipes it."""

    def stop(self) -> bool:
        """End the keeper; return whether there was one."""

    def status(self) -> Mapping[str, object] | None:
        """Return who unlocked (``member``) and since when, or None while locked."""
