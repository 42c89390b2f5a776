# SPDX-License-Identifier: Apache-2.0
"""Gestures about erasing what is personal and about legal holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.errors import ConsoleError
from console.gui.pages.privacy.erasure import ErasureScreen
from console.gui.pages.privacy.holds import HoldsScreen
from console.gui.shell.desk import Desk, problems_of, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


class ErasureGestures(QObject):
    """Joins the two pages to ``actions.erasure``, ``actions.notices`` and ``actions.hold``."""

    def __init__(self, desk: Desk, screen: ErasureScreen, holds: HoldsScreen) -> None:
        super().__init__()
        self._desk, self._screen, self._holds = desk, screen, holds
        self._window = desk.hands.window
        screen.propose_asked.connect(self._propose)
        screen.approve_asked.connect(self._approve)
        screen.notified_asked.connect(self._notified)
        screen.back_asked.connect(lambda: self._window.choose("journal"))
        screen.holds_asked.connect(lambda: self._window.choose("holds"))
        holds.place_asked.connect(self._place)
        holds.lift_asked.connect(self._lift)
        holds.back_asked.connect(lambda: self._window.choose("erasure"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """What is being read stands still; it is read anew when its page is chosen and after each gesture."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()
        self._holds.forget()

    def _chosen(self, name: str) -> None:
        if name == "erasure":
            self._read()
        elif name == "holds":
            self._read_holds()

    def _read(self) -> None:
        def read(console: "Console") -> tuple[Result, Result]:
            from console.actions.privacy import notices

            return notices.status(console), notices.due(console)

        def show(found: tuple[Result, Result]) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_all(*found, self._desk.snapshot)

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._screen, error))

    def _read_holds(self) -> None:
        def read(console: "Console") -> Result:
            from console.actions.privacy import hold

            return hold.list_holds(console)

        self._desk.hands.worker.run("", read, self._show_holds, lambda error: say_error(self._holds, error))

    def _show_holds(self, found: Result) -> None:
        if self._desk.snapshot is not None:
            self._holds.show_holds(found["holds"], self._desk.snapshot)

    def _propose(self, person: str, act: str, basis: str) -> None:
        def propose(console: "Console") -> Result:
            from console.actions.privacy import erasure

            return erasure.propose(console, basis, subject=person or None, act=act or None)

        said = say("It is proposed. One of Legal and one of another group must agree.")
        self._act(say("Proposing"), propose, said, self._screen.proposed)

    def _approve(self, id_: str, member: str) -> None:
        def approve(console: "Console") -> Result:
            from console.actions.privacy import erasure

            return erasure.approve(console, id_, member)

        def done(told: Result) -> None:
            said = (
                say("It is erased. See below who is owed a notice.")
                if told["erased"]
                else say("Agreed. One more is missing.")
            )
            self._screen.say_done(said)
            self._read()

        why = say("To agree to this erasure. Once both have agreed, nobody can undo it. Counsel's notes stay.")
        self._desk.act(self._screen, say("Erasing"), approve, done, pin_of=member, why=why)

    def _notified(self, id_: str, seq: int) -> None:
        def given(console: "Console") -> Result:
            from console.actions.privacy import notices

            return notices.given(console, id_, seq)

        self._act(say("Writing it down"), given, say("It is written down that the notice was given."))

    def _act(
        self, title: str, action: "Callable[[Console], Result]", said: str, also: Callable[[], None] = lambda: None
    ) -> None:
        def done(_: Result) -> None:
            also()
            self._screen.say_done(said)
            self._read()

        self._desk.act(self._screen, title, action, done)

    def _place(self, on: Sequence[str], member: str, reason: str) -> None:
        def place(console: "Console") -> Result:
            from console.actions.privacy import hold

            return hold.place(console, on, member, reason)

        def done(found: Result) -> None:
            self._holds.placed()
            self._holds.say_done(say("The hold stands."))
            self._show_holds(found)

        self._desk.act(
            self._holds,
            say("Placing the hold"),
            place,
            done,
            pin_of=member,
            why=say("To place this legal hold."),
            failed=self._show_reason,
        )

    def _lift(self, id_: str, member: str, reason: str) -> None:
        def lift(console: "Console") -> Result:
            from console.actions.privacy import hold

            return hold.lift(console, id_, member, reason)

        def done(found: Result) -> None:
            still = [row for row in found["holds"] if row["hold"] == id_]
            self._holds.say_done(say("Agreed. One more is missing.") if still else say("The hold is lifted."))
            self._show_holds(found)

        self._desk.act(
            self._holds,
            say("Lifting the hold"),
            lift,
            done,
            pin_of=member,
            why=say("To agree that this hold ends."),
            failed=self._show_reason,
        )

    def _show_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._holds.show_reason_wrong(sentence)
            self._holds.say_problem(
                say("The reason: {sentence}", sentence=sentence), say("Write in whole words why, then try again.")
            )
        return bool(found)
