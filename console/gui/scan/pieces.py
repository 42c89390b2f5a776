# SPDX-License-Identifier: Apache-2.0
"""The pictures of one message as they come, in any order and again and again; what came of the last one, in words."""

from dataclasses import dataclass

from console.domain.errors import ConsoleError, Refused
from console.domain.handoff.frames import Collector
from console.domain.handoff.scanner import CALIBRATION
from console.language import say


@dataclass(frozen=True)
class News:
    """What people are told; ``error`` is what has no words here."""

    text: str = ""
    is_odd: bool = False
    error: ConsoleError | None = None


class Gathering:
    """Gathers one message."""

    def __init__(self) -> None:
        self._collector = Collector()
        self._odd = ""

    def take(self, text: str) -> News | None:
        """Take one picture's text; None if nothing is new: a camera sees the same one many times a second."""
        missing, count = self._collector.missing(), self._collector.count()
        try:
            frame = self._collector.add(text)
        except ConsoleError as error:
            is_new, self._odd = text != self._odd, text
            return _odd(text, error) if is_new else None
        if count and frame.number not in missing:
            return None
        self._odd = ""
        return News(say("Picture {number} is read.", number=frame.number))

    def standing(self) -> tuple[int, list[int]]:
        """Return how many pictures the message has, 0 before the first, and the numbers of those that are missing."""
        return self._collector.count(), self._collector.missing()

    def data(self) -> bytes:
        """Return the message. Raises as ``Collector.data``."""
        return self._collector.data()

    def is_complete(self) -> bool:
        """Return whether every picture is here."""
        return self._collector.is_complete()


def _odd(text: str, error: ConsoleError) -> News:
    if text == CALIBRATION:
        return News(say("That is the calibration code. It is for a scanner that types."), is_odd=True)
    if isinstance(error, Refused) and error.code == "handoff_other_object":
        told = say("A picture of another message was seen. It is left out: {got}.", got=error.facts["got"])
        return News(f"{told} {say('It may be an older one. To take that message, begin anew.')}", is_odd=True)
    return News(is_odd=True, error=error)
