# SPDX-License-Identifier: Apache-2.0
"""Who says the texts of a page: the face lends its voice: paper speaks a language that nothing here knows."""

from typing import Protocol


class Voice(Protocol):
    """Fits ``console.language.say``: a text in the reader's language, the values in its named places."""

    def __call__(self, text: str, /, **values: object) -> str:
        """Return the text for people."""


CALLED = {"legal": "Legal", "it": "IT", "station": "the station"}


def called(name: str, say: Voice) -> str:
    """Return what a group, or the station, is called; a firm's own groups keep their names."""
    return say(CALLED[name]) if name in CALLED else name.capitalize()


def as_written(text: str, /, **values: object) -> str:
    """Say a text as it stands in the source: English."""
    return text.format(**values) if values else text
