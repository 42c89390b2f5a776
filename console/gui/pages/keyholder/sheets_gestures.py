# SPDX-License-Identifier: Apache-2.0
"""Gestures about recovery sheets: how they stand, print a set, type sheets in, read them back, try and use them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.keyholder.printing_gestures import SheetPrinting
from console.gui.pages.keyholder.sheets import SheetsScreen
from console.gui.phrases import group, listed, missing
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say, say_count

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


class SheetGestures(QObject):
    """Joins the page about recovery sheets to ``actions.recovery``, ``sheet_status`` and ``stand_in``."""

    def __init__(self, desk: Desk, screen: SheetsScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        self._typed: list[list[str]] = []
        self._printing = SheetPrinting(desk, screen, self._read)
        screen.sheet_typed.connect(self._take)
        screen.forget_asked.connect(self._forget_words)
        screen.prove_asked.connect(self._prove)
        screen.drill_asked.connect(self._drill)
        screen.standing_in.use_asked.connect(self._use)
        screen.admitting.admit_asked.connect(self._admit)
        screen.back_asked.connect(lambda: self._window.choose("people"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the groups of this station, and what waits."""
        self._screen.offer(snapshot)

    def forget(self) -> None:
        """The station is being locked, or somebody has left the page."""
        self._typed = []
        self._screen.forget()
        # Last: what goes wrong with a file must leave no word here.
        self._printing.forget()

    def _chosen(self, name: str) -> None:
        self.forget()
        if name == "sheets":
            self._screen.messages.clear()
            self._read()
            self._printing.look_for_printers()

    def _read(self) -> None:
        def read(console: "Console") -> Result:
            from console.actions.keyholder import sheet_status

            return sheet_status.status(console)

        self._desk.hands.worker.run("", read, self._screen.show_status, lambda error: say_error(self._screen, error))

    # --- typing in ----------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        """Check one sheet by itself at once: a slip is found while the paper is still on the table."""
        words, number = text.split(), len(self._typed) + 1

        def check(console: "Console") -> None:
            console.sheets.read(number, words)

        def done(_: None) -> None:
            self._typed.append(words)
            self._screen.show_typed(number)

        self._desk.act(self._screen, say("Checking the sheet"), check, done)

    def _prove(self, slot: str) -> None:
        def prove(console: "Console") -> Result:
            from console.actions.keyholder import recovery

            return recovery.prove(console, slot, self._typed)

        def done(told: Result) -> None:
            unread = [f"{group(name)} {number}" for name, number in told["unread"]]
            more = say(" Not read back yet: {unread}.", unread=listed(unread)) if unread else ""
            then = say(" Now let the groups sign it on the page People.") if told["proposal"] else ""
            self._done(
                say(
                    "The set was read back, check value {check}.{more}{then}", check=told["check"], more=more, then=then
                )
            )

        self._desk.act(self._screen, say("Reading the set back"), prove, done)

    def _drill(self, slot: str) -> None:
        def drill(console: "Console") -> Result:
            from console.actions.keyholder import sheet_status

            return sheet_status.drill(console, slot, self._typed)

        def done(told: Result) -> None:
            self._done(say("These sheets work, check value {check}. Nothing is spent.", check=told["check"]))

        self._desk.act(self._screen, say("Trying the sheets"), drill, done)

    def _use(self, act: str, witness: str, present: Sequence[str], again: str) -> None:
        slot = self._screen.typed_of()

        def use(console: "Console") -> Result:
            from console.actions.activation import stand_in

            return stand_in.use(console, act, slot, self._typed, witness, present=present, again=again or None)

        def done(told: Result) -> None:
            self._done(say("The sheets stand in and are spent. {missing}.", missing=missing(told["missing"])))

        self._desk.act(
            self._screen,
            say("Using the sheets"),
            use,
            done,
            pin_of=witness,
            why=say("To witness that these sheets are used."),
        )

    def _admit(self, newcomer: str, again: str) -> None:
        def admit(console: "Console") -> Result:
            from console.actions.record import counsel

            return counsel.admit_by_sheets(console, [newcomer], self._typed, again=again or None)

        def done(told: Result) -> None:
            self._done(
                say_count(
                    told["keys"],
                    "Admitted, to 1 key of counsel's notes. The sheets are spent.",
                    "Admitted, to {count} keys of counsel's notes. The sheets are spent.",
                )
            )

        self._desk.act(self._screen, say("Admitting"), admit, done)

    def _done(self, said: str) -> None:
        self._forget_words()
        self._screen.say_done(said)
        self._read()

    def _forget_words(self) -> None:
        self._typed = []
        self._screen.show_typed(0)
