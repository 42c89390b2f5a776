# SPDX-License-Identifier: Apache-2.0
"""What a matter number looks like: an example says to people what a pattern says to the program."""

import re

DIGITS = re.compile(r"(?:\[0-9\]|\\d)(?:\{(\d{1,2})\})?")
COUNTED = "1234567890" * 10


def example(pattern: str) -> str:
    """Return a number that fits a pattern; empty where only a person who reads patterns could tell one."""
    digits = DIGITS.sub(lambda found: COUNTED[: int(found[1] or 1)], pattern)
    told = re.sub(r"\\(\W)", r"\1", digits)
    return told if re.fullmatch(pattern, told) else ""
