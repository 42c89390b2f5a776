# SPDX-License-Identifier: Apache-2.0
"""The port for this machine: its clock, its randomness, its memory."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import PurePath
from typing import Protocol

from console.domain.entries.entry import Reading


class Machine(Protocol):
    """The clock and the randomness of this machine."""

    def reading(self) -> Reading:
        """Return the present reading of wall clock, boot and suspend-inclusive clock."""

    def slept_ns(self) -> int:
        """Return the nanoseconds for which this machine was suspended since its boot."""

    def random(self, size: int) -> bytes:
        """Return ``size`` bytes from the system's generator."""

    def new_id(self) -> str:
        """Return a fresh UUIDv7 (RFC 9562 section 5.7)."""

    def secret(self, size: int) -> AbstractContextManager[memoryview]:
        """Lend ``size`` bytes of locked memory, wiped when given back."""

    def health(self, folder: PurePath) -> Mapping[str, object]:
        """Return memory (how it is held), dumps, interfaces, free_bytes, display, printer and cameras."""
