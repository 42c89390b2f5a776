# SPDX-License-Identifier: Apache-2.0
"""Plain text for a terminal: whoever wrote a text into the journal, it must not steer what a person sees."""


def plain(text: str) -> str:
    """Return a text with every letter spelt out that is not to be printed; line ends stay."""
    return "".join(letter if letter.isprintable() or letter == "\n" else f"\\u{ord(letter):04x}" for letter in text)
