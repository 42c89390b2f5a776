# SPDX-License-Identifier: Apache-2.0
"""The port for recovery secrets as words on sheets."""

from collections.abc import Callable, Sequence
from typing import Protocol

from console.domain.recovery.sheets import Sheet


class Sheets(Protocol):
    """Recovery secrets as words on sheets (SLIP-39)."""

    def split(
        self, secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
    ) -> list[list[list[str]]]:
        """Return per group and sheet its words; ``groups``: (needed, count) each, and all groups are needed."""

    def read(self, number: int, words: Sequence[str]) -> Sheet:
        """Return what one sheet says of itself; ``Refused`` names sheet and place where its words are wrong."""

    def combine(self, sheets: Sequence[Sheet]) -> bytearray:
        """Return the secret of exactly the sheets needed, to be wiped; ``Refused`` (sheets_do_not_fit)."""
