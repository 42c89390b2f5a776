# SPDX-License-Identifier: Apache-2.0
"""Letters that nobody sees and that steer how the words beside them are read: controls, directions, line ends."""

import re

# Controls but tab and line end; Bidi_Control; line and paragraph separator (Unicode 14.0, PropList.txt).
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def unsteered(text: str) -> str:
    """Return a text with such letters spelt out; tabs and line ends stay."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def is_line(text: str) -> bool:
    """Return whether a text is one line without such letters."""
    return "\n" not in text and _STEERING.search(text) is None
