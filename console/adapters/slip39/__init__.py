# SPDX-License-Identifier: Apache-2.0
"""Recovery secrets as words on sheets (SLIP-39). The library is loaded only where there are words to print or read."""

from collections.abc import Callable, Sequence

from console.domain.recovery.sheets import Sheet


class WordSheets:
    """Fits the port ``Sheets``."""

    def split(
        self, secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
    ) -> list[list[list[str]]]:
        """Return per group and sheet its words; ``groups``: (needed, count) each, and all groups are needed."""
        from console.adapters.slip39 import words

        return words.split(secret, groups, identifier, random)

    def read(self, number: int, words: Sequence[str]) -> Sheet:
        """Return what one sheet says of itself; ``number``: which of those typed in.

        ``Refused``, naming the sheet: sheet_length, sheet_word_unknown, sheet_word_wrong (with the word's place),
        sheet_words_wrong.
        """
        from console.adapters.slip39.words import read

        return read(number, words)

    def combine(self, sheets: Sequence[Sheet]) -> bytearray:
        """Return the secret of exactly the sheets needed, to be wiped; ``Refused`` (sheets_do_not_fit)."""
        from console.adapters.slip39.words import combine

        return combine(sheets)
