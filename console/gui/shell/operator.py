# SPDX-License-Identifier: Apache-2.0
"""The person in front of the window, as the actions see them: asked for a PIN, told what to do.

``pin`` and ``say`` are called in the worker thread. A PIN asked before the action began (``prepare``) is handed over
at once, so that the station is not held while somebody types; else a panel asks, and the worker waits.
"""

import queue
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from console.domain.errors import Cancelled, Refused
from console.domain.pin import LEAST_PIN_LETTERS, check_new_pin
from console.gui.kit import sizes
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.language import say

MAX_PIN_LETTERS = 128
Wrong = tuple[str, str]
"""What was wrong with the last PIN, and what to do now."""
Tries = Callable[[str, Callable[[], None], Callable[[Wrong], None]], None]
"""Tries the kept PIN of a member, then calls the first, or the second with what was wrong."""
DIFFERED: Wrong = say("The two PINs were not the same."), say("Choose the PIN again.")
LENGTH = say(
    "It needs at least {least} letters or digits. A phrase of several words is safer.", least=LEAST_PIN_LETTERS
)


@dataclass(frozen=True)
class Asked:
    """Whose PIN is asked, whether it is chosen only now, and what for."""

    member: str
    is_new: bool
    why: str


class PinPanel(Page):
    """Asks one person for the PIN of their token; nobody else's gesture is possible meanwhile."""

    given = Signal(object)
    """The PIN as a bytearray, or None when called off."""

    def __init__(self) -> None:
        super().__init__(say("PIN"))
        self.readable()
        frame, column = card()
        self._who = PlainLabel(role="heading")
        self._why = PlainLabel()
        self._label = PlainLabel(say("PIN of the token"), role="field")
        self._edit = QLineEdit()
        self._edit.setEchoMode(QLineEdit.EchoMode.NoEcho)
        self._edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._edit.setMaxLength(MAX_PIN_LETTERS)
        sizes.keep(self._edit, mostWidth=320)
        self._edit.setAccessibleName(say("PIN"))
        self._edit.setAccessibleDescription(say("Nothing is shown while you type."))
        self._edit.returnPressed.connect(self._take)
        self._label.setBuddy(self._edit)
        self._typed = PlainLabel(say("Nothing typed yet. What you type is not shown."), role="muted")
        self._edit.textChanged.connect(self._say_typed)
        self._give = button(say("Continue"), self._take, weight="primary")
        for widget in (self._who, self._why, self._label, self._edit, self._typed):
            column.addWidget(widget)
        column.addLayout(row(self._give, button(say("Call it off"), self.call_off)))
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def ask(self, person: str, why: str, wrong: Wrong | None = None) -> None:
        """Begin to ask; after a ``wrong`` PIN with what was wrong with it."""
        self.messages.clear()
        self.title.setText(say("PIN of {person}", person=person))
        self._who.setText(say("{person}, please type the PIN of your own token.", person=person))
        self._why.setText(why)
        self._edit.clear()
        self._edit.setAccessibleName(say("PIN of {person}", person=person))
        if wrong is not None:
            self.messages.problem(*wrong)
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_new(self, person: str, *, again: bool, wrong: Wrong | None = None) -> None:
        """Begin to ask for a PIN that is chosen now; ``wrong``: what was wrong with the one before."""
        which = say("the same PIN once more") if again else say("a new PIN for this token")
        self.ask(person, say("{person} chooses {which}.", person=person, which=which))
        self._who.setText(say("{person}, please type {which}.", person=person, which=which))
        kept = say("Nobody can find out this PIN, and nobody can replace it.")
        self._why.setText(kept if again else f"{LENGTH} {kept}")
        name = say("New PIN of {person}, again", person=person) if again else say("New PIN of {person}", person=person)
        self._edit.setAccessibleName(name)
        if wrong is not None:
            self.messages.problem(*wrong)
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.call_off()
        else:
            super().keyPressEvent(event)

    def call_off(self) -> None:
        """Give no PIN."""
        self._edit.clear()
        self.given.emit(None)

    def _say_typed(self, text: str) -> None:
        # Not how many: the length of a PIN is nobody's business.
        self._typed.setText(
            say("Typing. What you type is not shown.")
            if text
            else say("Nothing typed yet. What you type is not shown.")
        )

    def _take(self) -> None:
        if not self._edit.text():
            self.messages.problem(say("No PIN was typed."), say("Type the PIN of your token, or call it off."))
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        pin = bytearray(self._edit.text().encode())
        self._edit.clear()
        self.given.emit(pin)


