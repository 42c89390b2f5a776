# SPDX-License-Identifier: Apache-2.0
"""Gestures about looks: by keys on every page, and on the page of their own. What was chosen is kept."""

import os
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from console import language
from console.gui.kit import looks, theme
from console.gui.kit.looks import Looks
from console.gui.pages.station.looks import LooksScreen
from console.gui.shell.window import Window
from console.language import say

NOT_KEPT = (say("The choice cannot be kept."), say("It holds until this window is closed."))


class LooksGestures(QObject):
    """Joins the page to the theme."""

    def __init__(self, screen: LooksScreen) -> None:
        super().__init__()
        self._screen = screen
        screen.chosen.connect(self._choose)
        screen.shown_anew.connect(self._show)
        screen.language_chosen.connect(self._speak)
        self._show()

    def _show(self) -> None:
        self._screen.show_looks(theme.now())
        kept = language.kept(os.environ)
        self._screen.show_language(kept if kept in language.LANGUAGES else language.SYSTEM)

    def _speak(self, asked: str) -> None:
        self._screen.messages.clear()
        if language.keep(asked, os.environ):
            self._screen.show_kept()
        else:
            self._screen.say_problem(say("The choice cannot be kept."), say("Start the program with: --lang de"))
        self._show()

    def _choose(self, chosen: Looks) -> None:
        self._screen.messages.clear()
        if not change(chosen):
            self._screen.say_problem(*NOT_KEPT)
        self._show()


def listen(window: Window) -> None:
    """Let Control with plus, minus and zero change the size of text on every page."""
    wanted: dict[str, Callable[[Looks], Looks]] = {
        "Ctrl++": Looks.bigger,
        "Ctrl+=": Looks.bigger,
        "Ctrl+-": Looks.smaller,
        "Ctrl+0": lambda now: Looks(now.scheme),
    }
    for keys, step in wanted.items():
        window.shortcut(keys, partial(_step, step))


def change(chosen: Looks) -> bool:
    """Let everything look so and keep it; return whether it could be kept."""
    theme.choose(theme.application(), chosen)
    return looks.keep(chosen, looks.file_of(os.environ))


def _step(step: Callable[[Looks], Looks]) -> None:
    change(step(theme.now()))
