# SPDX-License-Identifier: Apache-2.0
"""What a matter number looks like: an example says to people what a pattern says to the program, and back."""

import re

DIGITS = re.compile(r"(?:\[0-9\]|\\d)(?:\{(\d{1,2})\})?")
COUNTED = "1234567890" * 10


def example(pattern: str) -> str:
    """Return a number that fits a pattern; empty where only a person who reads patterns could tell one."""
    digits = DIGITS.sub(lambda found: COUNTED[: int(found[1] or 1)], pattern)
    told = re.sub(r"\\(\W)", r"\1", digits)
    return told if re.fullmatch(pattern, told) else ""


def pattern_of(sample: str) -> str:
    """Return the pattern of matter numbers that look like this one: other digits, the same letters and signs."""
    return re.sub(
        r"\d+|\D+", lambda part: f"[0-9]{{{len(part[0])}}}" if part[0].isdigit() else re.escape(part[0]), sample
    )
