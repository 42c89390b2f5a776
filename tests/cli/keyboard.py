# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal who types what is asked."""

import os
import select
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 20


class Keyboard:
    """A person at the other end of a pseudo-terminal."""

    def __init__(self) -> None:
        self._main, self._other = os.openpty()
        self.name = os.ttyname(self._other)
        self.seen = ""

    def type(self, text: str, *, after: str) -> None:
        """Type a line once this question stands on the screen."""
        asked_before = self.seen.count(after)
        while self.seen.count(after) == asked_before:
            ready, _, _ = select.select([self._main], [], [], PATIENCE_S)
            assert ready, f"{after!r} was not asked: {self.seen!r}"
            self.seen += os.read(self._main, 1000).decode()
        os.write(self._main, text.encode())

    def look(self) -> str:
        """Return everything that was on the screen."""
        os.set_blocking(self._main, False)
        try:
            while True:
                self.seen += os.read(self._main, 1000).decode()
        except BlockingIOError:
            return self.seen

    def close(self) -> None:
        os.close(self._main)
        os.close(self._other)


def typing(keyboard: Keyboard, lines: list[tuple[str, str]], act: Callable[[], T]) -> T:
    """Do something while a person answers (question, line) in this order."""

    def answer() -> None:
        for question, line in lines:
            keyboard.type(line, after=question)

    person = threading.Thread(target=answer, daemon=True)
    person.start()
    try:
        return act()
    finally:
        person.join()
