# SPDX-License-Identifier: Apache-2.0
"""A press while something else goes on: never without a word, which goes when what it is about is over."""

from console.gui.kit.widgets import Page
from console.language import say


class Busy:
    """Remembers on which page it has said so."""

    def __init__(self) -> None:
        self._told: Page | None = None

    def tell(self, page: Page, doing: str) -> None:
        """Say on a page that nothing was begun there; ``doing``: what goes on, empty while a PIN is asked."""
        self._told = page
        if doing:
            told = say("“{what}” is not over yet. Wait for it, then press again.", what=doing)
        else:
            told = say("Somebody is being asked for a PIN. Wait for it, then press again.")
        page.messages.warning(say("This has not begun"), told)

    def untell(self) -> None:
        """Take the word away again."""
        told, self._told = self._told, None
        if told is not None:
            told.messages.clear()
