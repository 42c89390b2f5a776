# SPDX-License-Identifier: Apache-2.0
"""A typing scanner's keys: what arrives for which letter, learnt from one calibration code.

Such a scanner types what it reads as if on a keyboard of its maker's country; this computer may read the keys as
another one's. The calibration code holds every letter that a frame can have, in order and then backwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from console.domain.errors import Refused

ALPHABET = "0123456789-/ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What frames are written in (docs/formats/handoff.md); all of it fits QR's alphanumeric mode."""
CALIBRATION = ALPHABET + ALPHABET[::-1]
MAX_TYPED = 2000
"""Letters in one line of a scanner: the longest frame has 1,650."""


@dataclass(frozen=True)
class Layout:
    """Which letter stands for what arrives."""

    letters: Mapping[str, str]

    def read(self, typed: str) -> str:
        """Return what the scanner read; ``Refused``: scanner_too_long, scanner_letter (one that no key stands for)."""
        if len(typed) > MAX_TYPED:
            raise Refused("scanner_too_long", most=MAX_TYPED)
        strange = next((letter for letter in typed.strip() if letter not in self.letters), None)
        if strange is not None:
            raise Refused("scanner_letter", letter=_named(strange))
        return "".join(self.letters[letter] for letter in typed.strip())


AS_TYPED = Layout({letter: letter for letter in ALPHABET})
"""The layout before anything was learnt: scanner and computer agree."""


def read_calibration(typed: str) -> Layout:
    """Return the layout by which the calibration code arrived like this.

    Raises ``Refused``: scanner_silent; scanner_keys_lost (keys that write nothing by themselves, or too fast a
    scanner); scanner_unsteady (one letter came as two); scanner_ambiguous (two letters came as one).
    """
    came = typed.strip()
    if not came:
        raise Refused("scanner_silent")
    if len(came) != len(CALIBRATION):
        raise Refused("scanner_keys_lost", came=len(came), expected=len(CALIBRATION))
    forth, back = came[: len(ALPHABET)], came[: len(ALPHABET) - 1 : -1]
    for letter, first, second in zip(ALPHABET, forth, back, strict=True):
        if first != second:
            raise Refused("scanner_unsteady", letter=letter, first=_named(first), second=_named(second))
    found: dict[str, str] = {}
    for letter, arrived in zip(ALPHABET, forth, strict=True):
        if arrived in found:
            raise Refused("scanner_ambiguous", letter=letter, other=found[arrived], arrived=_named(arrived))
        found[arrived] = letter
    return Layout(found)


def _named(letter: str) -> str:
    """Return a letter as it can be shown."""
    return letter if letter.isprintable() and not letter.isspace() else f"U+{ord(letter):04X}"
