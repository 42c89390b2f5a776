# SPDX-License-Identifier: Apache-2.0
"""Lets a process of tests speak another language from its start: ``-p tests.gui.tongue`` with TONGUE=de or TONGUE=xx.

``xx`` is a language that nobody speaks: each text that was said stands in brackets, so that what was not said shows.
"""

import os
from collections.abc import Mapping
from typing import Any

from console import language

OPEN, CLOSE = "⟦", "⟧"


class Bracketed(dict[str, str]):
    """A catalogue that knows every text."""

    def get(self, text: str, _: Any = None) -> str:
        """Return the text in brackets."""
        return f"{OPEN}{text}{CLOSE}"


def speak(tongue: str) -> None:
    """Speak it from now on."""
    if tongue == "xx":
        language.speak("xx", language.Catalogue("xx", Bracketed()))
    else:
        language.choose([tongue], {})


def outside(text: str) -> str:
    """Return what of a text was not said."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        left.append(letter if depth == 0 and letter != CLOSE else " ")
    return "".join(left)


def asked(environment: Mapping[str, str]) -> str:
    """Return the tongue that this process was asked to speak, or nothing."""
    return environment.get("TONGUE", "")


if asked(os.environ):
    speak(asked(os.environ))
