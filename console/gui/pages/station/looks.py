# SPDX-License-Identifier: Apache-2.0
"""How the window looks: colours and size of text, for whoever sits here."""

import os
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QRadioButton

from console import language
from console.gui.kit import looks, theme
from console.gui.kit.looks import CONTRAST, DARK, LIGHT, SYSTEM, Looks
from console.gui.kit.widgets import Page, PlainLabel, announce, button, card, row
from console.gui.shell.window import Window
from console.language import say

SCHEMES = (
    (SYSTEM, say("As the desktop says")),
    (LIGHT, say("Light")),
    (DARK, say("Dark")),
    (CONTRAST, say("High contrast")),
)
SPEECH = (
    (language.SYSTEM, say("As the station or the system says")),
    *((code, language.read(code).name) for code in language.LANGUAGES[1:]),
)
NOT_KEPT = (say("The choice cannot be kept."), say("It holds until this window is closed."))


class LooksScreen(Page):
    """Shows what is chosen; reports what somebody chooses instead."""

    chosen = Signal(object)
    """``Looks``."""
    language_chosen = Signal(str)
    shown_anew = Signal()
    """The looks may have been changed by keys."""

    def __init__(self) -> None:
        super().__init__(say("Looks"))
        self.readable()
        self._looks = Looks()
        self._schemes = {scheme: QRadioButton(words) for scheme, words in SCHEMES}
        self._languages = {code: QRadioButton(words) for code, words in SPEECH}
        self._size = PlainLabel(role="heading", wrap=False)
        self._speaks = PlainLabel(language.say_in_each("It counts from the next start."), role="muted")
        self._lay_out()

    def _lay_out(self) -> None:
        frame, column = card()
        column.addWidget(PlainLabel(say("Colours"), role="heading"))
        for scheme, choice in self._schemes.items():
            choice.setAccessibleName(choice.text())
            choice.clicked.connect(lambda _=False, scheme=scheme: self._choose(scheme))
            column.addWidget(choice)
        self.column.addWidget(frame)
        frame, column = card()
        column.addWidget(PlainLabel(say("Size of text"), role="heading"))
        column.addWidget(self._size)
        column.addLayout(
            row(
                button(say("Larger"), lambda: self.chosen.emit(self._looks.bigger()), name=say("Larger, Control Plus")),
                button(
                    say("Smaller"), lambda: self.chosen.emit(self._looks.smaller()), name=say("Smaller, Control Minus")
                ),
                button(
                    say("As it was made"),
                    lambda: self.chosen.emit(Looks(self._looks.scheme)),
                    name=say("As it was made, Control 0"),
                ),
            )
        )
        column.addWidget(PlainLabel(say("On every page: Control and +, Control and -, Control and 0."), role="muted"))
        self.column.addWidget(frame)
        self.column.addWidget(self._speech())
        self.column.addWidget(PlainLabel(say("It is kept for this user on this computer."), role="muted"))
        # Last: what is being pressed here must not move away from under the hand.
        self.column.addWidget(self.messages)
        self.column.addStretch(1)

    def _speech(self) -> QFrame:
        frame, column = card()
        # In both languages: whoever looks for it may not read the one that is spoken.
        column.addWidget(PlainLabel(say("Language · Sprache"), role="heading"))
        for code, choice in self._languages.items():
            choice.setAccessibleName(choice.text())
            choice.clicked.connect(lambda _=False, code=code: self.language_chosen.emit(code))
            column.addWidget(choice)
        column.addWidget(self._speaks)
        return frame

    def show_language(self, code: str) -> None:
        """Show which one the next start speaks."""
        self._languages[code].setChecked(True)

    def show_kept(self) -> None:
        """Say, where it always said when a language counts, that the choice is kept."""
        self._speaks.setText(say("It is kept: the next start speaks it. Until then everything stays as it is."))
        announce(self._speaks, self._speaks.text())

    def say_problem(self, what: str, now: str, problems: Sequence[tuple[str, Callable[[], None]]] = ()) -> None:
        """Show a problem below what is chosen, and scroll there."""
        self.messages.problem(what, now, problems)
        self.reveal(self.messages)

    def show_looks(self, looks: Looks) -> None:
        """Show what holds now."""
        self._looks = looks
        self._schemes[looks.scheme].setChecked(True)
        self._size.setText(say("{percent} percent", percent=looks.percent))

    def changeEvent(self, event: QEvent) -> None:
        """Ask for the looks again when keys have changed them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.shown_anew.emit()

    def _choose(self, scheme: str) -> None:
        self.chosen.emit(Looks(scheme, self._looks.percent))


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