class WindowOperator(QObject):
    """Fits the port ``Operator``; the panel is shown and hidden by what ``interrupt`` and ``resume`` are given."""

    said = Signal(str, object)
    """A code of ``console.wording`` and its facts, to be shown."""
    _wanted = Signal(str)

    def __init__(
        self, panel: PinPanel, name_of: Callable[[str], str], interrupt: Callable[[], None], resume: Callable[[], None]
    ) -> None:
        super().__init__()
        self._panel, self._name_of = panel, name_of
        self._interrupt, self._resume = interrupt, resume
        self._prepared: tuple[str, bytearray] | None = None
        self._kept: dict[str, bytearray] = {}
        self._names: dict[str, str] = {}
        self._answers: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
        self._then: Callable[[bytearray | None], None] | None = None
        self._why = ""
        self.is_in_use = False
        """A token is at work with a PIN that was given for it."""
        self.asked = ""
        """Whose PIN is being asked; empty when nobody's is."""
        self.is_shut = False
        """After the lock, until somebody begins something: the worker is asked nothing."""
        self._wanted.connect(self._ask_for_worker, Qt.ConnectionType.QueuedConnection)
        panel.given.connect(self._given)

    def ask(self, member: str, why: str, then: Callable[[], None], *, wrong: Wrong | None = None) -> None:
        """Ask now, in the window's thread; ``then`` starts the action that will need this PIN.

        ``wrong``: it was asked before, and this is what was wrong with it.
        """

        def prepared(pin: bytearray | None) -> None:
            if pin is not None:
                self.forget()
                self._prepared = (member, pin)
                then()

        self._why = why
        self._begin(member, prepared, wrong)

    def ask_all(
        self, people: Sequence[Asked], then: Callable[[], None], tries: Tries, wrong: Wrong | None = None
    ) -> None:
        """Ask everybody in turn, a new PIN twice; ``then`` starts the action, which may take each more than once.

        ``wrong``: with the PIN of the first of them, who is asked once more.
        """
        if not people:
            then()
            return
        asked, *rest = people
        go_on = partial(self.ask_all, rest, then, tries)

        def kept(pin: bytearray | None) -> None:
            if pin is None:
                self.forget()
                return
            _keep(self._kept, asked.member, pin)
            tries(asked.member, go_on, mistyped)

        def mistyped(wrong: Wrong) -> None:
            _keep(self._kept, asked.member, bytearray())
            self.ask_all(people, then, tries, wrong)

        if asked.is_new:
            self.ask_new(asked.member, go_on)
        else:
            self._why = asked.why
            self._begin(asked.member, kept, wrong)

    def ask_new(self, member: str, then: Callable[[], None], *, wrong: Wrong | None = None) -> None:
        """Let somebody choose a PIN, typed twice; ``then`` starts the action, which may take it more than once."""
        if self.is_asking:
            return

        def first(pin: bytearray | None) -> None:
            if pin is None:
                self.forget()
                return
            _keep(self._kept, member, pin)
            try:
                check_new_pin(pin)
            except Refused as error:
                again(_told(error))
                return
            self._begin(member, second)
            self._panel.ask_new(self.called(member), again=True)

        def second(pin: bytearray | None) -> None:
            if pin is None:
                self.forget()
                return
            is_same = pin == self._kept.get(member)
            pin[:] = bytes(len(pin))
            if is_same:
                then()
            else:
                again(DIFFERED)

        def again(wrong: Wrong) -> None:
            _keep(self._kept, member, bytearray())
            self.ask_new(member, then, wrong=wrong)

        self._begin(member, first)
        self._panel.ask_new(self.called(member), again=False, wrong=wrong)

    def call_by(self, names: Mapping[str, str]) -> None:
        """Say what people are called, by their ids: whoever joined since the window was opened."""
        self._names |= names

    def forget(self) -> None:
        """Wipe a PIN that no action took."""
        kept = [*self._kept.values(), *([self._prepared[1]] if self._prepared else [])]
        for pin in kept:
            pin[:] = bytes(len(pin))
        self._prepared = None
        self.is_in_use = False
        self._kept.clear()

    @property
    def is_asking(self) -> bool:
        """Whether somebody is being asked for a PIN."""
        return self._then is not None

    def call_off(self) -> None:
        """Give up asking, as Esc does; the lock wins over every question."""
        if self.is_asking:
            self._panel.call_off()

    def shut(self) -> None:
        """Ask nothing any more for what was begun before: the station is locked."""
        self.is_shut = True
        self.call_off()
        self.forget()

    def pin(self, member: str) -> bytearray:
        """Return the PIN of a member's token; called in the worker thread. Raises ``Cancelled``."""
        self.is_in_use = True
        if self._prepared is not None and self._prepared[0] == member:
            (_, pin), self._prepared = self._prepared, None
            return pin
        if member in self._kept:
            return bytearray(self._kept[member])
        self._wanted.emit(member)
        asked = self._answers.get()
        if asked is None:
            raise Cancelled
        return asked

    def say(self, code: str, **facts: object) -> None:
        """Tell the person something; called in the worker thread."""
        self.said.emit(code, facts)

    def _ask_for_worker(self, member: str) -> None:
        # What the worker still asks for may arrive after the lock.
        if self.is_shut:
            self._answers.put(None)
        else:
            self._begin(member, self._answers.put)

    def _begin(self, member: str, then: Callable[[bytearray | None], None], wrong: Wrong | None = None) -> None:
        if self.is_asking:
            then(None)
            return
        self._then = then
        self.asked = member
        self._interrupt()
        self._panel.ask(self.called(member), self._why, wrong)

    def called(self, member: str) -> str:
        """Return what somebody is called."""
        return self._names.get(member) or self._name_of(member)

    def _given(self, pin: bytearray | None) -> None:
        then, self._then, self.asked = self._then, None, ""
        self._resume()
        if then is not None:
            then(pin)


def _keep(kept: dict[str, bytearray], member: str, pin: bytearray) -> None:
    before = kept.get(member, bytearray())
    before[:] = bytes(len(before))
    kept[member] = pin


def _told(error: Refused) -> Wrong:
    from console.gui.explanations import explain

    told = explain(error)
    return told.what, told.now
